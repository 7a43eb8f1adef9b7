"""WSGI entry."""

from __future__ import annotations

import sys

from fastoffice import create_app, production
from fastoffice.config import SettingsError

try:
    app = create_app()
    production.refuse_unfit(app)
except SettingsError as error:  # one line per fault, for whoever starts it
    sys.stderr.write("".join(f"{fault}\n" for fault in error.faults))
    sys.exit(2)
