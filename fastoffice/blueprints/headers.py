"""Headers that every answer carries; what the content policy says stands in fastoffice/csp.py."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request, session

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


def headers_for_all(app: Flask) -> dict[str, str]:
    """Headers that do not depend on who asks what."""
    secure = urlsplit(app.config["SETTINGS"].base_url).scheme == "https"
    return HEADERS | {"Strict-Transport-Security": HSTS} if secure else HEADERS


def _add(response: Response) -> Response:
    for name, value in headers_for_all(current_app).items():
        response.headers.setdefault(name, value)
    if session.get("_user_id") and request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def init_app(app: Flask) -> None:
    """Add the headers to every response that has none of its own."""
    app.after_request(_add)
