"""The client's visitors: who waits now, who is invited, who came; who is told; and legal notices to acknowledge."""

from __future__ import annotations

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from fastoffice import clock, htmx, transaction
from fastoffice.blueprints.inviting import invite_of, read_times
from fastoffice.blueprints.paging import neighbours, page_number
from fastoffice.blueprints.portal import own
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.portal.sending import blank
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.documents.files import files
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import portal
from fastoffice.visitors import errors, names, service
from fastoffice.visitors.models import Invitation, LegalNotice, Visit
from fastoffice.visitors.queries import lists
from fastoffice.visitors.rules import visits as rules
from fastoffice.visitors.service import hosts, receipts


@blueprint.get("/visitors")
@portal.require("visitors")
def visitors() -> Response:
    """Waiting, expected, and who came."""
    return _page(_settings())


@blueprint.get("/visitors/new")
@portal.require("visitors")
def new_visitor() -> Response:
    """Who comes, and when?"""
    today = clock.local_date(clock.now(), own.branch().timezone).isoformat()
    return _form(blank(kind="visit", day=today, hour="10:00"))


@blueprint.post("/visitors/new")
@own.at_most("30 per hour")
@portal.require("visitors")
def invite_visitor() -> Response:
    """Expect them; the code and the QR go out."""
    form, visitor, actor, now = Typed.sent(), portal.current(), portal.current_actor(), clock.now()
    times = read_times(form, own.branch())
    if times and not form.errors:
        data = invite_of(form, visitor.client_id, None, times, own.client().language or "es")
        try:
            transaction.run(lambda: service.invite(db.session.get_one(Branch, visitor.branch_id), data, actor, now))
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("Invited. The code is on its way."), "success")
            return htmx.redirect(url_for("portal.visitors"))
    return _form(form)


@blueprint.post("/visitors/invitations/<int:invitation_id>/cancellation")
@portal.require("visitors")
@writes
def cancel_visitor(invitation_id: int) -> Response:
    """Call it off; the guest is told."""
    row = db.session.get(Invitation, invitation_id)
    if row is None or row.client_id != portal.current().client_id:
        raise errors.NoSuchInvitation
    service.cancel_invitation(own.branch(), row, portal.current_actor(), clock.now())
    flash(_("Called off. The guest is told."), "success")
    return htmx.redirect(url_for("portal.visitors"))


@blueprint.post("/visitors/<int:visit_id>/answer")
@portal.require("visitors")
@writes
def answer_visitor(visit_id: int) -> Response:
    """Coming, wait, not today, or left: the tablet shows it."""
    visit = db.session.get(Visit, visit_id)
    if visit is None or visit.client_id != portal.current().client_id or visit.blocked:
        raise errors.NoSuchVisit
    if visit.kind in (rules.AUTHORITY, rules.DELIVERY) and visit.state != rules.IN:  # reception's until then
        raise errors.NoSuchVisit
    said, actor, now = request.form.get("answer", ""), portal.current_actor(), clock.now()
    try:
        with db.session.begin_nested():
            if said == "left":
                service.end_visit(visit, "host", actor, now)
            else:
                service.answer(visit, said, actor, now, request.form.get("note", ""))
    except Refusal as refusal:
        flash(str(refusal), "warning")
    else:
        flash(_("Thank you. The visitor sees your answer on the tablet."), "success")
    return htmx.redirect(url_for("portal.visitors"))


@blueprint.post("/visitors/settings")
@portal.require("visitors")
@writes
def save_visitor_settings() -> Response:
    """Who is told first and second, and until when nobody is there."""
    form = Typed.sent()
    away_from, away_until = form.day("away_from", required=False), form.day("away_until", required=False)
    if not form.errors:
        try:
            hosts.save_setting(own.branch(), portal.current().client_id, form.number("first") or None,
                               form.number("second") or None, away_from, away_until, portal.current_actor(),
                               seen=form.text("seen") if "seen" in form.values else None)
        except Refusal as refusal:
            form.refuse(refusal)
    if form.errors or form.notes:
        return _page(form)
    flash(_("Saved."), "success")
    return htmx.redirect(url_for("portal.visitors"))


@blueprint.post("/visitors/notices/<int:notice_id>/reading")
@portal.require("visitors")
@writes
def read_legal_notice(notice_id: int) -> Response:
    """The read receipt, by somebody who signed in."""
    found = _notice(notice_id)
    actor = portal.current_actor()
    receipts.acknowledge(found, receipts.Reading(
        channel="portal", address=current_user.email, said_by=actor.name, origin=request.remote_addr or "",
        text=receipts.statement(found, own.branch().timezone)), actor, clock.now())
    return htmx.redirect(url_for("portal.visitors"))


@blueprint.get("/visitors/notices/<int:notice_id>/document")
@portal.require("visitors")
def legal_document(notice_id: int) -> Response:
    """The document, once it was said that it is read."""
    found = _notice(notice_id)
    if found.read_at is None:
        return htmx.redirect(url_for("portal.visitors"))
    ending = "pdf" if found.document_type == "application/pdf" else "jpg"
    return own.download(files().get(found.document_sha256), f"documento-{found.id}.{ending}", found.document_type)


def _notice(notice_id: int) -> LegalNotice:
    found = db.session.get(LegalNotice, notice_id)
    if found is None or found.client_id != portal.current().client_id:
        raise errors.NoSuchNotice
    return found


def _settings() -> Typed:
    known = hosts.setting_of(portal.current().client_id)
    return Typed({"seen": hosts.mark_of(known),
                  "first": known.first_contact_id if known else "", "second": known.second_contact_id if known else "",
                  "away_from": (known.away_from or "") if known else "",
                  "away_until": (known.away_until or "") if known else ""})


def _page(form: Typed) -> Response:
    visitor, branch, now = portal.current(), own.branch(), clock.now()
    page = lists.of_client(visitor.client_id, page_number())
    people = [(each.id, each.name or each.email) for each in clients.contacts_of([visitor.client_id]).get(
        visitor.client_id, []) if each.email or each.phone]
    return own.page(
        "visitors.html", status=422 if form.errors or form.notes else 200, form=form, page=page, names=names,
        branch=branch, people=people, waiting=lists.waiting_for(visitor.client_id),
        coming=lists.invitations(branch.id, now, client_id=visitor.client_id).rows,
        notices=lists.legal_notices(branch.id, client_id=visitor.client_id).rows, statement=receipts.statement,
        **neighbours(page, "portal.visitors"))


def _form(form: Typed) -> Response:
    return own.page("invite.html", status=422 if form.errors or form.notes else 200, form=form, names=names)
