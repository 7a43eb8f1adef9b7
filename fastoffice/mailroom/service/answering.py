"""Doing what a client asked, or saying why not; what was done is charged once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _

from fastoffice import audit, clock
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.branches.queries import tax_profiles
from fastoffice.charges import service as charges
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.locale import date_short
from fastoffice.mailroom import errors, names
from fastoffice.mailroom.models import MailItem, MailRequest
from fastoffice.mailroom.rules import states
from fastoffice.mailroom.service import loading, storing, telling
from fastoffice.mailroom.service.keeping import KeptFile

ORIGIN = "mail-request:"


def complete(branch: Branch, request_id: int, answer: str, actor: Actor, now: datetime, *,
             scan: KeptFile | None = None) -> MailRequest:
    """It was sent on, scanned or destroyed: the price becomes a charge, the client hears of it and finds the scan.

    Raises NoSuchRequest, AnsweredAlready, NotHere, FileMissing (a scan without its file).
    """
    request = loading.request(branch.id, request_id)
    item = loading.item_here(branch.id, request.item_id)
    if request.kind == states.SCAN:
        if scan is None:
            raise errors.FileMissing
        request.file_sha256, request.filename, request.media_type = scan.sha256, scan.filename, scan.media_type
    loading.move(item, states.BECOMES[request.kind])
    if request.kind in (states.FORWARD, states.DESTROY):
        item.closed_at, item.closed_by, item.remind_at = now, actor.name, None
        storing.charge(branch, item, clock.local_date(now, branch.timezone), part(request), actor, now)
    _decide(branch, request, "done", clean_text(answer)[:300], actor, now)
    _charge(branch, request, item, actor, now)
    telling.answered(branch, request)
    return request


def keep(branch: Branch, request: MailRequest, actor: Actor, now: datetime) -> None:
    """Keep the piece until the day that was asked: no reminders and no storage fee until then."""
    item = loading.item_here(branch.id, request.item_id)
    policy, until = loading.policy_of(branch.id), date.fromisoformat(request.details["until"])
    loading.move(item, states.BECOMES[states.HOLD])
    item.held_until = until
    item.remind_at = clock.at_local(until + timedelta(days=1), policy.reminder_at, branch.timezone)
    _decide(branch, request, "done", "", actor, now)
    _charge(branch, request, item, actor, now)


def refuse(branch: Branch, request_id: int, answer: str, actor: Actor, now: datetime) -> MailRequest:
    """Say why it cannot be done; it costs nothing. Raises NoSuchRequest, AnsweredAlready, ReasonMissing."""
    why = clean_text(answer)[:300]
    if not why:
        raise errors.ReasonMissing
    request = loading.request(branch.id, request_id)
    _decide(branch, request, "refused", why, actor, now)
    telling.answered(branch, request)
    return request


def _decide(branch: Branch, request: MailRequest, state: str, answer: str, actor: Actor, now: datetime) -> None:
    request.state, request.answer, request.decided_at, request.decided_by = state, answer, now, actor.name
    data = {"request": request.id, "kind": request.kind, "answer": answer}
    if state == "done":
        audit.record(actor, "mail.request_done", ("client", request.client_id), data, branch_id=branch.id)
    else:
        audit.record(actor, "mail.request_refused", ("client", request.client_id), data, branch_id=branch.id)


def origin(request: MailRequest) -> str:
    """How charges name the request."""
    return f"{ORIGIN}{request.id}"


def part(request: MailRequest) -> str:
    """How the storage of a piece that left by this request is named."""
    return f"r{request.id}"


def _charge(branch: Branch, request: MailRequest, item: MailItem, actor: Actor, now: datetime) -> None:
    if not request.price:
        return
    client = db.session.get_one(Client, request.client_id)
    with force_locale(client.language or branch.language):
        said = _("Mail room: %(wish)s: %(what)s, received %(day)s", wish=names.REQUESTS[request.kind],
                 what=names.one(item), day=date_short(clock.local_date(item.received_at, branch.timezone)))
    charges.add_charge(branch, client.id, None, said, clock.local_date(now, branch.timezone), 1000, request.price,
                       tax_profiles(branch.id)[0].id, origin(request), actor, now)
