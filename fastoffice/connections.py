"""Who answers whom: capabilities tell the leaves what only they know. Part of the composition root."""

from __future__ import annotations

import sqlalchemy as sa

from fastoffice.billing import documents as billing_documents
from fastoffice.billing import outbox as billing_outbox
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch, BranchPolicy
from fastoffice.documents.contexts import Issuer
from fastoffice.extensions import db
from fastoffice.notifications import registry


def connect() -> None:
    """Register every builder and answer; again without harm."""
    billing_documents.register()
    billing_outbox.register()
    registry.branches.mails_per_minute = _mails_per_minute
    registry.branches.issuer = _issuer


def _mails_per_minute(branch_ids: list[int]) -> dict[int, int]:
    query = sa.select(BranchPolicy.branch_id, BranchPolicy.mails_per_minute).where(
        BranchPolicy.branch_id.in_(branch_ids))
    return {branch_id: limit for branch_id, limit in db.session.execute(query)}


def _issuer(branch_id: int) -> Issuer:
    branch = db.session.get_one(Branch, branch_id)
    return billing_documents.issuer_of(branches.document_data(branch))
