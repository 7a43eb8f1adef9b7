"""All that the lobby keeps of one person, found by the telephone or e-mail they left."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fastoffice import clock
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.visitors.models import RulesSignature, Visitor
from fastoffice.visitors.queries import lists
from fastoffice.visitors.service import forgetting


def data_of(branch: Branch, contact_key: str) -> dict[str, Any]:
    """{"visits", "invitations", "remembered", "signatures"}, moments branch-local; empty lists for a stranger."""
    if not contact_key:
        return {"visits": [], "invitations": [], "remembered": [], "signatures": []}
    known = db.session.scalars(sa.select(Visitor).where(
        Visitor.branch_id == branch.id, Visitor.contact_key == contact_key))
    signed = db.session.scalars(sa.select(RulesSignature).where(
        RulesSignature.branch_id == branch.id, RulesSignature.contact_key == contact_key).order_by(RulesSignature.id))
    return {
        "visits": [{**lists.row_of(branch, row), "details": row.details, "photo": row.photo_sha256 is not None}
                   for row in forgetting.visits_of(branch.id, contact_key)],
        "invitations": [{"name": row.visitor_name, "company": row.company, "email": row.email, "phone": row.phone,
                         "purpose": row.purpose, "from": _wall(branch, row.starts_at), "state": row.state}
                        for row in forgetting.invitations_of(branch.id, contact_key)],
        "remembered": [{"name": row.name, "company": row.company, "phone": row.phone, "email": row.email,
                        "since": _wall(branch, row.consent_at)} for row in known],
        "signatures": [{"name": row.signed_name, "text": row.text, "at": _wall(branch, row.signed_at)}
                       for row in signed],
    }


def pictures_of(branch: Branch, contact_key: str) -> dict[str, str]:
    """Their photos and drawn signatures: name of a file -> hash of what is stored."""
    found = {f"foto-{row.id}.jpg": row.photo_sha256 for row in forgetting.visits_of(branch.id, contact_key)
             if row.photo_sha256}
    signed = db.session.scalars(sa.select(RulesSignature).where(
        RulesSignature.branch_id == branch.id, RulesSignature.contact_key == contact_key,
        RulesSignature.contact_key != "", RulesSignature.signature_sha256.is_not(None)).order_by(RulesSignature.id))
    return found | {f"firma-{row.id}.png": row.signature_sha256 or "" for row in signed}


def _wall(branch: Branch, moment: Any) -> str:
    return clock.local(moment, branch.timezone).isoformat(timespec="minutes")
