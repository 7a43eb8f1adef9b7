"""How the branch wants its lobby: closing time, photo, privacy notice, how long data is kept, what visitors sign."""

from __future__ import annotations

from datetime import time as wall_time
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx
from fastoffice.blueprints.staff.visits.base import blueprint, form_page
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.sent import whole
from fastoffice.visitors import service
from fastoffice.visitors.rules import retention, visits
from fastoffice.visitors.service import agreeing

NOTICE_LENGTH = 4_000


@blueprint.get("/lobby")
@access.require("visits.manage")
def lobby() -> Response:
    """As it is now."""
    return _page(_now())


@blueprint.post("/lobby")
@access.require("visits.manage")
@writes
def save_lobby() -> Response:
    """Save the settings; the second of two tabs is told."""
    form, days = Typed.sent(), {}
    for kind in visits.KINDS:
        found = [_days(form, f"{kind}-{what}") for what in ("photo", "data")]
        if None not in found:
            days[kind] = retention.Keeping(found[0] or 0, found[1] or 0)
    closes = _hour(form)
    if not form.errors and closes is not None:
        values = {"closes_at": closes, "asks_photo": form.on("asks_photo"), "prints_badge": form.on("prints_badge"),
                  "privacy_notice": form.text("privacy_notice").strip()[:NOTICE_LENGTH]}
        try:
            with db.session.begin_nested():
                service.save_policy(access.current_branch(), values, days, form.number("version"),
                                    access.current_actor())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            htmx.toast(_("Saved."))
            return htmx.redirect(url_for("visits.lobby"))
    return _page(form)


@blueprint.post("/lobby/rules/<kind>")
@access.require("visits.manage")
@writes
def save_rules(kind: str) -> Response:
    """A new version: whoever comes signs it again."""
    if kind not in agreeing.KINDS:
        raise NotFound(_l("There is no such page."))
    form, branch = Typed.sent(), access.current_branch()
    try:
        with db.session.begin_nested():
            service.write_rules(
                branch, kind, {code: form.text(f"text_{code}") for code in agreeing.LANGUAGES},
                form.several("visit_kinds"), access.current_actor(), clock.now(),
                seen=form.number("number") if form.text("number") else None)
    except Refusal as refusal:
        typed = _now()
        typed.notes.append(refusal.message)
        return _page(typed, {kind: form})
    htmx.toast(_("Saved. Visitors sign this version from now on."))
    return htmx.redirect(url_for("visits.lobby"))


@blueprint.post("/lobby/rules/<kind>/end")
@access.require("visits.manage")
@writes
def end_rules(kind: str) -> Response:
    """Ask for it no more."""
    if kind not in agreeing.KINDS:
        raise NotFound(_l("There is no such page."))
    service.end_rules(access.current_branch(), kind, access.current_actor(), clock.now())
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("visits.lobby"))


def _now() -> Typed:
    policy = service.policy_of(access.current_branch().id)
    values: dict[str, Any] = {
        "version": str(policy.version), "closes_at": f"{policy.closes_at:%H:%M}",
        "privacy_notice": policy.privacy_notice, "asks_photo": "y" if policy.asks_photo else "",
        "prints_badge": "y" if policy.prints_badge else ""}
    for kind, days in retention.all_of(policy.retention).items():
        values |= {f"{kind}-photo": str(days.photo), f"{kind}-data": str(days.data)}
    return Typed(values)


def _days(form: Typed, name: str) -> int | None:
    found = whole(form.text(name).strip(), -1)
    if retention.LEAST <= found <= retention.MOST:
        return found
    form.errors[name] = _l("Choose a number from %(low)s to %(high)s.", low=retention.LEAST, high=retention.MOST)
    return None


def _hour(form: Typed) -> wall_time | None:
    try:
        return wall_time.fromisoformat(form.text("closes_at").strip()[:5])
    except ValueError:
        form.errors["closes_at"] = _l("Write an hour like 09:00.")
        return None


def _page(form: Typed, again: dict[str, Typed] | None = None) -> Response:
    """The page; `again` is a text that was refused, by its kind, as it was typed."""
    return form_page("lobby", form, again=again or {}, kinds=visits.KINDS, languages=agreeing.LANGUAGES,
                     rules=agreeing.current(access.current_branch().id))
