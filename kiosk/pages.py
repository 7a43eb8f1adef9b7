"""The shell, pairing, and what makes it an application: manifest, service worker, static files."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request, url_for
from flask_babel import force_locale, refresh

from fastoffice.blueprints.unit import writes
from fastoffice.bookings.queries.resources import resources
from fastoffice.extensions import limiter
from fastoffice.identity import devices
from fastoffice.visitors import names, queries
from kiosk import files, words
from kiosk.answers import ROOMS

blueprint = Blueprint("kiosk", __name__, url_prefix="/kiosk", template_folder="templates")
POLICY = "; ".join((
    "default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
    "media-src 'self' blob:", "worker-src 'self' blob:", "frame-src 'none'", "object-src 'none'",
    "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"))


@blueprint.before_request
def _language() -> None:
    """The one that was chosen on the page that pairs; the tablet's own page has all of them."""
    asked = request.args.get("language", "")
    if asked in words.LANGUAGES:
        g.language = asked
        refresh()


@blueprint.after_request
def _headers(response: Response) -> Response:
    return with_headers(response)


def with_headers(response: Response) -> Response:
    """Nothing is kept by the browser, the camera is allowed, and no other site frames it."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Permissions-Policy"] = (
        "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@blueprint.get("/")
def index() -> Response:
    """The tablet's one page; where nothing is paired (any more), the page that pairs."""
    device = devices.find("kiosk")
    if device is None:
        return devices.take_token(_pairing(), "kiosk")
    branch = device.branch
    lobby = queries.lobby(branch.id)
    response = make_response(render_template(
        "kiosk/shell.html", branch=branch, lobby=lobby, said=words.everywhere(), version=files.version(),
        kinds=_kinds(), languages=words.NAMES, speaks=branch.language if branch.language in words.LANGUAGES else "es",
        has_rooms=any(row.kind in ROOMS for row in resources(branch.id))))
    response.headers["X-Kiosk-Shell"] = files.version()
    return devices.give_token(response, "kiosk", request.cookies[devices.COOKIES["kiosk"]])


@blueprint.post("/pairing")
@limiter.limit("10 per minute")
@writes
def pair() -> Response:
    """Type the manager's code: this browser is the tablet from now on."""
    return devices.enter("kiosk", _pairing)


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """What the tablet needs to put it on its start screen, full screen, and nowhere else."""
    said = {"name": "FastOffice", "short_name": "FastOffice", "id": "/kiosk/", "start_url": "/kiosk/",
            "scope": "/kiosk/", "display": "fullscreen", "orientation": "any", "background_color": "#00353f",
            "theme_color": "#00353f", "lang": "es",
            "icons": [{"src": url_for("kiosk.static_file", filename="icon.svg"), "sizes": "any",
                       "type": "image/svg+xml", "purpose": "any"}]}
    return Response(json.dumps(said), mimetype="application/manifest+json")


@blueprint.get("/sw.js")
def service_worker() -> Response:
    """The service worker: its list of files and their version stand in it, so that a new version is another file."""
    kept = [url_for("kiosk.static_file", filename=name) for name in files.names()]
    kept += [url_for("kiosk.manifest"), *(url_for("static", filename=name) for name in files.SHARED)]
    text = render_template("kiosk/sw.js", version=files.version(), kept=json.dumps(kept))
    return Response(text, mimetype="text/javascript")


@blueprint.get("/static/<path:filename>")
def static_file(filename: str) -> Response:
    """A file of the tablet."""
    return files.serve(filename)


def _pairing(error: str = "", status: int = 200) -> Response:
    g.pop("devices", None)
    return make_response(render_template("kiosk/pairing.html", error=error, languages=words.NAMES), status)


def _kinds() -> dict[str, dict[str, str]]:
    """The kinds of visit that are chosen, in every language."""
    found: dict[str, dict[str, Any]] = {}
    for language in words.LANGUAGES:
        with force_locale(language):
            for kind, name in names.KINDS.items():
                found.setdefault(kind, {})[language] = str(name)
    found.pop("delivery")
    return found
