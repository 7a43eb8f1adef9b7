"""A draft's page, where this month is made right before it is issued; and invoices outside the cycle."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.audit import Actor
from fastoffice.billing.models import BillingRun, BillingRunItem, Invoice
from fastoffice.billing.service import cycle, holds, runs
from fastoffice.branches.models import Branch
from fastoffice.branches.queries import tax_profiles
from fastoffice.clients.models import Client
from fastoffice.contracts.models import Contract, LinePrice
from fastoffice.extensions import db
from tests.factories.contracts import add_price, make_client, make_contract
from tests.factories.money import MARIANA, PRIVATE, at
from tests.web.browser import Browser, htmx_headers
from tests.web.statements import counted_statements
from tests.web.test_invoice_pages import NASTY, path, words

pytestmark = pytest.mark.usefixtures("day_one")


@pytest.fixture
def contract(cast) -> Contract:
    return make_contract(make_client(cast.polanco, "Logística Güemes López, S.C."), lines=PRIVATE)


@pytest.fixture
def draft(cast, contract) -> Invoice:
    cycle.draft_period(cast.polanco.id, "2026-12", MARIANA, at(1))
    return the_draft()


@pytest.fixture
def desk(app, cast) -> Browser:
    return Browser.of(app, cast.mariana)


def the_draft() -> Invoice:
    query = sa.select(Invoice).where(Invoice.status == "draft").order_by(Invoice.id.desc()).limit(1)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def line_form(draft: Invoice, **values: str) -> dict[str, str]:
    return {"version": str(draft.version), "description": "Oficina privada 402", "quantity": "1",
            "prompt": "$8,000.00", "list": "$10,000.00", **values}


def charge_form(draft: Invoice, **values: str) -> dict[str, str]:
    profile = tax_profiles(draft.branch_id)[0]
    return {"version": str(draft.version), "sign": "charge", "description": "Sala de juntas", "quantity": "2",
            "prompt": "406", "list": "", "tax": str(profile.id), **values}


def first_line(draft: Invoice) -> str:
    return path(draft, f"/lines/{draft.lines[0].id}")


def new_price(contract: Contract, prompt: int, at_list: int) -> None:
    line_id = contract.lines[0].id
    transaction.run(lambda: db.session.add(LinePrice(
        branch_id=contract.branch_id, contract_line_id=line_id, valid_from=date(2026, 12, 1), prompt_price=prompt,
        list_price=at_list)))


def test_the_draft_shows_both_prices_and_until_when_the_lower_one_would_hold(desk, draft) -> None:
    text = words(desk.get(path(draft)))
    for expected in ("$8,900.00", "$10,650.00", "$10,324.00", "$12,354.00", "5 de diciembre de 2026", "borrador",
                     "Contrato nuevo", "Emitir esta"):
        assert expected in text


def test_the_draft_page_costs_few_statements(desk, draft) -> None:
    desk.get(path(draft))
    with counted_statements() as sent:
        assert desk.get(path(draft)).status_code == 200
    assert len(sent) <= 13, "\n".join(sent)


def test_mariana_types_a_price_as_people_write_it(desk, draft) -> None:
    assert desk.post(first_line(draft), data=line_form(draft)).status_code == 303
    assert (the_draft().total, the_draft().list_total) == (928_000, 1_160_000)
    text = words(desk.get(path(draft)))
    assert "ajuste a mano, $8,900.00 → $8,000.00" in text
    assert "Se ajustó un concepto" in text


@pytest.mark.parametrize(("typed", "said"), [
    ({"prompt": "ocho mil"}, "Escriba un importe"), ({"prompt": ""}, "Escriba un importe"),
    ({"prompt": "12.345"}, "Escriba un importe"), ({"quantity": "0"}, "cantidad mayor que cero"),
    ({"quantity": "-1"}, "cantidad mayor que cero"), ({"quantity": "1e9"}, "cantidad mayor que cero"),
    ({"quantity": "NaN"}, "cantidad mayor que cero"), ({"description": "  "}, "Escriba qué se cobra"),
    ({"prompt": "99999999999", "quantity": "90000"}, "demasiado grande"),
    ({"prompt": "-9000"}, "menor que cero"),
])
def test_bad_input_is_answered_beside_its_field_and_stays_typed(desk, draft, typed, said) -> None:
    answer = desk.post(first_line(draft), data=line_form(draft, **typed))
    assert answer.status_code == 422
    assert said in words(answer)
    for value in typed.values():
        assert f'value="{value}"' in answer.text
    assert 'value="$10,000.00"' in answer.text, "the other fields stay too"
    assert the_draft().total == 1_032_400


def test_the_second_tab_is_told_keeps_what_it_typed_and_can_then_save(app, cast, desk, draft) -> None:
    seen, line = line_form(draft, prompt="7,777.00"), first_line(draft)
    manager = Browser.of(app, cast.manager)
    assert manager.post(line, data=line_form(draft, prompt="8,500.00")).status_code == 303
    told = desk.post(line, data=seen)
    assert told.status_code == 422
    assert "Alguien más lo cambió" in words(told)
    assert 'value="7,777.00"' in told.text
    assert "$8,500.00" in words(told), "what it says now stands beside it"
    assert the_draft().lines[0].prompt_unit == 850_000
    assert desk.post(line, data={**seen, "version": str(the_draft().version)}).status_code == 303
    assert the_draft().lines[0].prompt_unit == 777_700


def test_saving_the_same_line_twice_is_one_change(desk, draft) -> None:
    form, line = line_form(draft), first_line(draft)
    assert [desk.post(line, data=form).status_code for _press in range(2)] == [303, 303]
    assert [each["kind"] for each in the_draft().changes].count("adjusted") == 1


def test_a_charge_added_twice_by_a_double_press_is_one_line(desk, draft) -> None:
    form = charge_form(draft)
    assert [desk.post(path(draft, "/lines"), data=form).status_code for _press in range(2)] == [303, 303]
    assert [line.subtotal for line in the_draft().lines] == [890_000, 81_200]
    assert the_draft().list_total == 1_235_400 + 94_192


def test_a_discount_is_typed_without_a_sign_and_taken_off(desk, draft) -> None:
    desk.post(path(draft, "/lines"), data=charge_form(draft, sign="discount", prompt="1,000", quantity="1"))
    assert the_draft().lines[-1].subtotal == -100_000
    too_much = desk.post(path(draft, "/lines"), data=charge_form(the_draft(), sign="discount", prompt="90,000"))
    assert too_much.status_code == 422
    assert "menor que cero" in words(too_much)


def test_a_line_that_somebody_took_off_meanwhile_can_be_added_with_what_was_typed(app, cast, desk, draft) -> None:
    line, form = first_line(draft), line_form(draft, description="Oficina con vista")
    manager = Browser.of(app, cast.manager)
    assert manager.post(f"{line}/removal", data={"version": form["version"]}).status_code == 303
    told = desk.post(line, data=form)
    assert told.status_code == 422
    assert "ya no está en el borrador" in words(told)
    assert 'value="Oficina con vista"' in told.text
    assert f'action="{path(draft, "/lines")}"' in told.text


def test_the_totals_follow_what_is_typed_without_writing_anything(desk, draft) -> None:
    answer = desk.post(f"{first_line(draft)}/totals", data=line_form(draft), headers=htmx_headers())
    assert "$9,280.00" in words(answer)
    assert "$11,600.00" in words(answer)
    unreadable = desk.post(f"{first_line(draft)}/totals", data=line_form(draft, prompt="x"), headers=htmx_headers())
    assert unreadable.status_code == 200
    assert "en cuanto los importes" in words(unreadable)
    assert the_draft().total == 1_032_400


def test_the_form_comes_as_a_dialog_and_as_a_page(desk, draft) -> None:
    fragment = desk.get(first_line(draft), headers=htmx_headers())
    page = desk.get(first_line(draft))
    assert "<html" not in fragment.text
    assert "<html" in page.text
    for answer in (fragment, page):
        assert 'value="8900.00"' in answer.text


def test_an_excluded_draft_says_why_and_can_be_taken_back_in(desk, draft) -> None:
    refused = desk.post(path(draft, "/exclusion"), data={"version": str(draft.version), "reason": ""})
    assert refused.status_code == 422
    for _press in range(2):
        done = desk.post(path(draft, "/exclusion"), data={"version": str(draft.version), "reason": "Se va en enero"})
        assert done.status_code == 303
    text = words(desk.get(path(draft)))
    assert "Se va en enero" in text
    assert "Emitir esta" not in text
    desk.post(path(draft, "/inclusion"))
    assert the_draft().excluded_reason is None


def test_a_stale_draft_shows_both_figures_and_takes_the_contract_over(desk, draft, contract) -> None:
    new_price(contract, 900_000, 1_100_000)
    text = words(desk.get(path(draft)))
    for expected in ("$10,324.00", "$10,440.00", "$12,760.00", "El contrato dice ahora"):
        assert expected in text
    assert "Emitir esta" not in text, "it would be left out of the run"
    version = str(the_draft().version)
    assert desk.post(path(draft, "/refresh"), data={"version": version}).status_code == 303
    assert the_draft().total == 1_044_000
    again = desk.post(path(draft, "/refresh"), data={"version": version}, follow_redirects=True)
    assert "Alguien más lo cambió" in words(again)


def test_a_draft_without_a_price_says_so_and_heals_when_it_gets_one(desk, cast, contract) -> None:
    transaction.run(lambda: db.session.execute(sa.delete(LinePrice)))
    cycle.draft_period(cast.polanco.id, "2026-12", MARIANA, at(1))
    draft = the_draft()
    text = words(desk.get(path(draft)))
    assert "No hay precio para" in text
    assert "Emitir esta" not in text
    refused = desk.post(path(draft, "/refresh"), data={"version": str(draft.version)}, follow_redirects=True)
    assert "No hay precio para" in words(refused)
    new_price(contract, 890_000, 1_065_000)
    assert "$10,324.00" in words(desk.get(path(draft)))
    desk.post(path(draft, "/refresh"), data={"version": str(draft.version)})
    assert (the_draft().total, the_draft().error) == (1_032_400, "")
    assert "Emitir esta" in words(desk.get(path(draft)))


def test_one_draft_is_issued_by_a_run_of_its_own_however_often_it_is_pressed(desk, draft) -> None:
    form = {"version": str(draft.version), "key": "a1b2"}
    first, second = (desk.post(path(draft, "/issue"), data=form) for _press in range(2))
    assert first.location == second.location
    run = db.session.scalars(sa.select(BillingRun)).one()
    assert db.session.scalars(sa.select(BillingRunItem.invoice_id)).all() == [draft.id]
    runs.carry_out(run.id, at(1))
    assert "PLC-000001" in words(desk.get(path(draft)))
    assert desk.post(path(draft, "/issue"), data={"version": "1", "key": "other"}).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(BillingRun)) == 1


def test_a_draft_ticked_twice_is_issued_once(desk, draft) -> None:
    ticked = [f"{draft.id}:{draft.version}", f"{draft.id}:{draft.version}", "\u00b2:1", f"{9 ** 30}:1", f":{draft.id}"]
    assert desk.post("/staff/billing/2026-12/runs", data={"ids": ticked, "key": "a1b2"}).status_code == 303
    assert db.session.scalars(sa.select(BillingRunItem.invoice_id)).all() == [draft.id]


def test_what_was_issued_meanwhile_tells_the_editor_and_keeps_the_text(desk, draft) -> None:
    form, line = line_form(draft, description="Otra cosa"), first_line(draft)
    cycle.issue_period(draft.branch_id, "2026-12", MARIANA, at(1))
    told = desk.post(line, data=form)
    assert told.status_code == 422
    assert "ya no es un borrador" in words(told)
    assert 'value="Otra cosa"' in told.text
    assert desk.get(line).status_code == 422


def test_the_accountant_looks_but_does_not_adjust(app, cast, draft) -> None:
    books = Browser.of(app, cast.accountant)
    page = books.get(path(draft))
    assert page.status_code == 200
    assert "Cambiar" not in words(page)
    assert "Emitir esta" not in words(page)
    assert books.post(first_line(draft), data=line_form(draft)).status_code == 403


def test_a_line_of_another_draft_is_not_found(desk, cast, draft) -> None:
    other = make_contract(make_client(cast.polanco), lines=PRIVATE)
    cycle.draft_period(cast.polanco.id, "2026-12", MARIANA, at(1))
    stranger = db.session.scalars(sa.select(Invoice).where(Invoice.contract_id == other.id)).one()
    assert desk.get(path(draft, f"/lines/{stranger.lines[0].id}")).status_code == 404
    answer = desk.post(path(draft, f"/lines/{stranger.lines[0].id}"), data=line_form(draft))
    assert answer.status_code == 422
    assert stranger.lines[0].prompt_unit == 890_000


def test_nasty_text_in_a_line_stays_text(desk, draft) -> None:
    desk.post(path(draft, "/lines"), data=charge_form(draft, description=NASTY))
    page = desk.get(path(draft))
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page.text
    assert "\u202e" not in the_draft().lines[-1].description, "direction marks do not get in"


# ---- one-off invoices


def one_off_form(client: Client, **values: str) -> dict[str, str]:
    profile = tax_profiles(client.branch_id)[0]
    return {"client": str(client.id), "key": "k-1", "rows": "1", "description-0": "Renta de sala, 3 h",
            "quantity-0": "3", "prompt-0": "$350.00", "tax-0": str(profile.id), "channels": "email",
            "note": "Evento del 12", **values}


def test_mariana_finds_the_client_and_makes_a_one_off_invoice(desk, cast) -> None:
    client = make_client(cast.polanco, "Energía Flores, S.C.")
    hits = desk.get("/staff/invoices/new/clients?q=energia", headers=htmx_headers())
    assert f"client={client.id}" in hits.text
    page = desk.get(f"/staff/invoices/new?client={client.id}")
    assert "6 de diciembre de 2026" in words(page)
    done = desk.post("/staff/invoices/new", data=one_off_form(client))
    made = the_draft()
    assert done.location == path(made)
    assert (made.kind, made.stage, made.total, made.note) == ("one_off", "other", 121_800, "Evento del 12")
    assert "Renta de sala, 3 h" in words(desk.get(path(made)))


def test_a_one_off_invoice_pressed_twice_is_one(desk, cast) -> None:
    client = make_client(cast.polanco)
    first, second = (desk.post("/staff/invoices/new", data=one_off_form(client)) for _press in range(2))
    assert first.location == second.location
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Invoice)) == 1


def test_another_line_keeps_what_was_typed_and_empty_lines_are_left_out(desk, cast) -> None:
    client = make_client(cast.polanco)
    more = desk.post("/staff/invoices/new", data=one_off_form(client, more="yes"))
    assert more.status_code == 200
    assert "Renta de sala, 3 h" in more.text
    assert 'name="description-1"' in more.text
    form = one_off_form(client, rows="3", **{
        "description-1": "Café", "quantity-1": "1", "prompt-1": "120", "tax-1": one_off_form(client)["tax-0"],
        "description-2": "", "quantity-2": "1", "prompt-2": ""})
    desk.post("/staff/invoices/new", data=form)
    assert [line.description for line in the_draft().lines] == ["Renta de sala, 3 h", "Café"]


@pytest.mark.parametrize(("typed", "said"), [
    ({"prompt-0": "mucho"}, "Escriba un importe"), ({"description-0": ""}, "Escriba qué se cobra"),
    ({"quantity-0": "0"}, "mayor que cero"), ({"tax-0": "999999"}, "Elija el impuesto"),
    ({"channels": ""}, "al menos un medio"), ({"prompt-0": "-5"}, "menor que cero"),
])
def test_a_one_off_invoice_with_a_fault_is_refused_and_stays_typed(desk, cast, typed, said) -> None:
    client = make_client(cast.polanco)
    answer = desk.post("/staff/invoices/new", data=one_off_form(client, **typed))
    assert answer.status_code == 422
    assert said in words(answer)
    assert "Evento del 12" in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Invoice)) == 0


def test_another_branchs_or_an_archived_client_is_not_billed(desk, cast) -> None:
    foreign = make_client(cast.tijuana, "Ajena, S.A.")
    archived = make_client(cast.polanco, "Archivada, S.A.")

    def archive() -> None:
        db.session.get_one(Client, archived.id).archived_at = clock.now()

    transaction.run(archive)
    assert desk.post("/staff/invoices/new", data=one_off_form(foreign)).status_code == 404
    assert desk.get(f"/staff/invoices/new?client={foreign.id}").status_code == 404
    assert "Ajena" not in desk.get("/staff/invoices/new/clients?q=ajena", headers=htmx_headers()).text.split("“")[0]
    assert desk.post("/staff/invoices/new", data=one_off_form(archived)).status_code == 422
    assert "client=" not in desk.get("/staff/invoices/new/clients?q=archivada", headers=htmx_headers()).text


def test_a_one_off_invoice_is_issued_with_its_own_due_day(desk, cast) -> None:
    client = make_client(cast.polanco)
    desk.post("/staff/invoices/new", data=one_off_form(client))
    made = the_draft()
    desk.post(path(made, "/issue"), data={"version": str(made.version), "key": "z"})
    runs.carry_out(db.session.scalars(sa.select(BillingRun.id)).one(), at(1))
    issued = db.session.get_one(Invoice, made.id, populate_existing=True)
    assert (issued.status, issued.due_on, issued.closes_at) == ("issued", date(2026, 12, 6), None)
    cycle.close_branch(cast.polanco.id, Actor("system"), at(20))
    assert db.session.get_one(Invoice, made.id, populate_existing=True).status == "issued", "never replaced"


def test_button_and_confirmation_count_only_what_will_be_issued(app, cast, desk, draft) -> None:
    make_contract(make_client(cast.polanco, "Energía Flores, S.C."), lines=PRIVATE)
    changed = make_contract(make_client(cast.polanco, "Notaría Ibáñez"), lines=PRIVATE)
    cycle.draft_period(cast.polanco.id, "2026-12", MARIANA, at(1))
    held, branch_id, until = draft.id, cast.polanco.id, at(20)
    transaction.run(lambda: holds.place_hold(
        db.session.get_one(Branch, branch_id), held, "review", "revisar", MARIANA, at(1), until_at=until))
    page = words(desk.get("/staff/billing/2026-12"))
    assert "Emitir 2 borradores" in page
    assert "2 listos · 1 en espera" in page
    add_price(changed, date(2026, 12, 1), 100_000, 200_000)
    asked = words(desk.get("/staff/billing/2026-12/issue"))
    assert "Emitir 1 factura" in asked
    assert "$10,324.00" in asked
    assert "1 borrador: en espera" in asked
    assert "1 borrador: su contrato cambió" in asked
