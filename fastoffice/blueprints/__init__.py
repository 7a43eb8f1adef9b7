"""HTTP by audience. Each module here offers `blueprint`; the list below is all there is."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

MODULES: list[str] = []


def register(app: Flask) -> None:
    """Attach every audience's pages."""
    for name in MODULES:
        app.register_blueprint(import_module(f"fastoffice.blueprints.{name}").blueprint)
