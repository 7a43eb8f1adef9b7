"""Moves the clock of a real process: Python loads this at start wherever the folder stands on PYTHONPATH.

CLOCK_SHIFT_SECONDS is added to what the machine says; the clock goes on from there, also in forked children.
"""

from __future__ import annotations

import os
import time

import time_machine

time_machine.travel(time.time() + float(os.environ["CLOCK_SHIFT_SECONDS"]), tick=True).start()
