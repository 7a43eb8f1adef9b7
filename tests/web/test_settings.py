"""The manager sets her branch up; mistakes stay beside their field, the second tab is told."""

from __future__ import annotations

import re
from datetime import date, time
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from fastoffice.audit.models import AuditEntry
from fastoffice.branches import queries
from fastoffice.branches.models import BranchHoliday, TaxProfile
from fastoffice.extensions import db
from fastoffice.identity.models import User
from fastoffice.notifications.models import Notice
from tests.factories.people import CLABE_TIJUANA, TAX_ID, Cast, make_cast, make_user
from tests.web.browser import Browser, htmx_headers

POLICY = {
    "prompt_days": "7", "minimum_days": "4", "list_days": "6", "business_days": "y", "auto_issue_at": "06:30",
    "auto_issue_day": "2", "reminder_days": "6, 4", "reminder_at": "08:15", "apply_credit": "y",
    "default_channels": ["email", "whatsapp"], "payment_methods": ["transfer"], "mails_per_minute": "60",
    "invoice_note": "Gracias",
}


@pytest.fixture
def cast(app: object, client: Browser) -> Cast:
    found = make_cast()
    client.sign_in(found.manager)
    return found


def actions(branch_id: int) -> list[str]:
    query = sa.select(AuditEntry.action).where(AuditEntry.branch_id == branch_id)
    return list(db.session.scalars(query.order_by(AuditEntry.sequence)))


def version_on(page: str) -> str:
    return re.search(r'name="version"[^>]*value="(\d+)"', page)[1]  # type: ignore[index]


def test_the_branch_gets_its_address_and_zone(cast: Cast, client: Browser) -> None:
    form = {"version": "1", "name": "Polanco Norte", "address": "Homero 1", "phone": "55 1234 5678",
            "email": "hola@polanco.example", "timezone": "America/Cancun", "language": "es"}
    assert client.post("/staff/settings/branch", data=form).location == "/staff/settings/branch"
    assert (cast.polanco.name, cast.polanco.timezone) == ("Polanco Norte", "America/Cancun")
    assert actions(cast.polanco.id)[-1] == "branch.changed"


def test_the_second_of_two_tabs_is_told_and_keeps_what_was_typed(cast: Cast, client: Browser) -> None:
    first = version_on(client.get("/staff/settings/policy").text)
    client.post("/staff/settings/policy", data={**POLICY, "version": first})
    second = client.post("/staff/settings/policy", data={**POLICY, "version": first, "prompt_days": "9"})
    assert second.status_code == 409
    assert "Otra persona cambió estos ajustes" in second.text
    assert 'value="9"' in second.text
    assert cast.polanco.policy.prompt_days == 7


def test_the_whole_policy_is_saved(cast: Cast, client: Browser) -> None:
    assert client.post("/staff/settings/policy", data={**POLICY, "version": "1"}).status_code == 303
    policy = queries.policy_of(cast.polanco)
    assert (policy.prompt_days, policy.minimum_days, policy.list_days) == (7, 4, 6)
    assert (policy.business_days, policy.extend_on_holiday) == (True, False)
    assert (policy.auto_issue_at, policy.auto_issue_day) == (time(6, 30), 2)
    assert (policy.reminder_days, policy.reminder_at) == ((4, 6), time(8, 15))
    assert (policy.prorate, policy.apply_credit) == (False, True)
    assert policy.default_channels == ("email", "whatsapp")
    assert (policy.mails_per_minute, policy.invoice_note) == (60, "Gracias")
    changes = db.session.scalars(sa.select(AuditEntry.data).where(AuditEntry.action == "policy.changed")).one()
    assert changes["changes"]["prompt_days"] == [5, 7]


def test_automatic_issue_is_turned_off_by_emptying_its_hour(cast: Cast, client: Browser) -> None:
    client.post("/staff/settings/policy", data={**POLICY, "version": "1"})
    version = version_on(client.get("/staff/settings/policy").text)
    client.post("/staff/settings/policy", data={**POLICY, "version": version, "auto_issue_at": ""})
    assert cast.polanco.policy.auto_issue_at is None


