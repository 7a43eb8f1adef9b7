"""Who may open what: one row per endpoint. A route without a row fails `test_access_table.py`.

A row says "public" (also nobody), "signed-in" (every member of staff), a permission of
fastoffice/identity/permissions.py, or "portal:…" for a client's contact (tests/web/portal_access.py). A route with a record in its address needs a sample of it in SAMPLES, by
the name of the argument (or "endpoint:argument" where a name means different things); it is made in Polanco,
so that Tijuana's receptionist must get 404.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.audit import Actor
from fastoffice.billing.models import Allocation
from fastoffice.billing.service import runs
from fastoffice.branches.models import Branch
from fastoffice.branches.queries import active_series, tax_profiles
from fastoffice.branches.service import set_logo
from fastoffice.charges.models import PendingCharge
from fastoffice.contracts.models import Contract
from fastoffice.contracts.service.roster import keep_upload
from fastoffice.documents.files import files
from fastoffice.extensions import db
from fastoffice.payments.models import Payment
from tests.factories.contracts import add_charge, add_price, make_client, make_contract
from tests.factories.money import issue_month, pay
from tests.factories.people import ACTOR, Cast, make_holiday
from tests.unit.roster.sheets import HEADER, ROW, csv_text
from tests.web import (
    device_access,
    guest_access,
    invoice_access,
    mail_access,
    online_access,
    outbox_access,
    portal_access,
    requests_access,
    rooms_access,
    visits_access,
)

PUBLIC, SIGNED_IN = "public", "signed-in"

TABLE: dict[str, str] = {
    "static": PUBLIC,
    "auth.front": PUBLIC,
    "auth.choose_language": PUBLIC,
    "auth.choose_branch": SIGNED_IN,
    "account.show": SIGNED_IN,
    "account.save": SIGNED_IN,
    "account.open_calendar": SIGNED_IN,
    "account.end_calendar": SIGNED_IN,
    "health.show": PUBLIC,
    "staff_health.show": "audit.view",
    **dict.fromkeys((
        "settings.index", "settings.branch", "settings.issuer", "settings.logo", "settings.bank", "settings.clabe",
        "settings.policy", "settings.holidays", "settings.series", "settings.taxes",
    ), "settings.view"),
    **dict.fromkeys((
        "settings.save_branch", "settings.save_issuer", "settings.save_logo", "settings.remove_logo",
        "settings.save_bank", "settings.save_policy", "settings.add_holiday", "settings.remove_holiday",
        "settings.add_series", "settings.use_series", "settings.add_tax", "settings.default_tax",
        "settings.switch_tax",
    ), "settings.edit"),
    **dict.fromkeys((
        "settings.people", "settings.new_person", "settings.invite", "settings.person", "settings.save_person",
        "settings.invite_again", "settings.deactivate", "settings.reactivate", "settings.reset_second_factor",
    ), "users.manage"),
    **dict.fromkeys((
        "settings.network", "settings.rename_network", "settings.rename_franchisee", "settings.new_branch",
        "settings.create_branch",
    ), "network.manage"),
    "audit.index": "audit.view",
    "audit.chain": "audit.view",
    "security.login": PUBLIC,
    "security.logout": PUBLIC,
    "security.forgot_password": PUBLIC,
    "security.reset_password": PUBLIC,
    "security.two_factor_token_validation": PUBLIC,
    "security.two_factor_rescue": PUBLIC,
    "security.tf_select": PUBLIC,
    "security.mf_recovery": PUBLIC,
    "security.two_factor_setup": PUBLIC,  # sends whoever is not signed in to the sign-in page by itself
    "security.two_factor_setup_validate": SIGNED_IN,
    "security.change_password": SIGNED_IN,
    "security.verify": SIGNED_IN,
    "security.mf_recovery_codes": SIGNED_IN,
    "imports.index": "roster.import",
    "imports.upload": "roster.import",
    "imports.show": "roster.import",
    "imports.columns": "roster.import",
    "imports.correct_columns": "roster.import",
    "imports.apply": "roster.import",
    **dict.fromkeys((
        "payments.index", "payments.unapplied", "payments.show", "payments.receipt", "payments.void_receipt",
    ), "payments.view"),
    **dict.fromkeys((
        "payments.new", "payments.preview", "payments.create", "payments.deposit", "payments.clear",
        "payments.confirm_bounce", "payments.bounce",
    ), "payments.record"),
    **dict.fromkeys(("payments.choose_application", "payments.apply", "payments.confirm_release",
                     "payments.release"), "payments.allocate"),
    **dict.fromkeys(("payments.confirm_reversal", "payments.reverse"), "payments.reverse"),
    **dict.fromkeys(("payments.new_refund", "payments.refund"), "payments.refund"),
    **dict.fromkeys(("clients.index", "clients.show", "clients.history"), "clients.view"),
    "clients.invoices": "invoices.view",
    "clients.desk": "rooms.view",
    "clients.payments": "payments.view",
    "clients.notices": "outbox.view",
    **dict.fromkeys((
        "clients.new", "clients.create", "clients.edit", "clients.save", "clients.archive", "clients.reopen",
    ), "clients.edit"),
    **dict.fromkeys(("clients.new_charge", "clients.add_charge", "clients.drop_charge"), "invoices.adjust"),
    "clients.bill_charges": "invoices.draft",
    **dict.fromkeys(("contracts.index", "contracts.show"), "contracts.view"),
    **dict.fromkeys((
        "contracts.choose", "contracts.new", "contracts.create", "contracts.edit", "contracts.save",
        "contracts.ask_suspend", "contracts.suspend", "contracts.ask_resume", "contracts.resume",
        "contracts.ask_end", "contracts.end", "contracts.ask_renew", "contracts.renew",
        "contracts.ask_withdraw", "contracts.withdraw", "contracts.new_line", "contracts.add_line",
        "contracts.edit_line", "contracts.save_line", "contracts.ask_end_line", "contracts.end_line",
    ), "contracts.edit"),
    **dict.fromkeys(("contracts.new_price", "contracts.add_price", "contracts.drop_price"), "prices.edit"),
    "search.index": "search",
    "day.show": "day.view",
    **dict.fromkeys(("billing.index", "billing.month", "billing.show_run"), "invoices.view"),
    **dict.fromkeys(("billing.confirm_issue", "billing.issue", "billing.close"), "invoices.issue"),
    "billing.make_drafts": "invoices.draft",
    "billing.export": "export",
    **device_access.TABLE,
    **guest_access.TABLE,
    **invoice_access.TABLE,
    **mail_access.TABLE,
    **online_access.TABLE,
    **outbox_access.TABLE,
    **portal_access.TABLE,
    **requests_access.TABLE,
    **rooms_access.TABLE,
    **visits_access.TABLE,
}



def an_import(cast: Cast) -> int:
    """An uploaded contracts list that waits for its confirmation."""
    data = csv_text(HEADER, ROW).encode()
    kept = transaction.run(
        lambda: keep_upload(cast.polanco, "lista.csv", data, {}, Actor("Mariana"), clock.now()).id
    )
    return int(kept)


def an_allocation(cast: Cast) -> int:
    """What that payment pays."""
    query = sa.select(Allocation.id).where(Allocation.credit_id == a_payment(cast).credit_id)
    return int(db.session.scalars(query).one())


def give_logo(cast: Cast) -> None:
    """Polanco has a logo."""
    branch_id, picture = cast.polanco.id, files().put(b"a picture", "image/png")
    transaction.run(lambda: set_logo(ACTOR, db.session.get_one(Branch, branch_id), picture.sha256, 1))


def a_payment(cast: Cast) -> Payment:
    """Money that a client of Polanco brought for an invoice, and some more."""
    client = make_client(cast.polanco)
    make_contract(client)
    issue_month(cast.polanco, clock.now(), f"{clock.now():%Y-%m}")
    return pay(cast.polanco, client, 900_000, clock.now())


def a_contract(cast: Cast) -> Contract:
    """The contract of Polanco's client with two prices and one charge that waits; made once."""
    found = db.session.scalar(sa.select(Contract).where(Contract.code == "MUESTRA"))
    if found is not None:
        return found
    contract = make_contract(make_client(cast.polanco), code="MUESTRA")
    add_price(contract, contract.starts_on.replace(year=contract.starts_on.year + 9), 400_000, 450_000)
    add_charge(contract.client, "Impresiones", 12_000)
    return contract


