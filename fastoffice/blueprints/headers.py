"""Headers that every answer carries; what the content policy says stands in fastoffice/csp.py."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request, session

PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
}
HSTS = "max-age=31536000; includeSubDomains"


def _add(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if urlsplit(current_app.config["SETTINGS"].base_url).scheme == "https":
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if session.get("_user_id") and request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _refuse_nul() -> None:
    """Nobody types a NUL, and PostgreSQL keeps none in text: whoever sends one is told that it is no request."""
    sent = [*request.args.values(), *(request.form.values() if request.method == "POST" else ())]
    if any("\0" in value for value in sent):
        abort(400)


def init_app(app: Flask) -> None:
    """Add the headers to every response that has none of its own; refuse what no page can mean."""
    app.before_request(_refuse_nul)
    app.after_request(_add)
