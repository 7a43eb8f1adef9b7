"""GET /health: for load balancers and monitors. It says ok or degraded and nothing that helps a stranger."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from flask import Blueprint, Response, jsonify

from fastoffice import health

blueprint = Blueprint("health", __name__)
DEVELOPMENT = "0.1.0"


def product_version() -> str:
    """The installed version, or that of the working tree."""
    try:
        return version("fastoffice")
    except PackageNotFoundError:
        return DEVELOPMENT


@blueprint.get("/health")
def show() -> Response:
    """200 ok; 503 degraded when database, queue or ticker are away."""
    healthy = health.is_healthy()
    response = jsonify(status="ok" if healthy else "degraded", version=product_version())
    response.status_code = 200 if healthy else 503
    response.headers["Cache-Control"] = "no-store"
    return response
