"""A guest chooses a room: held for some minutes, with its invoice issued and its page made, in one unit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import audit
from fastoffice.bookings import service as bookings
from fastoffice.bookings.errors import BookingRefused
from fastoffice.bookings.models import Booking, Resource
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.service.booking import known_by_key
from fastoffice.bookings.service.wishes import GUEST, Wish
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.clients.checks import ClientData, ContactData
from fastoffice.clients.errors import InvalidClient
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.guests import rules
from fastoffice.guests.errors import NotOnline, TooManyHolds
from fastoffice.guests.models import GuestBooking
from fastoffice.guests.service import billing, files, tokens
from fastoffice.payments.errors import OnlineOff
from fastoffice.payments.service.online import accounts


def guest_of(branch: Branch) -> audit.Actor:
    """Who did it, in the branch's language: never the name that a stranger typed."""
    with force_locale(branch.language):
        return audit.Actor(str(_("Outside guest")))


@dataclass(frozen=True, slots=True)
class Order:
    """What a guest sends: wall times of the branch; `shown` the price they saw; `address` where the browser is."""

    resource_id: int
    starts: datetime
    ends: datetime
    people: int
    name: str
    email: str
    phone: str
    company: str = ""
    tax_id: str = ""
    language: str = "es"
    address: str = ""
    request_key: str = ""
    shown: tuple[int, int] | None = None

    @property
    def wish(self) -> Wish:
        email = clean_text(self.email).lower()
        return Wish(self.resource_id, self.starts, self.ends, people=self.people, guest_name=clean_text(self.name),
                    guest_email=email, attendees=(email,), guest_phone=self.phone, title=clean_text(self.company),
                    private=True, origin=GUEST, shown=self.shown,
                    request_key=f"guest-{self.request_key}"[:80] if self.request_key else None)


def check_branch(branch: Branch) -> None:
    """Whether guests can pay a room of this branch by card now. Raises NotOnline."""
    try:
        account = accounts.in_use(branch.id)
    except OnlineOff as off:
        raise NotOnline from off
    if "card" not in account.methods:
        raise NotOnline


def place(branch: Branch, order: Order, now: datetime) -> GuestBooking:
    """Hold the room, issue its invoice, make its page; the same form sent twice is one booking.

    Raises NotOnline, TooManyHolds, InvalidClient (by field), and what `bookings.hold` raises.
    """
    check_branch(branch)
    _check_contact(order)
    branches.lock_for_billing(branch.id)  # one guest after another: holds are counted, files are found
    known = _known(branch.id, order)
    if known is not None:
        return known
    if known_by_key(branch.id, order.wish.request_key) is not None:  # another's, or an e-mail was corrected
        order = replace(order, request_key="")
    mark = tokens.address_mark(order.address)
    _check_holds(branch.id, order.wish.guest_email, mark, now)
    _check_room(branch, order)
    actor = guest_of(branch)
    client = files.file_for(branch, _data(order), actor, now)
    booking = bookings.hold(branch, order.wish, actor, now)
    invoice = billing.bill(branch, client.id, booking, booking.subtotal, "booked", actor, now)
    row = _keep(branch, order, booking, client.id, invoice.id, mark, now)
    audit.record(actor, "guest.held", ("booking", booking.id),
                 {"invoice": invoice.id, "until": row.hold_until.isoformat()}, branch_id=branch.id)
    return row


def _keep(branch: Branch, order: Order, booking: Booking, client_id: int, invoice_id: int, mark: str, now: datetime
          ) -> GuestBooking:
    nonce = tokens.new_nonce()
    row = GuestBooking(
        branch_id=branch.id, booking_id=booking.id, client_id=client_id, invoice_id=invoice_id,
        email_key=booking.guest_email, address_mark=mark, language=order.language,
        late_fee_percent=setup.policy_of(branch.id).late_fee_percent, hold_until=booking.hold_until or now,
        nonce=nonce, token_hash=tokens.hash_of(tokens.token_of(nonce)), expires_at=booking.ends_at + rules.PAGE_LIVES,
        created_at=now)
    db.session.add(row)
    db.session.flush()
    return row


def _known(branch_id: int, order: Order) -> GuestBooking | None:
    """What this form made already: of the same person, or it is no form of ours."""
    if not order.request_key:
        return None
    return db.session.scalar(sa.select(GuestBooking).join(Booking, Booking.id == GuestBooking.booking_id).where(
        Booking.branch_id == branch_id, Booking.request_key == order.wish.request_key,
        GuestBooking.email_key == order.wish.guest_email))


def _check_contact(order: Order) -> None:
    """Whoever rents leaves a name, an e-mail and a telephone: reception must reach them."""
    missing = {"name": (order.name, _l("Write your name.")), "email": (order.email, _l("Write your e-mail.")),
               "phone": (order.phone, _l("Write your telephone."))}
    errors = {name: message for name, (text, message) in missing.items() if not clean_text(text)}
    if errors:
        raise InvalidClient(errors)


def _check_room(branch: Branch, order: Order) -> None:
    room = db.session.get(Resource, order.resource_id)
    if room is None or room.branch_id != branch.id or not room.for_guests:
        raise BookingRefused(_l("This room is for our clients."), field="resource")


def _check_holds(branch_id: int, email: str, mark: str, now: datetime) -> None:
    """An e-mail counts together with where it was typed: whoever types somebody else's shuts nobody out. Raises
    TooManyHolds.
    """
    same_address = sa.and_(GuestBooking.address_mark == mark, GuestBooking.address_mark != "")
    same_email = sa.and_(GuestBooking.email_key == email, GuestBooking.address_mark == mark)
    unpaid = sa.and_(GuestBooking.state == rules.ENDED, GuestBooking.created_at > now - rules.DAY)
    paying = GuestBooking.state == rules.PAYING

    def count(*conditions: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).where(
            GuestBooking.branch_id == branch_id, GuestBooking.created_at > now - rules.DAY, *conditions)
        return int(db.session.scalar(query) or 0)

    if rules.holds_too_many((count(paying, same_email), count(paying, same_address)),
                            (count(unpaid, same_email), count(unpaid, same_address))):
        raise TooManyHolds


def _data(order: Order) -> ClientData:
    name = clean_text(order.name)
    return ClientData(clean_text(order.company) or name, tax_id=order.tax_id, language=order.language,
                      contacts=(ContactData(name, order.email, order.phone),))
