"""WSGI entry."""

from __future__ import annotations

import os
import sys

from fastoffice import create_app, production
from fastoffice.config import SettingsError

try:
    app = create_app()
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":  # commands must be able to mend what is unfit
        production.refuse_unfit(app)
except SettingsError as error:  # one line per fault, for whoever starts it
    sys.stderr.write("".join(f"{fault}\n" for fault in error.faults))
    sys.exit(2)
