"""The double as tests hold it. See the package's own words for how."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from fastoffice import clock
from tests.doubles.stripe import cards, checkout, disputes, refunds, sessions, transfers, vouchers
from tests.doubles.stripe.book import Book, Thing, shown
from tests.doubles.stripe.server import Server
from tests.doubles.stripe.state import State
from tests.doubles.stripe.telling import Address, Knobs, Target

KEY = "sk_test_polanco"
SECRET = "whsec_polanco"


class StripeDouble:
    """A running server; everything it knows is gone with it unless `state_file` is given.

    `auto` tells events by itself, as Stripe does; otherwise they wait for `deliver()`. `clock` answers seconds
    since 1970.
    """

    def __init__(self, *, port: int = 0, auto: bool = False, state_file: Path | None = None,
                 clock: Callable[[], float] = clock.machine_seconds) -> None:
        self.clock = clock
        self._state = State(lambda: int(self.clock()), lambda: self.url, state_file)
        from tests.doubles.stripe.control import Controls

        self._server = Server(self._state, Controls(self).answer, port)
        self._state.load()
        self._auto = auto
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True,
                                        name="stripe double")

    @property
    def url(self) -> str:
        """What STRIPE_API_BASE has to say."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> StripeDouble:
        self._thread.start()
        if self._auto:
            self._state.office.start()
        return self

    def close(self) -> None:
        self._server.released.set()
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()
        self._state.office.stop()

    def __enter__(self) -> StripeDouble:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def reset(self) -> None:
        """As if it had just been started, for the next test."""
        self._state.forget()
        self.away, self.clock = None, clock.machine_seconds

    # time and faults

    @contextmanager
    def at(self, moment: datetime) -> Iterator[datetime]:
        """Both clocks, the product's and Stripe's, at this moment."""
        before, self.clock = self.clock, moment.timestamp
        try:
            with clock.fixed_at(moment):
                yield moment
        finally:
            self.clock = before

    @property
    def away(self) -> str | None:
        """None, "500", "429", "drop" (never heard), "lost" (done, but the answer is lost) or "hang"."""
        return self._server.away

    @away.setter
    def away(self, kind: str | None) -> None:
        self.go_away(kind)

    def go_away(self, kind: str | None, calls: int | None = None) -> None:
        """Be away for the next `calls` calls (None: until told otherwise)."""
        self._server.away, self._server.away_calls = kind, calls

    # events

    def webhook_to(self, address: Address, secret: str = SECRET, key: str | None = None) -> None:
        """Tell events there (a URL, or what takes body and signature), instead of where they went before."""
        kept = [each for each in self._state.office.targets if each.key != key]
        self._state.office.targets = [*kept, Target(address, secret, key)]
        self._state.save()

    @property
    def knobs(self) -> Knobs:
        """How events are told by themselves (`auto`)."""
        return self._state.office.knobs

    @property
    def waiting(self) -> list[str]:
        """Types of the events that nobody was told yet."""
        return [each.event["type"] for each in self._state.office.waiting]

    def deliver(self, **how: Any) -> list[tuple[str, int]]:
        """Tell what waits: duplicate=1, reverse=True, drop=["charge.*"], only=[…]; (type, status) of each."""
        self._state.all("event")  # what the clock did first
        return self._state.office.deliver(**how)

    # what is there

    @property
    def sessions(self) -> list[Thing]:
        """Every session, the oldest first."""
        return [shown(each) for each in self._state.all("checkout.session")]

    def all(self, kind: str) -> list[Thing]:
        """Every "payment_intent", "customer", "refund", …, the oldest first."""
        return [shown(each) for each in self._state.all(kind)]

    # what people do

    def pay(self, session_id: str, card: str = cards.GOOD) -> Thing:
        """Type a card on the hosted page and press the button."""
        return self._on(session_id, lambda book: checkout.pay_by_card(book, session_id, card))

    def answer_bank(self, session_id: str, authorise: bool = True) -> Thing:
        """Answer the bank's question (3-D Secure)."""
        return self._on(session_id, lambda book: checkout.answer_bank(book, session_id, authorise))

    def give_voucher(self, session_id: str) -> Thing:
        """Choose OXXO on the hosted page."""
        return self._on(session_id, lambda book: checkout.give_voucher(book, session_id))

    def take_to_shop(self, session_id: str) -> Thing:
        """Pay the voucher in a shop; Stripe does not know yet."""
        return self._with_session(session_id, vouchers.take_to_shop)

    def confirm_voucher(self, session_id: str) -> Thing:
        """OXXO tells Stripe about the shop."""
        return self._with_session(session_id, vouchers.confirm)

    def pay_voucher(self, session_id: str) -> Thing:
        """Both at once."""
        self.take_to_shop(session_id)
        return self.confirm_voucher(session_id)

    def show_clabe(self, session_id: str) -> Thing:
        """Choose the transfer on the hosted page."""
        return self._on(session_id, lambda book: checkout.show_clabe(book, session_id))

    def transfer(self, to: str, amount: int, currency: str = "mxn") -> Thing:
        """Money reaches the CLABE of a customer, or of a session's customer."""
        kind = "customer" if to.startswith("cus_") else "checkout.session"
        with self._state.book_of(kind, to) as book:
            customer = to if kind == "customer" else book.get(kind, to)["customer"]
            return shown(transfers.arrive(book, book.get("customer", customer), amount, currency))

    def dispute(self, intent_id: str, outcome: str = "opened") -> Thing:
        """The cardholder's bank: opened, won or lost."""
        with self._state.book_of("payment_intent", intent_id) as book:
            return shown(disputes.turn(book, intent_id, outcome))

    def finish_refund(self, refund_id: str, status: str = "succeeded") -> Thing:
        """The bank at last: succeeded or failed; or canceled, when nobody told the account of a transfer."""
        with self._state.book_of("refund", refund_id) as book:
            return shown(refunds.finish(book, refund_id, status))

    def expire(self, session_id: str) -> Thing:
        """Close a page, as somebody in Stripe's dashboard does."""
        return self._with_session(session_id, sessions.end)

    def _with_session(self, session_id: str, act: Callable[[Book, Thing], Any]) -> Thing:
        def on(book: Book) -> Thing:
            session = book.get("checkout.session", session_id)
            act(book, session)
            return session

        return self._on(session_id, on)

    def _on(self, session_id: str, act: Callable[[Book], Thing]) -> Thing:
        with self._state.book_of("checkout.session", session_id) as book:
            return shown(act(book))
