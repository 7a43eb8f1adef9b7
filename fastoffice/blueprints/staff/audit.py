"""Who did what and when, and whether the chain of the log still holds."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from fastoffice import audit, clock, htmx
from fastoffice.audit import queries
from fastoffice.audit.models import AuditEntry
from fastoffice.audit.queries import Wanted
from fastoffice.blueprints.paging import day_of
from fastoffice.blueprints.staff import audit_sentences as words
from fastoffice.blueprints.staff import audit_subjects as subjects
from fastoffice.blueprints.words import actors_called
from fastoffice.identity import access
from fastoffice.identity.permissions import NETWORK
from fastoffice.sent import whole_of

blueprint = Blueprint("audit", __name__, url_prefix="/staff/audit")
PAGE_SIZE = 50


@blueprint.get("/")
@access.require("audit.view")
def index() -> Response:
    """The log of the branch (or of the network), newest first."""
    chain, zone = _chain(), access.current_branch().timezone
    wanted, before = _wanted(zone), whole_of(request.args, "before")
    found = queries.entries(chain, wanted, before=before, limit=PAGE_SIZE + 1)
    names = subjects.names_of(found[:PAGE_SIZE])
    rows = [_row(entry, names) for entry in found[:PAGE_SIZE]]
    older = found[PAGE_SIZE - 1].sequence if len(found) > PAGE_SIZE else None
    return htmx.page_or_fragment(
        "staff/audit/index.html", "staff/audit/_list.html", rows=rows, zone=zone, chips=_chips(), chosen=_chosen(),
        length=queries.chain_length(chain), older_url=_here(before=older) if older else None,
        newest_url=_here(before=None) if before else None,
    )


@blueprint.get("/chain")
@access.require("audit.view")
def chain() -> Response:
    """Recompute every hash of the chain and say whether they hold."""
    number = _chain()
    return htmx.page_or_fragment(
        "staff/audit/chain.html", "staff/audit/_chain.html", faults=audit.verify_chain(number),
        length=queries.chain_length(number), checked_at=clock.now(), zone=access.current_branch().timezone,
    )


def _row(entry: AuditEntry, names: dict[subjects.Subject, str]) -> dict[str, Any]:
    return {"entry": entry, "sentence": words.sentence(entry), "about": subjects.label(entry, names),
            "url": subjects.page_of(entry), "changes": words.changes(entry)}


def _chain() -> int:
    """The branch's chain; the network's own for its administrators who ask for it."""
    is_network = NETWORK in access.role_names(access.require_user())
    return audit.NETWORK_CHAIN if is_network and request.args.get("of") == "network" else access.current_branch().id


def _wanted(zone: str) -> Wanted:
    group = words.GROUPS.get(request.args.get("about", ""))
    since, until = day_of("since"), day_of("until")
    actor = request.args.get("actor", "").strip()[:120]
    return Wanted(
        actor=actor, actors=actors_called(actor), actions=group[1] if group else (),
        subject_type=request.args.get("subject", "")[:40], subject_id=whole_of(request.args, "id"),
        since=clock.start_of_day(since, zone) if since else None,
        until=clock.end_of_day(until, zone) if until else None,
    )


def _chosen() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("actor", "about", "since", "until", "subject", "id", "of")}


def _here(**changed: Any) -> str:
    values = {**{name: value for name, value in _chosen().items() if value}, **changed}
    return url_for("audit.index", **{name: value for name, value in values.items() if value})


def _chips() -> list[dict[str, Any]]:
    about = request.args.get("about", "")
    everything = {"label": _("All"), "url": _here(about=None), "active": not about}
    return [everything] + [
        {"label": label, "url": _here(about=name), "active": about == name} for name, (label, _actions) in
        words.GROUPS.items()
    ]
