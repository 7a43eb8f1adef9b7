"""What can be paid: a client's open documents, and the document behind a reference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from stdnum.iso7064 import mod_97_10

from fastoffice import bulk
from fastoffice.billing.models import Invoice
from fastoffice.billing.service import settling
from fastoffice.branches import rules as branch_rules
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.payments import errors
from fastoffice.payments.rules import Payable

_replaced, _heir = aliased(Invoice), aliased(Invoice)
OPEN = ("issued", "partly_paid")


def payable(client_ids: Sequence[int]) -> dict[int, list[Payable]]:
    """Open documents by client, the oldest due first. Cancelled and replaced ones are not among them."""
    return {key: [Payable(row.id, row.number, row.total - row.paid, row.currency) for row in rows]
            for key, rows in open_rows(client_ids).items()}


def open_rows(client_ids: Sequence[int]) -> dict[int, list[Any]]:
    """The same with what a screen shows of them."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in bulk.rows_in(_open_query(), Invoice.client_id, client_ids):
        found[row.client_id].append(row)
    return found


def open_and_closed(client_id: int, most: int) -> tuple[list[Any], list[Any]]:
    """What a client owes, the oldest due first, and the `most` documents that ended last, the newest first; at once.

    Both with their reference, those that were cancelled with the number that replaced them.
    """
    closed = sa.select(Invoice.id).where(
        Invoice.client_id == client_id, Invoice.status.not_in(("draft", *OPEN))).order_by(Invoice.id.desc()).limit(most)
    query = _query().add_columns(
        Invoice.reference, Invoice.cancel_reason, _heir.number.label("replaced_by"),
    ).outerjoin(_heir, _heir.replaces_id == Invoice.id).where(
        Invoice.client_id == client_id, sa.or_(Invoice.status.in_(OPEN), Invoice.id.in_(closed)))
    rows = db.session.execute(query).all()
    ended = [row for row in rows if row.status not in OPEN]
    return [row for row in rows if row.status in OPEN], sorted(ended, key=lambda row: -row.id)


def open_by_id(ids: Sequence[int]) -> list[Any]:
    """Those of these documents that are open now."""
    return bulk.rows_in(_open_query(), Invoice.id, ids)


def _open_query() -> Any:
    return _query().where(Invoice.status.in_(OPEN))


def _query() -> Any:
    return sa.select(
        Invoice.id, Invoice.client_id, Invoice.number, Invoice.period, Invoice.kind, Invoice.stage, Invoice.status,
        Invoice.concept, Invoice.total, Invoice.paid, Invoice.list_total, Invoice.currency, Invoice.due_on,
        Invoice.issued_on, Invoice.closes_at, _replaced.number.label("replaces"),
    ).outerjoin(_replaced, _replaced.id == Invoice.replaces_id).order_by(Invoice.due_on, Invoice.id)


def heirs(ids: Sequence[int]) -> dict[int, int]:
    """The living document that each of these became; itself when it was not replaced."""
    return settling.successors(ids)


def reference_forms(typed: str) -> list[str]:
    """The references that a normalised text may mean: itself, and, as a number, itself with its check digits."""
    return [typed, typed + mod_97_10.calc_check_digits(typed)] if typed else [typed]


def find_invoice_by_reference(branch: Branch, text: str) -> Invoice:
    """The document with this payment reference or number, however typed (case, blanks, hyphens).

    It may have been replaced: the wish stays with the document that was named, billing follows it to its heir.
    Raises UnknownReference, WrongCheckDigits.
    """
    typed = branch_rules.normalise_reference(text)
    wanted = reference_forms(typed)
    query = sa.select(Invoice).where(Invoice.branch_id == branch.id, Invoice.reference.in_(wanted))
    found = {invoice.reference: invoice for invoice in db.session.scalars(query)}
    invoice = found.get(typed) or found.get(wanted[-1])
    if invoice is not None:
        return invoice
    right = typed[:-2] + mod_97_10.calc_check_digits(typed[:-2]) if len(typed) > 4 else ""
    near = sa.select(Invoice.id).where(Invoice.branch_id == branch.id, Invoice.reference == right)
    if right and db.session.scalar(near) is not None:
        raise errors.WrongCheckDigits(text.strip()[:40])
    raise errors.UnknownReference(text.strip()[:40])
