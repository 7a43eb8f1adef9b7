"""GET /health: for load balancers and monitors. It says ok or degraded and nothing that helps a stranger."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from flask import Blueprint, Response, jsonify

from fastoffice import health

blueprint = Blueprint("health", __name__)
PROJECT = Path(__file__).resolve().parents[3] / "pyproject.toml"


@cache
def product_version() -> str:
    """What pyproject.toml says where we run from; without it, the installed package's."""
    if PROJECT.is_file():
        return str(tomllib.loads(PROJECT.read_text())["project"]["version"])
    return version("fastoffice")


@blueprint.get("/health")
def show() -> Response:
    """200 ok; 503 degraded when database, queue or ticker are away."""
    healthy = health.is_healthy()
    response = jsonify(status="ok" if healthy else "degraded", version=product_version())
    response.status_code = 200 if healthy else 503
    response.headers["Cache-Control"] = "no-store"
    return response
