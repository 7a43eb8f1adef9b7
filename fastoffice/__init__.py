"""FastOffice: the software of an executive-suite and coworking franchise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from fastoffice.config import Settings

__all__ = ["create_app"]


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """Build the application.

    `overrides` replace single Flask settings (tests). Raises SettingsError when the environment is unusable.
    The parts are imported here and not with the package: who only looks after processes starts without them.
    """
    from fastoffice.composition import compose

    return compose(settings, overrides)
