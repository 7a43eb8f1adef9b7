"""Receipts: every payment that counts gets one, numbered without gaps, frozen, printed and sent with a thank-you.

Cash, transfers, cards and cheques that cleared alike: what the client holds in hand is what the books say.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastoffice import audit, bulk, clock
from fastoffice.billing.service import stage
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.documents import service as documents
from fastoffice.payments.models import Receipt
from fastoffice.payments.queries import allocations
from fastoffice.payments.rules import PaymentSpec
from fastoffice.payments.service import thanking


def issue(branch: Branch, items: Sequence[tuple[int, PaymentSpec, int]], actor: audit.Actor,
          now: datetime) -> dict[int, str]:
    """Receipts of payments (id, spec, credit id): their numbers by payment. Takes the numbers last."""
    day = clock.local_date(now, branch.timezone)
    people = stage.client_data(clients.billing_rows(sorted({spec.client_id for _key, spec, _credit in items})))
    paid = allocations.paid_by([credit_id for _key, _spec, credit_id in items])
    snapshot = stage.snapshot_id(branch)
    numbers = stage.take_numbers(branch, len(items), day, kind="receipt")
    rows = []
    for offset, (key, spec, credit_id) in enumerate(items):
        columns = numbers.columns(offset)
        del columns["reference"]
        rows.append({
            **columns, "branch_id": branch.id, "payment_id": key, "issued_at": now, "issued_on": day,
            "issued_by": actor.name, "snapshot_id": snapshot,
            "data": _data(branch, spec, people[spec.client_id], paid.get(credit_id, []), actor),
        })
    bulk.insert(Receipt, rows)
    documents.owe_documents([
        documents.DocumentSpec(branch.id, "payment", row["payment_id"], "receipt", f"{row['number']}.pdf")
        for row in rows])
    thanking.owe(branch, [
        thanking.Thanks(key, spec, row["number"], row["data"], paid.get(credit_id, []))
        for (key, spec, credit_id), row in zip(items, rows, strict=True)])
    return {row["payment_id"]: row["number"] for row in rows}


def _data(branch: Branch, spec: PaymentSpec, client: dict[str, Any], paid: Sequence[Any],
          actor: audit.Actor) -> dict[str, Any]:
    """All that the paper says, as plain JSON; amounts in minor units."""
    applied = sum(row.amount for row in paid)
    return {
        "client": client, "language": client.get("language") or branch.language, "amount": spec.amount,
        "currency": spec.currency, "method": spec.method, "value_date": spec.value_date.isoformat(),
        "reference": spec.reference, "taken_by": spec.taken_by or actor.name,
        "credit_left": spec.amount - applied,
        "applied": [{"number": row.number, "period": row.period if row.kind == "recurring" else None,
                     "total": row.total, "amount": row.amount, "balance": row.total - row.paid} for row in paid],
    }
