"""A client's phone, the branch's house and Stripe's: what the tests of paying share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from fastoffice import clock
from fastoffice.billing.models import Invoice
from fastoffice.billing.service.verifying import verify
from fastoffice.clients.checks import ContactData
from fastoffice.extensions import db
from fastoffice.payments.gateway.sealing import seal
from fastoffice.payments.models import Payment, Receipt
from tests.browser.conftest import fill
from tests.browser.house import House
from tests.browser.watching import Watched
from tests.doubles.stripe import GOOD, StripeDouble
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import at, chain, issue_month
from tests.factories.online import SECRET, an_account
from tests.factories.people import CLABE_POLANCO, make_branch
from tests.factories.portal import let_in

VIRTUAL = [("Oficina virtual", 350_000, 420_000)]  # 4,060.00 and 4,872.00 with IVA
PROMPT, LIST = 406_000, 487_200
HOSTED = re.compile(r"/c/pay/cs_\w+$")
LINK = re.compile(r"https?://\S+/(?:pay|portal/enter)/[\w.-]+")


class Laura:
    """She pays for Logística Güemes López at a branch of their own: contracts, invoices of December, a mail for each.

    `number` makes branch and Stripe account its own, so that nobody in the same house disturbs her.
    """

    def __init__(self, house: House, stripe: StripeDouble, number: int, contracts: int = 1) -> None:
        self.house, self.stripe = house, stripe
        self.address = f"laura{number}@guemes.example"
        house.now = at(1)
        with self._inside():
            branch = make_branch(f"P{number:02}", name="Polanco", clabe=CLABE_POLANCO)
            client = make_client(branch, "Logística Güemes López, S.C.", contacts=[
                ContactData("Laura Güemes", self.address)])
            for _contract in range(contracts):
                make_contract(client, lines=VIRTUAL)
            issue_month(branch)
            key = f"sk_test_{number:016}"
            account = an_account(branch, secret_key_sealed=seal(key))
            stripe.webhook_to(f"{house.url}/webhooks/stripe/{account.public_id}", SECRET, key)
            self.branch_id, self.client_id = branch.id, client.id
        house.move_to(at(3))
        self.reads()

    @contextmanager
    def _inside(self) -> Iterator[None]:
        with self.house.app.test_request_context(), clock.fixed_at(self.house.now):
            yield
            db.session.remove()

    # her mail

    @property
    def mails(self) -> list[EmailMessage]:
        """All that reached her, the oldest first."""
        return sorted((mail for mail in self.house.mails() if self.address in mail["To"]), key=_sent_at)

    @property
    def unread(self) -> list[EmailMessage]:
        """What came since she looked."""
        return [mail for mail in self.mails if mail["Message-ID"] not in self._read]

    def reads(self) -> None:
        self._read = {mail["Message-ID"] for mail in self.mails}

    def link(self, mail: EmailMessage) -> str:
        """Where the mail leads."""
        body = mail.get_body(("plain",))
        found = LINK.search(body.get_content() if body else "")
        assert found, f"no link in “{mail['Subject']}”"
        return found[0]

    def invited(self) -> None:
        """The branch lets her into the portal; the mail about it is read."""
        with self._inside():
            from fastoffice.clients.models import Client

            let_in(db.session.get_one(Client, self.client_id))
        self.house.tick()
        self.reads()

    # what happens elsewhere

    def told(self, **how: Any) -> None:
        """Stripe tells; a worker reads, books, prints and writes."""
        assert {status for _type, status in self.stripe.deliver(**how)} <= {200}
        self.house.tick()

    def later(self, moment: datetime) -> None:
        """Time goes by; what came meanwhile she reads."""
        self.house.move_to(moment)
        self.reads()

    # what is true in the end

    def has_paid(self, *documents: tuple[str, str, int, int], method: str = "card", payments: int = 1) -> None:
        """The books: these documents, one payment of what they took, one receipt, nothing amiss; and one mail.

        With more than one of `payments` each took the same, and the mail is that of the last.
        """
        with self._inside():
            assert verify(self.branch_id) == []
            assert chain(self.client_id) == list(documents)
            found = list(db.session.scalars(sa.select(Payment).filter_by(client_id=self.client_id).order_by(Payment.id)))
            receipts = db.session.scalar(sa.select(sa.func.count()).select_from(Receipt).where(
                Receipt.payment_id.in_([each.id for each in found])))
            paid = sum(paid for *_rest, paid in documents)
            assert [(each.method, each.amount, each.state) for each in found] == [
                (method, paid // payments, "received")] * payments
            assert receipts == payments
            number = found[-1].receipt.number if found[-1].receipt else "none"
        [thanks] = self.unread
        assert [number in str(each.get_filename()) for each in thanks.iter_attachments()] == [True], thanks["Subject"]

    def has_not_paid(self) -> None:
        """Nothing is booked, nobody is thanked."""
        with self._inside():
            assert verify(self.branch_id) == []
            assert db.session.scalar(sa.select(sa.func.count()).select_from(Payment).filter_by(
                client_id=self.client_id)) == 0
        assert self.unread == []

    def invoice_ids(self) -> list[int]:
        with self._inside():
            return list(db.session.scalars(sa.select(Invoice.id).filter_by(
                client_id=self.client_id).order_by(Invoice.id)))


def _sent_at(mail: EmailMessage) -> datetime:
    return parsedate_to_datetime(mail["Date"])


def opens_her_mail(eyes: Watched, laura: Laura, place: int = 0) -> None:
    """The link of the mail at `place`; the address it leads to says nothing."""
    eyes.page.goto(laura.link(laura.mails[place]))
    expect(eyes.page).to_have_url(re.compile(r"/pay/$"))


def goes_to_stripe(eyes: Watched, button: str) -> str:
    """Press the button; the address of the hosted page."""
    eyes.press(button)
    eyes.page.wait_for_url(HOSTED)
    return eyes.page.url


def types_card(page: Page, number: str = GOOD) -> None:
    """On the hosted page."""
    fill(page, number=number, expiry="12/34", cvc="123", name="Laura Güemes")
    page.get_by_role("button", name=re.compile("^Pagar")).click()