@pytest.mark.parametrize(("field", "typed", "message"), [
    ("prompt_days", "29", "Elija un número de 1 a 28."), ("prompt_days", "cinco", "Escriba un número entero."),
    ("prompt_days", "", "Llene este campo."), ("list_days", "61", "Elija un número de 0 a 60."),
    ("auto_issue_at", "25:00", "Escriba una hora como 09:00."), ("reminder_days", "tres", "Escriba días como 3, 5."),
    ("reminder_at", "  ", "Llene este campo."), ("reminder_days", "31", "Hasta seis días del mes"), ("default_channels", [], "Elija al menos uno."),
    ("payment_methods", ["conchas"], "Elija al menos uno."), ("mails_per_minute", "0", "Elija un número de 1 a 6000."),
])
def test_what_is_out_of_range_is_said_beside_the_field_and_saves_nothing(
    cast: Cast, client: Browser, field: str, typed: Any, message: str
) -> None:
    answer = client.post("/staff/settings/policy", data={**POLICY, "version": "1", field: typed})
    assert answer.status_code == 422
    assert message in answer.text
    assert cast.polanco.policy.version == 1


def test_the_issuer_needs_an_rfc_that_checks_out(cast: Cast, client: Browser) -> None:
    form = {"version": "1", "legal_name": "Espacios, S.A.", "tax_id": "EEP150312H47", "tax_regime": "601",
            "postal_code": "11560", "address": "x"}
    wrong = client.post("/staff/settings/issuer", data=form)
    assert wrong.status_code == 422
    assert "El dígito verificador de este RFC no coincide." in wrong.text
    assert "EEP150312H47" in wrong.text
    assert client.post("/staff/settings/issuer", data={**form, "tax_id": TAX_ID}).status_code == 303
    assert cast.polanco.issuer.tax_id == TAX_ID


def test_the_clabe_is_checked_beside_the_field_and_again_on_saving(cast: Cast, client: Browser) -> None:
    said = client.get("/staff/settings/bank/clabe?clabe=012180001234567895", headers=htmx_headers())
    assert "El dígito de control de esta CLABE no coincide" in said.text
    unknown = client.get("/staff/settings/bank/clabe?clabe=999180001234567899", headers=htmx_headers())
    assert "El dígito" in unknown.text or "no conocemos este banco" in unknown.text
    form = {"version": "1", "clabe": "012180001234567895", "holder": "Espacios"}
    assert client.post("/staff/settings/bank", data=form).status_code == 422
    assert client.post("/staff/settings/bank", data={**form, "clabe": CLABE_TIJUANA}).status_code == 303
    account = queries.primary_account(cast.polanco.id)
    assert account is not None
    assert (account.clabe, account.bank_name) == (CLABE_TIJUANA, "Banamex")
    assert actions(cast.polanco.id)[-1] == "bank_account.changed"


def picture(kind: str = "PNG") -> BytesIO:
    data = BytesIO()
    Image.new("RGB", (40, 20), "teal").save(data, kind)
    data.seek(0)
    return data


def test_a_logo_is_cleaned_stored_and_served_safely(cast: Cast, client: Browser) -> None:
    form = {"version": "1", "logo": (picture("JPEG"), "logo.svg.html")}
    answer = client.post("/staff/settings/logo", data=form, content_type="multipart/form-data")
    assert answer.status_code == 303
    served = client.get("/staff/settings/logo.png")
    assert served.mimetype == "image/png"
    assert served.data.startswith(b"\x89PNG")
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert served.headers["Content-Security-Policy"] == "default-src 'none'"


