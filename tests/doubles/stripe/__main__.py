"""The double as a process of its own: python -m tests.doubles.stripe --port 8420 --state-file state.json."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from pathlib import Path

from fastoffice.processes import lifeline
from tests.doubles.stripe.double import StripeDouble


def main() -> None:
    """Run until SIGTERM or SIGINT; events are told by themselves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state-file", type=Path)
    parser.add_argument("--webhook", help="where events are told")
    parser.add_argument("--secret", default="")
    wanted = parser.parse_args()
    if lifeline.PARENT in os.environ:
        lifeline.die_with_parent(signal.SIGTERM)
        lifeline.watch(signal.SIGTERM)
    ends = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ends.set())
    double = StripeDouble(port=wanted.port, auto=True, state_file=wanted.state_file)
    if wanted.webhook:
        double.webhook_to(wanted.webhook, wanted.secret)
    with double:
        print(double.url, flush=True)
        ends.wait()


if __name__ == "__main__":
    main()
