"""What the outbox asks the branches: how many mails a minute each allows, and who signs its cover sheets."""

from __future__ import annotations

import sqlalchemy as sa

from fastoffice.branches.models import Branch, BranchPolicy
from fastoffice.branches.queries import document_data
from fastoffice.documents.contexts import Issuer
from fastoffice.documents.files import files
from fastoffice.extensions import db
from fastoffice.notifications import registry
from fastoffice.notifications.registry import Letterhead


def mails_per_minute(branch_ids: list[int]) -> dict[int, int]:
    """The policy's limit of each branch."""
    query = sa.select(BranchPolicy.branch_id, BranchPolicy.mails_per_minute)
    found = {row.branch_id: row.mails_per_minute
             for row in db.session.execute(query.where(BranchPolicy.branch_id.in_(branch_ids)))}
    return {branch_id: found.get(branch_id, registry.DEFAULT_MAILS_PER_MINUTE) for branch_id in branch_ids}


def letterhead(branch_id: int) -> Letterhead:
    """The branch as the sender of a letter."""
    branch = db.session.get_one(Branch, branch_id)
    data = document_data(branch)
    logo = files().get(branch.logo_sha256) if branch.logo_sha256 else None
    lines = (branch.address or data["issuer_address"]).split("\n")
    issuer = Issuer(
        name=data["issuer_name"], tax_id=data["issuer_tax_id"], brand=f"Fast Office {branch.name}", phone=branch.phone,
        email=branch.email, logo=logo, address=tuple(line.strip() for line in lines if line.strip()))
    return Letterhead(issuer, branch.timezone, branch.currency)


def register() -> None:
    """Attach the branches' answers."""
    registry.branches.mails_per_minute = mails_per_minute
    registry.branches.letterhead = letterhead
