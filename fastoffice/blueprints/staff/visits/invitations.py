"""Who is expected: the list, inviting somebody for a client, calling it off."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx, transaction
from fastoffice.blueprints.inviting import invite_of, read_times
from fastoffice.blueprints.paging import neighbours, one_of, page_number
from fastoffice.blueprints.staff.visits.base import blank, blueprint, form_page, invitation_of_branch, page
from fastoffice.blueprints.staff.visits.registering import chosen_client, offered
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.errors import NotFound, Refusal
from fastoffice.identity import access
from fastoffice.sent import whole_of
from fastoffice.visitors import service
from fastoffice.visitors.queries import lists


@blueprint.get("/invitations")
@access.require("visits.view")
def invitations() -> Response:
    """Those to come, the next first; or those that were."""
    show = one_of("show", ("coming", "past"), "coming")
    branch = access.current_branch()
    since = clock.start_of_day(clock.local_date(clock.now(), branch.timezone), branch.timezone)
    found = lists.invitations(branch.id, since, number=page_number(), past=show == "past")
    return page("invitations", page=found, show=show,
                **neighbours(found, "visits.invitations", show="" if show == "coming" else show))


@blueprint.get("/invitations/new")
@access.require("visits.register")
def new_invitation() -> Response:
    """Who comes, when, to whom?"""
    today = clock.local_date(clock.now(), access.current_branch().timezone)
    return _form(blank(kind="visit", day=today.isoformat(), until=today.isoformat(), hour="10:00",
                       client=str(whole_of(request.args, "client") or "")))


@blueprint.post("/invitations/new")
@access.require("visits.register")
def invite() -> Response:
    """Expect them; the code and the QR go out."""
    form, actor, now = Typed.sent(), access.current_actor(), clock.now()
    client_id, times = chosen_client(form), read_times(form, access.current_branch())
    if client_id is None:
        form.errors["host"] = _l("Choose whom the visit is for.")
    if not form.errors and client_id and times:
        data = invite_of(form, client_id, None, times, access.current_branch().language)
        try:
            transaction.run(lambda: service.invite(access.current_branch(), data, actor, now))
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal, client="host")
        else:
            htmx.toast(_("Invited. The code is on its way."))
            return htmx.redirect(url_for("visits.invitations"))
    return _form(form)


@blueprint.post("/invitations/<int:invitation_id>/cancellation")
@access.require("visits.register")
@writes
def cancel_invitation(invitation_id: int) -> Response:
    """Call it off; the guest is told."""
    row = invitation_of_branch(invitation_id)
    service.cancel_invitation(access.current_branch(), row, access.current_actor(), clock.now())
    htmx.toast(_("Called off. The guest is told."))
    return htmx.redirect(url_for("visits.invitations"))


def _form(form: Typed) -> Response:
    return form_page("invite", form, **offered(form))
