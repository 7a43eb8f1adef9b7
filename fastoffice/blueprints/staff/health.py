"""How the installation is, for those who answer for it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from fastoffice import health, htmx
from fastoffice.blueprints.public.health import product_version
from fastoffice.identity import access

blueprint = Blueprint("staff_health", __name__, url_prefix="/staff/health")
TEMPLATE = "staff/health/show.html"


@blueprint.get("/")
@access.require("audit.view")
def show() -> Response:
    """Every fact; JSON for whoever asks for it."""
    found = health.facts()
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify(status=health.overall(found), version=product_version(),
                       facts=[fact.as_json() for fact in found])
    return htmx.page_or_fragment(TEMPLATE, TEMPLATE, facts=found, overall=health.overall(found),
                                 version=product_version(), zone=access.current_branch().timezone)