def a_charge(cast: Cast) -> int:
    """The charge that waits for that client's next draft."""
    query = sa.select(PendingCharge.id).where(PendingCharge.client_id == a_contract(cast).client_id)
    return int(db.session.scalars(query).one())


def a_run(cast: Cast) -> int:
    """A run of Polanco that issues nothing."""
    branch_id = cast.polanco.id
    run = transaction.run(lambda: runs.start_run(
        db.session.get_one(Branch, branch_id), "2026-12", [], "a key", ACTOR, clock.now()))
    return run.id


# argument -> what stands there; called with the cast, after it was committed
SAMPLES: dict[str, Callable[[Cast], Any]] = {
    "filename": lambda _cast: "css/app.css",
    "token": lambda _cast: "not-a-token",
    "holiday_id": lambda cast: make_holiday(cast.polanco).id,
    "series_id": lambda cast: active_series(cast.polanco.id, "receipt").id,
    "profile_id": lambda cast: tax_profiles(cast.polanco.id)[1].id,
    "user_id": lambda cast: cast.mariana.id,
    "franchisee_id": lambda cast: cast.polanco.franchisee_id,
    "import_id": an_import,
    "client_id": lambda cast: a_contract(cast).client_id,
    "charge_id": a_charge,
    "contract_id": lambda cast: a_contract(cast).id,
    "line_id": lambda cast: a_contract(cast).lines[0].id,
    "price_id": lambda cast: a_contract(cast).lines[0].prices[-1].id,
    "run_id": a_run,
    "period": lambda _cast: "2026-12",
    "payment_id": lambda cast: a_payment(cast).id,
    "allocation_id": an_allocation,
    **device_access.SAMPLES,
    **guest_access.SAMPLES,
    **invoice_access.SAMPLES,
    **mail_access.SAMPLES,
    **online_access.SAMPLES,
    **outbox_access.SAMPLES,
    **portal_access.SAMPLES,
    **requests_access.SAMPLES,
    **rooms_access.SAMPLES,
    **visits_access.SAMPLES,
}

# endpoints whose sample is no record of a branch, so that nobody is a stranger to it
EVERYBODYS: set[str] = {
    "static", "billing.month", "billing.confirm_issue", "billing.issue", "billing.close", "billing.make_drafts",
    "billing.export", *invoice_access.EVERYBODYS, "security.reset_password", "security.two_factor_setup_validate",
    *device_access.EVERYBODYS, *online_access.EVERYBODYS, *outbox_access.EVERYBODYS,
    *visits_access.EVERYBODYS}

# endpoint -> the form that a permitted person would send; empty where a row is missing here
FORMS: dict[str, dict[str, Any]] = {"auth.choose_branch": {"branch": "PLC"}, **device_access.FORMS, **portal_access.FORMS}

# endpoints whose form names a record of Polanco, so that Tijuana's receptionist must get 404
RECORD_IN_FORM: set[str] = {"auth.choose_branch"}

# endpoint -> what must be there before anybody asks for it
PREPARE: dict[str, Callable[[Cast], object]] = {"settings.logo": give_logo, **device_access.PREPARE, **invoice_access.PREPARE,
                                                **portal_access.PREPARE}
