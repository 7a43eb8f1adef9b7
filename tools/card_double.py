"""Card payments of the demo: a Stripe of our own beside it, on this machine alone, that pays with 4242….

Never in production, nowhere that STRIPE_API_BASE names another one, and only for a demo branch.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

DOUBLE = "tests.doubles.stripe"
WORDS = "demo: card 4242 4242 4242 4242 pays, nothing is charged"


def prepare(root: Path, free_port: Callable[[], int]) -> int | None:
    """The port of the double, which from now on is what this installation takes for Stripe; None without one."""
    known = os.environ.get("STRIPE_API_BASE") or os.environ.get("FASTOFFICE_ENV") == "production"
    if known or not root.joinpath(*DOUBLE.split(".")).is_dir():
        return None
    port = free_port()
    os.environ["STRIPE_API_BASE"] = f"http://127.0.0.1:{port}"
    return port


def children(app: Any, instance: Path, double_port: int | None, web_port: int) -> list[Any]:
    """The double as a child, telling the web server what happens; none without a demo branch."""
    from fastoffice.processes.supervisor import Child

    account = _account(app) if double_port is not None else None
    if account is None:
        return []
    public_id, secret = account
    command = [sys.executable, "-m", DOUBLE, "--port", str(double_port), "--state-file", str(instance / "stripe.json"),
               "--webhook", f"http://127.0.0.1:{web_port}/webhooks/stripe/{public_id}", "--secret", secret]
    return [Child("stripe double", command, rank=1)]


def _account(app: Any) -> tuple[str, str] | None:
    """(public id, webhook secret) of the demo branch's account, made when it has none that can be read."""
    from fastoffice import transaction
    from fastoffice.branches.models import Branch
    from fastoffice.extensions import db
    from fastoffice.payments.gateway.sealing import SealBroken
    from fastoffice.payments.service.online import accounts

    def unit() -> tuple[str, str] | None:
        branch = db.session.scalar(sa.select(Branch).where(Branch.is_demo).order_by(Branch.id).limit(1))
        if branch is None:
            return None
        account = accounts.of_branch(branch.id)
        try:
            known = accounts.webhook_secrets(account) if account is not None else []
        except SealBroken:
            known = []
        if account is None or not known:
            return _made(branch)
        return account.public_id, known[0]

    with app.app_context():
        try:
            return transaction.run(unit)
        finally:
            db.session.remove()
            db.engine.dispose()


def _made(branch: Any) -> tuple[str, str]:
    from fastoffice import audit
    from fastoffice.payments import rules
    from fastoffice.payments.service.online import accounts

    secret = f"whsec_{secrets.token_hex(16)}"
    account = accounts.save(branch, audit.Actor("demo"), is_enabled=True, methods=rules.ONLINE,
                            secret_key=f"sk_test_{secrets.token_hex(16)}", webhook_secret=secret)
    return account.public_id, secret
