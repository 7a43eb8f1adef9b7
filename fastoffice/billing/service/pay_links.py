"""Links that open one document without an account.

The token is an HMAC of the link's nonce under SECRET_KEY (128 bits, URL-safe), so that a mail that is
rendered again carries the same address; the database keeps the nonce and the token's hash, never the token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from fastoffice import bulk
from fastoffice.billing.models import Invoice, PayLink
from fastoffice.extensions import db
from fastoffice.upsert import insert_unless_there

LIFETIME = timedelta(days=400)
TOKEN_BYTES = 16
MARK = 12  # characters of the token's hash that tell one link of a document from its next


def token_of(nonce: str) -> str:
    """The secret of a link: 128 bits, made anew from its nonce whenever it is needed."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    digest = hmac.new(key, b"pay-link:" + nonce.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).rstrip(b"=").decode()


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def url_of(nonce: str) -> str:
    """Absolute address, from the configured base URL."""
    return f"{current_app.config['SETTINGS'].base_url}/pay/{token_of(nonce)}"


def rows_for(branch_id: int, invoice_ids: Sequence[int], now: datetime) -> list[dict[str, object]]:
    """A link for each document, to be inserted with it."""
    rows: list[dict[str, object]] = []
    for invoice_id in invoice_ids:
        nonce = secrets.token_hex(16)
        rows.append({"branch_id": branch_id, "invoice_id": invoice_id, "nonce": nonce,
                     "token_hash": hash_of(token_of(nonce)), "created_at": now, "expires_at": now + LIFETIME})
    return rows


def make(branch_id: int, invoice_ids: Sequence[int], now: datetime) -> None:
    """Give each document its link; one that has it keeps it."""
    if invoice_ids:
        db.session.execute(insert_unless_there(bulk.table_of(PayLink)), rows_for(branch_id, invoice_ids, now))


def mark_of(invoice_id: int) -> str:
    """Which of its links a document has now; "" for none. Says nothing of the token."""
    found = db.session.scalar(sa.select(PayLink.token_hash).where(PayLink.invoice_id == invoice_id))
    return (found or "")[:MARK]


def renew(invoice_id: int, mark: str, now: datetime) -> bool:
    """Give a document another link, so that the one with `mark` opens nothing any more; whether it was that one.

    Whatever is sent from now on carries the new one.
    """
    nonce, is_it = secrets.token_hex(16), PayLink.token_hash.startswith(mark, autoescape=True)
    update = sa.update(PayLink).where(PayLink.invoice_id == invoice_id, is_it).values(
        nonce=nonce, token_hash=hash_of(token_of(nonce)), created_at=now, expires_at=now + LIFETIME)
    return bool(mark) and bool(db.session.connection().execute(update).rowcount)


def urls(invoice_ids: Sequence[int]) -> dict[int, str]:
    """Addresses by document, for those that have a link."""
    query = sa.select(PayLink.invoice_id, PayLink.nonce).where(PayLink.revoked_at.is_(None))
    return {row.invoice_id: url_of(row.nonce) for row in bulk.rows_in(query, PayLink.invoice_id, invoice_ids)}


def find(token: str, now: datetime) -> tuple[int, str] | None:
    """(id, mark) of the link behind a token; None for a wrong, expired or revoked one."""
    wanted = hash_of(token)
    query = sa.select(PayLink.id).where(
        PayLink.token_hash == wanted, PayLink.revoked_at.is_(None), PayLink.expires_at > now)
    found = db.session.scalar(query)
    return (found, wanted[:MARK]) if found else None


def by_id(link_id: int, mark: str, now: datetime) -> Invoice | None:
    """The document that a link opens, while it does and was not given another secret."""
    query = sa.select(Invoice).join(PayLink, PayLink.invoice_id == Invoice.id).where(
        PayLink.id == link_id, PayLink.token_hash.startswith(mark, autoescape=True), PayLink.revoked_at.is_(None),
        PayLink.expires_at > now)
    return db.session.scalar(query)