def test_what_is_no_picture_is_refused(cast: Cast, client: Browser) -> None:
    form = {"version": "1", "logo": (BytesIO(b"<svg onload=alert(1)>"), "logo.png")}
    answer = client.post("/staff/settings/logo", data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert cast.polanco.logo_sha256 is None


def test_a_holiday_is_added_once_and_taken_off(cast: Cast, client: Browser) -> None:
    form = {"day": "2026-12-12", "name": "Guadalupe"}
    assert client.post("/staff/settings/holidays", data=form).status_code == 303
    assert client.post("/staff/settings/holidays", data=form).status_code == 422
    assert queries.policy_of(cast.polanco).is_holiday(date(2026, 12, 12))
    row = db.session.scalars(sa.select(BranchHoliday)).one()
    client.post(f"/staff/settings/holidays/{row.id}/removal")
    assert not queries.policy_of(cast.polanco).is_holiday(date(2026, 12, 12))


def test_a_new_series_takes_over_and_the_old_one_can_be_used_again(cast: Cast, client: Browser) -> None:
    before = queries.active_series(cast.polanco.id, "invoice").id
    form = {"kind": "invoice", "prefix": "fac", "digits": "5", "yearly": "y"}
    assert client.post("/staff/settings/series", data=form).status_code == 303
    assert queries.active_series(cast.polanco.id, "invoice").prefix == "FAC"
    again = client.post("/staff/settings/series", data={**form, "prefix": "F-AC"})
    assert again.status_code == 422
    assert "Otra serie de la sucursal tiene este prefijo." in again.text
    client.post(f"/staff/settings/series/{before}/use")
    assert queries.active_series(cast.polanco.id, "invoice").id == before


def test_a_tax_is_added_in_percent_and_kept_in_parts_per_million(cast: Cast, client: Browser) -> None:
    form = {"code": "flete", "name": "Fletes", "vat": "16", "isr_withheld": "", "vat_withheld": "4.0000"}
    assert client.post("/staff/settings/taxes", data=form).status_code == 303
    row = db.session.scalars(sa.select(TaxProfile).where(TaxProfile.code == "flete")).one()
    assert (row.vat_ppm, row.isr_withheld_ppm, row.vat_withheld_ppm) == (160_000, 0, 40_000)
    for field, typed in {"vat": "dieciséis", "vat_withheld": "17", "isr_withheld": "1e3", "name": ""}.items():
        assert client.post("/staff/settings/taxes", data={**form, "code": "x", field: typed}).status_code == 422
    client.post(f"/staff/settings/taxes/{row.id}/default")
    assert queries.tax_profiles(cast.polanco.id)[0].code == "flete"
    assert client.post(f"/staff/settings/taxes/{row.id}/use").status_code == 422, "the default stays in use"


def test_somebody_new_is_invited_by_mail(cast: Cast, client: Browser) -> None:
    form = {"email": "nueva@fastoffice.example", "full_name": "Nuria Vega", "role": "receptionist", "branches": ["PLC"]}
    assert client.post("/staff/settings/users", data=form).status_code == 303
    user = db.session.scalars(sa.select(User).where(User.email == "nueva@fastoffice.example")).one()
    assert user.password is None
    assert db.session.scalars(sa.select(Notice.kind).where(Notice.subject_id == user.id)).one() == "account_invitation"
    again = client.post("/staff/settings/users", data=form)
    assert again.status_code == 422 or again.status_code == 409
    assert "Ya hay una cuenta con este correo." in again.text
    assert "Nuria Vega" in again.text


@pytest.mark.parametrize("form", [
    {"role": "network", "branches": ["PLC"]}, {"role": "owner", "branches": ["PLC"]},
    {"role": "receptionist", "branches": ["TIJ"]}, {"role": "receptionist", "branches": []},
])
def test_a_manager_gives_only_her_own_branch_and_roles(
    cast: Cast, client: Browser, form: dict[str, Any]
) -> None:
    answer = client.post("/staff/settings/users",
                         data={"email": "x@fastoffice.example", "full_name": "X", **form})
    assert answer.status_code == 422
    assert db.session.scalar(sa.select(User).where(User.email == "x@fastoffice.example")) is None


def test_a_manager_cannot_touch_the_network_nor_people_of_other_branches(cast: Cast, client: Browser) -> None:
    both = make_user("accountant", [cast.polanco, cast.tijuana], email="ambas@fastoffice.example")
    form = {"full_name": "Y", "role": "receptionist", "branches": ["PLC"], "version": "1"}
    assert client.get(f"/staff/settings/users/{cast.stranger.id}").status_code == 404
    assert client.post(f"/staff/settings/users/{cast.network.id}", data=form).status_code == 422
    assert client.post(f"/staff/settings/users/{both.id}", data=form).status_code == 422
    for verb in ("deactivation", "second-factor-reset"):
        assert client.post(f"/staff/settings/users/{cast.network.id}/{verb}", data={"version": "1"}).status_code == 422
    assert cast.network.active
    assert [role.name for role in both.roles] == ["accountant"]


def test_a_manager_cannot_lock_herself_out(cast: Cast, client: Browser) -> None:
    form = {"full_name": "G", "role": "receptionist", "branches": ["PLC"], "version": "1"}
    assert client.post(f"/staff/settings/users/{cast.manager.id}", data=form).status_code == 422
    answer = client.post(f"/staff/settings/users/{cast.manager.id}/deactivation", data={"version": "1"})
    assert answer.status_code == 422
    assert cast.manager.active


def test_the_network_administrator_works_in_every_branch(cast: Cast, client: Browser) -> None:
    red = client.application.test_client()
    red.sign_in(cast.network)
    assert "Tijuana" in red.get("/staff/settings/users/new").text
    assert red.get(f"/staff/settings/users/{cast.stranger.id}").status_code == 200
    red.post("/staff/branch", data={"branch": "TIJ"})
    assert "Tijuana · TIJ" in red.get("/staff/settings/branch").text
    form = {"full_name": "Ximena", "role": "manager", "branches": ["TIJ", "PLC"], "version": "1"}
    assert red.post(f"/staff/settings/users/{cast.stranger.id}", data=form).status_code == 303
    assert {branch.code for branch in cast.stranger.branches} == {"TIJ", "PLC"}


def test_two_managers_changing_one_user_the_second_is_told(cast: Cast, client: Browser) -> None:
    form = {"full_name": "Mariana", "role": "manager", "branches": ["PLC"], "version": "1"}
    assert client.post(f"/staff/settings/users/{cast.mariana.id}", data=form).status_code == 303
    late = client.post(f"/staff/settings/users/{cast.mariana.id}", data={**form, "role": "accountant"})
    assert late.status_code == 409
    for odd in ("2147483648", "9" * 30, "\u00b2", ""):
        never = client.post(f"/staff/settings/users/{cast.mariana.id}", data={**form, "version": odd})
        assert never.status_code == 409, odd
    assert [role.name for role in cast.mariana.roles] == ["manager"]


def test_a_branch_that_is_no_longer_hers_is_not_the_current_one(cast: Cast, client: Browser) -> None:
    two = make_user("manager", [cast.polanco, cast.tijuana], email="dos@fastoffice.example")
    desk = client.application.test_client()
    desk.sign_in(two)
    desk.post("/staff/branch", data={"branch": "TIJ"})
    assert "Tijuana · TIJ" in desk.get("/staff/settings/branch").text
    with desk.session_transaction() as session:
        session["branch"] = "NOPE"
    assert "Polanco · PLC" in desk.get("/staff/settings/branch").text


@pytest.mark.parametrize("text", [
    "<script>alert(1)</script>", "{{7*7}}", '" hx-get="/staff/settings/logo.png', "\u202eteni\u200bd", "' onload='x",
])
def test_odd_text_stays_text(cast: Cast, client: Browser, text: str) -> None:
    form = {"version": "1", "name": text, "address": text, "timezone": "America/Mexico_City", "language": "es"}
    assert client.post("/staff/settings/branch", data=form).status_code == 303
    page = client.get("/staff/settings/branch").text
    assert "<script>alert" not in page
    assert ">49<" not in page
    assert '" hx-get="/staff/settings/logo.png' not in page


def test_a_name_is_one_line_that_reads_in_one_direction(cast: Cast, client: Browser) -> None:
    odd = "Polanco\r\nBcc: x@example.com\u202e \u200bNorte\x07"
    form = {"version": "1", "name": odd, "address": "x", "timezone": "America/Mexico_City", "language": "es"}
    assert client.post("/staff/settings/branch", data=form).status_code == 303
    assert cast.polanco.name == "Polanco Bcc: x@example.com Norte"
    assert client.post("/account/", data={"full_name": "\u200b", "language": "es"}).status_code == 422


def test_rates_read_as_people_write_them(cast: Cast, client: Browser) -> None:
    page = client.get("/staff/settings/taxes").text
    for rate in ("16 %", "8 %", "0 %", "10 %", "10.6667 %", "1.25 %", "exento"):
        assert f">{rate}<" in page


@pytest.fixture
def red(cast: Cast, client: Browser) -> Browser:
    """The network administrator's browser."""
    desk = client.application.test_client()
    desk.sign_in(cast.network)
    return desk  # type: ignore[return-value]


NEW_BRANCH = {"code": "cun", "name": "Cancún", "franchisee": "Caribe Oficinas", "timezone": "America/Cancun",
              "issuer_name": "Caribe Oficinas, S.A. de C.V.", "clabe": CLABE_TIJUANA, "auto_issue_at": "07:00"}


def test_the_network_opens_a_branch_and_lands_in_its_settings(cast: Cast, red: Browser) -> None:
    assert red.post("/staff/settings/network/branches", data=NEW_BRANCH).location == "/staff/settings/branch"
    assert "Cancún · CUN" in red.get("/staff/settings/branch").text
    branch = queries.branch_by_code("CUN")
    assert branch.network_id == cast.polanco.network_id
    assert branch.policy.auto_issue_at == time(7)
    assert queries.active_series(branch.id, "invoice").prefix == "CUN"
    again = red.post("/staff/settings/network/branches", data=NEW_BRANCH)
    assert again.status_code == 409
    assert "La sucursal CUN ya existe." in again.text
    assert "Caribe Oficinas" in again.text


@pytest.mark.parametrize(("field", "typed", "message"), [
    ("clabe", "012180001234567895", "El dígito de control"), ("tax_id", "EEP150312H47", "El dígito verificador"),
    ("code", "1X", "Una clave tiene"), ("franchisee", "", "Llene este campo."),
])
def test_a_branch_that_does_not_check_out_is_not_opened(
    cast: Cast, red: Browser, field: str, typed: str, message: str
) -> None:
    answer = red.post("/staff/settings/network/branches", data={**NEW_BRANCH, field: typed})
    assert answer.status_code == 422
    assert message in answer.text
    assert "Cancún" not in red.get("/staff/settings/network").text


def test_network_and_franchisees_get_other_names(cast: Cast, red: Browser) -> None:
    assert red.post("/staff/settings/network", data={"name": "Red Nueva"}).status_code == 303
    number = cast.tijuana.franchisee_id
    assert red.post(f"/staff/settings/network/franchisees/{number}", data={"name": "Baja"}).status_code == 303
    page = red.get("/staff/settings/network").text
    assert "Red Nueva" in page
    assert "Baja" in page
    empty = red.post("/staff/settings/network", data={"name": " "})
    assert empty.status_code == 422
    assert "Escriba un nombre" in empty.text
    taken = red.post(f"/staff/settings/network/franchisees/{cast.polanco.franchisee_id}", data={"name": "Baja"})
    assert taken.status_code == 422
    assert "cambió el nombre de la red" in red.get("/staff/audit/?of=network").text
