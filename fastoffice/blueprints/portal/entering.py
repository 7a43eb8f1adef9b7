"""Coming in: a link by mail, used once, that enters when its button is pressed; choosing a client; going."""

from __future__ import annotations

from flask import Response, flash, make_response, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security.utils import login_user, logout_user
from wtforms import StringField

from fastoffice import clock, htmx
from fastoffice.blueprints.forms import StaffForm, at_most, needed
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.unit import writes
from fastoffice.clients import queries as clients
from fastoffice.errors import NotFound
from fastoffice.extensions import limiter
from fastoffice.identity import access, portal
from fastoffice.identity.models import PortalLink
from fastoffice.identity.portal import granting, links
from fastoffice.identity.portal.visitor import CHOSEN
from fastoffice.identity.views import account_key, address_key, spelling

SIGN_IN, LINK = "portal/sign_in.html", "portal/enter.html"
NEXT, ASKED = "portal_next", "portal_asked"  # session: where to go on, for which address this browser asked a link


class AddressForm(StaffForm):
    """To whom the link goes."""

    email = StringField(_l("E-mail"), [needed(), at_most(254)])


@blueprint.get("/sign-in")
def sign_in() -> Response:
    """Ask for a link by mail; who is in already goes on."""
    if portal.find() is not None:
        return htmx.redirect(access.PORTAL)
    wanted = access.safe_next(request.args.get("next"))
    if wanted and not wanted.startswith(access.START):  # the staff's pages do not exist for whoever comes in here
        session[NEXT] = wanted
    return make_response(render_template(SIGN_IN, form=AddressForm(formdata=None)))


@blueprint.post("/sign-in")
@limiter.limit("5 per hour", key_func=account_key)  # the tenants of a branch share one address
@limiter.limit("100 per hour", key_func=address_key)
@writes
def send_link() -> Response:
    """Owe the link where there is somebody to let in; the answer is always the same."""
    form = AddressForm()
    if not form.validate():
        return make_response(render_template(SIGN_IN, form=form), 422)
    email = spelling(form.email.data or "")
    granting.ask_for_link(email, _doors(email), clock.now())
    session[ASKED] = email
    flash(_("If %(email)s has access, a link is on its way. It works once, for 30 minutes.", email=form.email.data),
          "info")
    return htmx.redirect(url_for("portal.sign_in"))


@blueprint.get("/enter/<token>")
@limiter.limit("60 per minute")
def look_at_link(token: str) -> Response:
    """The button to come in. Opening changes nothing: mail scanners and previews open links, too."""
    link = links.find(token, clock.now())
    return _button(token, link, 200 if link else 404)


@blueprint.post("/enter/<token>")
@limiter.limit("100 per hour", key_func=address_key)
@writes
def enter(token: str) -> Response:
    """Come in. The link is used up by whoever is first; a machine that presses every button has no address to write."""
    now = clock.now()
    link = links.find(token, now)
    if link is not None and not _is_the_reader(link):
        return _button(token, link, 422, error=_("Write the address to which we sent this link."))
    email = links.use(token, now)
    user = granting.come_in(email, _doors(email), now) if email else None
    if user is None:
        return _button(token, None, 404)
    if access.signed_in_user() is not None:
        logout_user()
    login_user(user, authn_via=["email"])
    session.pop(ASKED, None)
    portal.forget()
    return htmx.redirect(access.safe_next(session.pop(NEXT, None)) or access.PORTAL)


@blueprint.post("/sign-out")
@writes
def sign_out() -> Response:
    """Go; the cookie is of no use to whoever finds it."""
    if access.signed_in_user() is not None:
        logout_user()
    session.pop(CHOSEN, None)
    return htmx.redirect(url_for("portal.sign_in"))


@blueprint.post("/client")
@portal.require()
def choose_client() -> Response:
    """Look at this client's file from now on. Other people's clients do not exist."""
    wanted = request.form.get("client", "")
    found = next((number for number in portal.seen_clients() if str(number) == wanted), None)
    if found is None:
        raise NotFound(_l("There is no such client."))
    session[CHOSEN] = found
    return htmx.redirect(access.PORTAL)


@blueprint.get("/access")
@portal.require()
def my_access() -> Response:
    """How this person signs in: their address, a password if they like one."""
    user = access.require_user()
    if not access.is_client(user):
        raise NotFound(_l("There is no such page."))
    return make_response(render_template("portal/access.html", user=user))


def _doors(email: str) -> list[granting.Door]:
    return [granting.Door(row.client_id, row.branch_id, row.id, row.email, row.name, row.language)
            for row in clients.billing_contacts_called(email)]


def _has_asked(link: PortalLink) -> bool:
    """Whether this browser is the one that asked for the link."""
    return bool(session.get(ASKED) == link.email)


def _is_the_reader(link: PortalLink) -> bool:
    return _has_asked(link) or spelling(request.form.get("email", "")) == link.email


def _button(token: str, link: PortalLink | None, status: int, error: str = "") -> Response:
    """The page of the link. Its address holds the secret: no more than the house's name goes along as referrer."""
    writes_address = link is not None and not _has_asked(link)
    response = make_response(render_template(
        LINK, token=token, usable=link is not None, writes_address=writes_address, error=error), status)
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
