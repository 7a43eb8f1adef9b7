"""Where the parts of the application meet."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from fastoffice import all_models, assets, blueprints, cli, config, connections, csp, htmx, locale, logging_setup
from fastoffice.extensions import babel, csrf, db, limiter, migrate, rq
from fastoffice.identity import setup as identity_setup
from fastoffice.routing import LateRule

_ = all_models


def compose(settings: config.Settings | None, overrides: dict[str, Any]) -> Flask:
    """Build the application, as `create_app` tells; the only place where its parts meet."""
    settings = settings or config.read_settings()
    settings.instance.mkdir(parents=True, exist_ok=True)
    app = Flask("fastoffice", instance_path=str(settings.instance))
    app.url_rule_class = LateRule
    app.config.update(config.flask_config(settings))
    app.config.update(overrides)
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    logging_setup.init_app(app)
    _start_extensions(app)
    connections.connect()
    blueprints.register(app)
    import_module("kiosk").register(app)  # by name alone: the tablet imports this house, never the reverse
    cli.register(app)
    logging.getLogger("fastoffice").setLevel(logging.INFO)
    return app


def _start_extensions(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory="migrations", render_as_batch=True)
    csrf.init_app(app)
    htmx.init_app(app)
    rq.init_app(app)
    limiter.init_app(app)
    babel.init_app(app, locale_selector=locale.select_locale)
    locale.init_app(app)
    assets.init_app(app)
    csp.init_app(app)
    identity_setup.init_app(app)
