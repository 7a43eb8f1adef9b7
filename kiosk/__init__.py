"""The lobby's tablet: one page of its own below /kiosk/, and the calls that it makes.

It imports fastoffice, never the reverse; `create_app` attaches it by its dotted name. The page (shell) has every step
in it, in both languages, and knows nothing of any visitor: what somebody types lives in the page's memory until it is
sent, and is wiped afterwards. That is why the page opens without network, and why Back, reload and the cache have
nothing to show. docs/adr/0011-the-tablet.md tells why it is so.
"""

from __future__ import annotations

from flask import Flask

__all__ = ["register"]


def register(app: Flask) -> None:
    """Attach the tablet's pages and calls."""
    from fastoffice.extensions import csrf
    from kiosk import files, pages
    from kiosk.rooms import blueprint as calls  # those of kiosk.calls, and its own

    csrf.exempt(calls)  # pages are kept for days, forms have no token: devices.require asks for a header instead
    files.init_app(app)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(calls)
