"""WSGI entry."""

from __future__ import annotations

import gc
import os
import sys

gc.disable()  # what is imported stays: looking for garbage meanwhile is a quarter of the start

from fastoffice import create_app, production
from fastoffice.config import SettingsError

try:
    app = create_app()
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":  # commands must be able to mend what is unfit
        production.refuse_unfit(app)
except SettingsError as error:  # one line per fault, for whoever starts it
    sys.stderr.write("".join(f"{fault}\n" for fault in error.faults))
    sys.exit(2)
gc.freeze()  # and what is forked from here shares it
gc.enable()
