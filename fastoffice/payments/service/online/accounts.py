"""A branch's account at the processor: its keys, sealed, and what it takes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from flask import current_app

from fastoffice import audit
from fastoffice.branches.models import Branch
from fastoffice.config import Settings
from fastoffice.extensions import db
from fastoffice.payments import errors, rules
from fastoffice.payments.gateway import Gateway, GatewayAway, GatewayRefused
from fastoffice.payments.gateway.sealing import SealBroken, seal, unseal
from fastoffice.payments.models import CardAccount

KEY_STARTS = ("sk_", "rk_")
SECRETS_KEPT = 2  # the new one and the one before, while both may still sign


def of_branch(branch_id: int) -> CardAccount | None:
    """The branch's account, in use or not."""
    return db.session.scalar(sa.select(CardAccount).where(CardAccount.branch_id == branch_id))


def in_use(branch_id: int) -> CardAccount:
    """The account that takes payments. Raises OnlineOff, also while its key can't be read and nobody could be asked."""
    account = of_branch(branch_id)
    if account is None or not account.is_enabled or not account.secret_key_sealed:
        raise errors.OnlineOff
    try:
        _key_of(account)
    except SealBroken as broken:
        raise errors.OnlineOff from broken
    return account


def gateway(account: CardAccount) -> Gateway:
    """The way to the processor with this account's key."""
    return Gateway(_key_of(account), _settings().stripe_api_base)


def _key_of(account: CardAccount) -> str:
    """Its secret key. Raises SealBroken, also for a key of the other mode: a copy of the live database that is opened
    elsewhere, with the same SECRET_KEY, charges nobody."""
    if account.livemode is not _settings().is_production:
        raise SealBroken("a key of the other mode")
    return unseal(account.secret_key_sealed)


def webhook_secrets(account: CardAccount) -> list[str]:
    """The secrets that may have signed what arrives, the newest first."""
    return secrets_in(account.webhook_secrets_sealed)


def secrets_in(sealed: str) -> list[str]:
    """The same of an account's sealed text. Raises SealBroken."""
    return list(json.loads(unseal(sealed))) if sealed else []


def save(branch: Branch, actor: audit.Actor, *, is_enabled: bool, methods: Sequence[str], secret_key: str = "",
         webhook_secret: str = "", version: int | None = None) -> CardAccount:
    """Keep what was typed; an empty key or secret leaves the one that is there.

    A new webhook secret is used beside the one before it. Raises WrongKey, KeyOfOtherMode, WrongWebhookSecret, and
    AccountChanged when the account is not at `version` (0: none yet), the one that the person saw.
    """
    query = sa.select(CardAccount).where(CardAccount.branch_id == branch.id)
    account = db.session.scalar(query.with_for_update())
    if version is not None and version != (account.version if account else 0):
        raise errors.AccountChanged
    if account is None:
        account = CardAccount(branch_id=branch.id, public_id=secrets.token_hex(12), methods=[])
        db.session.add(account)
    if secret_key.strip():
        _take_key(account, secret_key.strip())
    if webhook_secret.strip():
        _take_secret(account, webhook_secret.strip())
    if is_enabled and not account.secret_key_sealed:
        raise errors.WrongKey
    account.is_enabled = is_enabled
    account.methods = [method for method in rules.ONLINE if method in methods]
    db.session.flush()
    audit.record(actor, "card_account.changed", ("card_account", account.id), {
        "enabled": is_enabled, "methods": account.methods, "key_changed": bool(secret_key.strip()),
        "secret_changed": bool(webhook_secret.strip())}, branch_id=branch.id)
    return account


def check(branch_id: int) -> str:
    """What the processor says of the branch's key: "ok", "refused", "away"; "none" and "broken" without one.

    No unit is open while it is asked.
    """
    account = of_branch(branch_id)
    if account is None or not account.secret_key_sealed:
        return "none"
    try:
        asked = gateway(account)
    except SealBroken:
        return "broken"
    db.session.rollback()
    try:
        asked.check()
    except GatewayAway:
        return "away"
    except GatewayRefused:
        return "refused"
    return "ok"


def _take_key(account: CardAccount, key: str) -> None:
    if not key.startswith(KEY_STARTS) or len(key) > 255 or not key.isascii():
        raise errors.WrongKey
    is_live = key[3:].startswith("live_")
    if is_live != _settings().is_production:
        raise errors.KeyOfOtherMode(live=_settings().is_production)
    account.secret_key_sealed, account.key_hint, account.livemode = seal(key), key[-4:], is_live


def _take_secret(account: CardAccount, secret: str) -> None:
    if not secret.startswith("whsec_") or len(secret) > 255 or not secret.isascii():
        raise errors.WrongWebhookSecret
    try:
        known = [each for each in webhook_secrets(account) if each != secret]
    except SealBroken:
        known = []  # sealed under another SECRET_KEY: nobody can use it any more
    account.webhook_secrets_sealed = seal(json.dumps([secret, *known][:SECRETS_KEPT]))


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
