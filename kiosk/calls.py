"""What the tablet asks and tells: small forms in, JSON out. Every call is a paired device's, in its own branch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Response, g, jsonify, request
from flask_babel import refresh

from fastoffice import clock, transaction
from fastoffice.branches.models import Branch
from fastoffice.errors import Conflict, NotFound, Refusal
from fastoffice.extensions import db, limiter
from fastoffice.identity import devices
from fastoffice.identity.devices.asking import actor_of
from fastoffice.visitors import errors, queries, service
from fastoffice.visitors.service import signing_in
from kiosk import answers, signing
from kiosk.pages import with_headers
from kiosk.words import LANGUAGES

blueprint = Blueprint("kiosk_calls", __name__, url_prefix="/kiosk")
Result = TypeVar("Result")
device_calls = devices.require("kiosk")


def _device_key() -> str:
    """Limits count by tablet: a lobby of several shares one address."""
    return f"kiosk {request.cookies.get(devices.COOKIES['kiosk'], '')[:64]}"


asks_often = limiter.limit("120 per minute", key_func=_device_key)
asks_names = limiter.limit("20 per minute", key_func=_device_key)  # nobody tries out who is a tenant or a visitor


@blueprint.before_request
def _language() -> None:
    """Answer in the language that the tablet shows."""
    asked = request.values.get("language", "")
    g.language = asked if asked in LANGUAGES else "es"
    refresh()


@blueprint.after_request
def _headers(response: Response) -> Response:
    return with_headers(response)


@blueprint.errorhandler(Refusal)
def refused(reason: Refusal) -> tuple[Response, int]:
    """What to tell the visitor, and beside which field."""
    status = 404 if isinstance(reason, NotFound) else 409 if isinstance(reason, Conflict) else 422
    return jsonify(message=str(reason), field=reason.field, rules=list(reason.details.get("rules_ids", ()))), status


@blueprint.post("/sync")
@asks_often
@device_calls
def sync() -> Response:
    """Here I am: what the lobby wants now, and who is inside, sealed under the PIN."""
    device, now = devices.current("kiosk"), clock.now()
    said = answers.lobby_of(device.branch, now)
    said["list"] = answers.sealed_list(device, queries.evacuation(device.branch, now), now)
    key = device.id
    unit(lambda _branch: devices.note_seen(db.session.get_one(devices.Device, key), now))
    return jsonify(said)


@blueprint.post("/hosts")
@asks_names
@device_calls
def match_host() -> Response:
    """Whom the visitor means; never a list."""
    found = service.match_host(_branch(), _typed("text"), _typed("company"))
    return jsonify(state=found.state, host=found.host, label=found.label)


@blueprint.post("/guests")
@asks_names
@device_calls
def recognize() -> Response:
    """Who wrote this whole telephone or e-mail and let us remember them; nobody is an answer too."""
    try:
        known = service.recognize(_branch(), _typed("contact"))
    except errors.ContactUnreadable:
        known = None
    return jsonify(name=known.name if known else "", company=known.company if known else "")


@blueprint.post("/rules")
@asks_names
@device_calls
def rules() -> Response:
    """Which versions are still to be signed."""
    try:
        key = service.contact_key(*service.split_contact(_typed("contact")))
    except errors.ContactUnreadable:
        key = ""
    asked = service.rules_to_sign(_branch(), _typed("kind"), str(g.language), key)
    return jsonify(rules=[each.id for each in asked])


@blueprint.post("/invitations")
@asks_names
@device_calls
def invitation() -> Response:
    """What a code or a QR stands for today; what does not count calls reception."""
    now, place = clock.now(), devices.current("kiosk")
    found = unit(lambda branch: service.open_invitation(
        branch, _typed("code"), _key(), actor_of(place), now, where=place.name))
    standing = "ok" if found.standing == "ok" else "no"  # why not is for reception alone
    return jsonify(standing=standing, host=found.host, label=found.label, name=found.name,
                   company=found.company, kind=found.kind)


@blueprint.post("/visits")
@asks_often
@device_calls
def sign_in() -> Response:
    """Somebody is here: noted once by the key that the tablet made, also when it comes late."""
    device, now = devices.current("kiosk"), clock.now()
    if not _key():
        raise errors.UnknownKind
    told = signing.read(now, device.name)
    came = unit(lambda branch: signing.note(branch, told, actor_of(device), now))
    return jsonify(answers.signed_in(came) if came else {"state": "kept"})


@blueprint.get("/visits/<key>")
@asks_often
@device_calls
def status(key: str) -> Response:
    """What became of the visit that this key began."""
    found = queries.status(_branch(), key)
    if found is None:
        raise errors.NoSuchVisit
    return jsonify(answers.status(found))


@blueprint.post("/visits/<key>/badge")
@asks_often
@device_calls
def badge(key: str) -> Response:
    """Reception prints the label and brings it: a browser that prints asks with a dialog that leads out."""
    device, now = devices.current("kiosk"), clock.now()

    def ask(branch: Branch) -> None:
        visit = signing_in.by_key(branch.id, key)
        if visit is None or visit.left_at is not None or not queries.lobby(branch.id).prints_badge:
            raise errors.NoSuchVisit
        service.call_reception(branch, f"badge-{visit.id}", actor_of(device), now, reason="badge", visit_id=visit.id,
                               where=device.name)

    unit(ask)
    return jsonify(asked=True)


@blueprint.post("/exits")
@asks_names
@device_calls
def sign_out() -> Response:
    """Somebody goes: by the badge's code or by their whole name."""
    device, now = devices.current("kiosk"), clock.now()
    gone = unit(lambda branch: service.sign_out(
        branch, _typed("text"), actor_of(device), now, host=_typed("host")))
    return jsonify(gone=gone is not None)


@blueprint.post("/calls")
@asks_often
@device_calls
def call_reception() -> Response:
    """Somebody wants a person; pressed twice it is one call."""
    device, now = devices.current("kiosk"), clock.now()
    unit(lambda branch: service.call_reception(
        branch, f"tablet-{_key()}", actor_of(device), now, where=device.name, note=_typed("note")))
    return jsonify(called=True)


def unit(work: Callable[[Branch], Result]) -> Result:
    """One unit of work in the device's branch."""
    branch_id = devices.current("kiosk").branch_id
    return transaction.run(lambda: work(db.session.get_one(Branch, branch_id)))


def _branch() -> Branch:
    return devices.current("kiosk").branch


def _typed(name: str) -> str:
    return str(request.form.get(name, ""))[:300]


def _key() -> str:
    """The key that the tablet made for this press."""
    return _typed("key")[:64]
