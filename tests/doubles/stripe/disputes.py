"""Disputes: opened, won and lost by the control call; the API shows them and takes evidence."""

from __future__ import annotations

from typing import Any

from stripe.params import DisputeCloseParams, DisputeListParams, DisputeRetrieveParams, DisputeUpdateParams

from tests.doubles.stripe import faults, paging
from tests.doubles.stripe.book import Book, Thing
from tests.doubles.stripe.customers import metadata
from tests.doubles.stripe.routing import route

EVIDENCE_DAYS = 7


def turn(book: Book, intent_id: str, outcome: str, reason: str = "fraudulent") -> Thing:
    """`outcome` opened, won or lost. Raises ApiError when there is nothing to dispute or to decide."""
    charge = book.get("charge", book.get("payment_intent", intent_id)["latest_charge"] or "")
    known = next((each for each in book.every("dispute") if each["charge"] == charge["id"]), None)
    if outcome == "opened":
        return known or _open(book, charge, reason)
    if known is None or known["status"] in ("won", "lost"):
        raise faults.state("There is no open dispute.", "dispute_unexpected_state")
    return _decide(book, known, charge, outcome)


def _open(book: Book, charge: Thing, reason: str) -> Thing:
    dispute = book.add(
        "dispute", amount=charge["amount"], charge=charge["id"], currency=charge["currency"], evidence={},
        evidence_details={"due_by": book.now() + EVIDENCE_DAYS * 86400, "has_evidence": False, "past_due": False,
                          "submission_count": 0},
        is_charge_refundable=False, metadata={}, payment_intent=charge["payment_intent"], reason=reason,
        status="needs_response", balance_transactions=[])
    charge["disputed"], charge["_dispute_status"] = True, "needs_response"
    book.emit("charge.dispute.created", dispute)
    book.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def _decide(book: Book, dispute: Thing, charge: Thing, outcome: str) -> Thing:
    dispute["status"] = charge["_dispute_status"] = outcome
    book.emit("charge.dispute.closed", dispute)
    if outcome == "won":
        book.emit("charge.dispute.funds_reinstated", dispute)
    return dispute


@route("GET", "/v1/disputes", DisputeListParams)
def _list(book: Book, params: dict[str, Any]) -> Thing:
    rows = [each for each in book.every("dispute")
            if params.get("payment_intent") in (None, each["payment_intent"])
            and params.get("charge") in (None, each["charge"])]
    return paging.page("/v1/disputes", rows, params)


@route("GET", "/v1/disputes/{}", DisputeRetrieveParams)
def _retrieve(book: Book, params: dict[str, Any], id: str) -> Thing:
    return book.get("dispute", id, "dispute")


@route("POST", "/v1/disputes/{}", DisputeUpdateParams)
def _update(book: Book, params: dict[str, Any], id: str) -> Thing:
    dispute = book.get("dispute", id, "dispute")
    dispute["evidence"] = {**dispute["evidence"], **(params.get("evidence") or {})}
    dispute["metadata"] = {**dispute["metadata"], **metadata(params)}
    dispute["evidence_details"]["has_evidence"] = bool(dispute["evidence"])
    if params.get("submit", True) and dispute["status"] == "needs_response":
        dispute["status"] = "under_review"
    book.emit("charge.dispute.updated", dispute)
    return dispute


@route("POST", "/v1/disputes/{}/close", DisputeCloseParams)
def _close(book: Book, params: dict[str, Any], id: str) -> Thing:
    dispute = book.get("dispute", id, "dispute")
    return turn(book, dispute["payment_intent"], "lost")
