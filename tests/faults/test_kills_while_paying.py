"""Clients pay by card while the processes that serve them are killed between any two lines.

Whoever presses the button, hears the processor, looks after attempts, compares the books or keeps the deadline is a
forked process, killed with -9 at a random moment, again and again; the processor's double lives on.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import pytest
import sqlalchemy as sa
import stripe as stripe_package

from fastoffice import audit, clock, schedule
from fastoffice.billing.models import Invoice, InvoiceHold
from fastoffice.billing.service.verifying import verify
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from fastoffice.payments.models import PayAttempt, Payment, ProviderDifference, ProviderEvent
from fastoffice.payments.service.online import beginning, looking, polling, reading
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import at, issue_month
from tests.factories.online import SECRET, an_account
from tests.factories.people import make_branch
from tests.faults.arena import Arena

TENANTS, PAYING = 8, 5
LAURA = audit.Actor("client")
PROMPT = 406_000

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


def shopper(branch_id: int, documents: Sequence[tuple[int, int]], moment: datetime) -> None:
    """Presses "pay by card" on each document, as often as the browser lets them."""
    with clock.fixed_at(moment):
        for client_id, invoice_id in documents:
            try:
                beginning.begin(branch_id, client_id, [invoice_id], "card", LAURA, "http://testserver/pay/return")
            except Refusal:
                continue  # somebody else is at it at this very moment; the next press finds their page


def listener(app, address: str, told: Sequence[tuple[bytes, str]], moment: datetime) -> None:
    """The web process that the processor calls."""
    with clock.fixed_at(moment):
        for body, signature in told:
            app.test_client().post(address, data=body, headers={"Stripe-Signature": signature})


def reader(moment: datetime) -> None:
    """The worker that reads what was told."""
    with clock.fixed_at(moment):
        reading.read_all(moment)


def carer(moment: datetime) -> None:
    """The worker that looks after attempts."""
    with clock.fixed_at(moment):
        looking.look(moment)


def comparer(account_id: int, moment: datetime) -> None:
    """The nightly comparison."""
    with clock.fixed_at(moment):
        polling.poll(account_id, moment)


def ticker(moment: datetime) -> None:
    """The ticker's minute: billing's units by itself, the others have processes of their own here."""
    with clock.fixed_at(moment):
        schedule.tick(moment, hand_out=lambda unit: not unit.job.startswith("fastoffice.billing"))


def hunt(arena: Arena, roles, longest: float, kills: int) -> None:
    """Kill until so many have died; the less there is left to do, the sooner."""
    before = sum(arena.kills.values())
    for _round in range(kills * 8):
        if sum(arena.kills.values()) - before >= kills:
            return
        arena.kill_during(roles, longest)
        longest = max(0.004, longest * 0.85)
    raise AssertionError("the processes were too quick to be killed")


@pytest.fixture
def arena(committed_app, stripe) -> Arena:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    return Arena(committed_app, random.Random(seed))


def test_every_paid_card_is_booked_once_whoever_is_killed(arena: Arena, stripe) -> None:
    branch = make_branch("PLC")
    for number in range(TENANTS):
        make_contract(make_client(branch, f"Inquilino {number}, S.C."), lines=[("Oficina virtual", 350_000, 420_000)])
    issue_month(branch)
    account = an_account(branch)
    branch_id, account_id, address = branch.id, account.id, f"/webhooks/stripe/{account.public_id}"
    documents = [(row.client_id, row.id) for row in db.session.execute(
        sa.select(Invoice.client_id, Invoice.id).where(Invoice.status == "issued").order_by(Invoice.id))]
    with stripe.at(at(3)):
        hunt(arena, [(shopper, (branch_id, documents, at(3))), (shopper, (branch_id, documents[::-1], at(3)))], 0.5, 10)
        arena.finish(shopper, branch_id, documents, at(3))
    keys = _open_keys()
    assert len(keys) == TENANTS
    with stripe.at(at(3, 10, 20)):
        paid = [session for session in stripe.sessions if session["client_reference_id"] in keys[:PAYING]]
        for session in paid:
            stripe.pay(session["id"])
        told = _signed(stripe, at(3, 10, 20))
        chance = arena.chance
        roles = [(listener, (arena.app, address, chance.sample(told * 2, len(told)), at(3, 10, 21))),
                 (reader, (at(3, 10, 25),)), (carer, (at(3, 10, 30),)), (comparer, (account_id, at(3, 10, 35)))]
        hunt(arena, roles, 0.6, 16)
    with stripe.at(at(6)):
        hunt(arena, [(ticker, (at(6),)), (carer, (at(6),))], 0.6, 8)
    with stripe.at(at(6, 13)):  # what the dead had taken in hand is due again
        for role, arguments in ((reader, ()), (carer, ()), (comparer, (account_id,)), (ticker, ())):
            arena.finish(role, *arguments, at(6, 13))
    print(dict(arena.kills))
    _everything_holds(branch_id, stripe)


def _open_keys() -> list[str]:
    keys = list(db.session.scalars(sa.select(PayAttempt.key).where(PayAttempt.state == "open").order_by(PayAttempt.id)))
    db.session.rollback()
    return keys


def _signed(stripe, moment: datetime) -> list[tuple[bytes, str]]:
    """Every event so far as the processor sends it."""
    bodies = [json.dumps(event) for event in stripe.all("event")]
    stamp = int(moment.timestamp())
    return [(body.encode(), stripe_package.WebhookSignature.generate_signature_header(body, SECRET, stamp))
            for body in bodies]


def _everything_holds(branch_id: int, stripe) -> None:
    intents = [each for each in stripe.all("payment_intent") if each["status"] == "succeeded"]
    payments = list(db.session.scalars(sa.select(Payment)))
    assert sorted(payment.request_key for payment in payments) == sorted(f"stripe:{each['id']}" for each in intents)
    assert len(payments) == PAYING
    assert verify(branch_id) == []
    states = Counter((row.stage, row.status) for row in db.session.execute(sa.select(Invoice.stage, Invoice.status)))
    assert states == {("prompt", "paid"): PAYING, ("prompt", "cancelled"): TENANTS - PAYING,
                      ("list", "issued"): TENANTS - PAYING}
    assert Counter(db.session.scalars(sa.select(PayAttempt.state))) == {"paid": PAYING, "expired": TENANTS - PAYING}
    assert all(each["status"] != "open" for each in stripe.sessions)
    assert db.session.scalar(sa.select(sa.func.count()).where(InvoiceHold.released_at.is_(None))) == 0
    thanks = sa.select(sa.func.count()).select_from(Notice).where(Notice.kind == "payment_receipt")
    assert db.session.scalar(thanks) == PAYING
    assert list(db.session.scalars(sa.select(ProviderDifference.kind))) == []
    assert list(db.session.scalars(sa.select(ProviderEvent.state).where(ProviderEvent.state.in_(("new", "failed"))))) == []
