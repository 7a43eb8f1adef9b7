"""What visitors sign: which versions are still to be signed, and what was signed with its text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.visitors import errors
from fastoffice.visitors.models import HouseRules, RulesSignature, Visit
from fastoffice.visitors.rules import visits

LANGUAGES = ("es", "en", "ro")
MOST_LETTERS = 20_000
RULES, NDA = KINDS = ("rules", "nda")


@dataclass(frozen=True, slots=True)
class Signed:
    """A version that the visitor signed; `signature_sha256` is the picture of their name (keep_signature)."""

    rules_id: int
    signature_sha256: str | None


@dataclass(frozen=True, slots=True)
class ToSign:
    """A version to read and sign, in the visitor's language. kind: rules or nda."""

    id: int
    kind: str
    text: str


def rules_to_sign(branch: Branch, kind: str, language: str, contact_key: str = "") -> list[ToSign]:
    """What a visit of this kind has to sign; nothing that this telephone or e-mail signed in its present version."""
    return [ToSign(row.id, row.kind, text_in(row, language)) for row in _unsigned(branch.id, kind, contact_key)]


def missing(branch_id: int, kind: str, contact_key: str, signed: Sequence[Signed]) -> list[int]:
    """Versions that are neither signed now nor were before."""
    now_signed = {each.rules_id for each in signed if each.signature_sha256}
    return [row.id for row in _unsigned(branch_id, kind, contact_key) if row.id not in now_signed]


def keep(visit: Visit, signed: Sequence[Signed], now: datetime) -> None:
    """Keep each signature with the text as it read."""
    for each in {one.rules_id: one for one in signed}.values():
        row = db.session.get(HouseRules, each.rules_id)
        if row is None or row.branch_id != visit.branch_id or not each.signature_sha256:
            continue
        db.session.add(RulesSignature(
            branch_id=visit.branch_id, visit_id=visit.id, house_rules_id=row.id,
            contact_key=visits.contact_key(visit.phone, visit.email), signed_name=visit.visitor_name,
            language=visit.language, text=text_in(row, visit.language), signature_sha256=each.signature_sha256,
            signed_at=now))


def text_in(row: HouseRules, language: str) -> str:
    """The text in a language, else in Spanish."""
    return str(row.texts.get(language) or row.texts.get("es") or "")


def current(branch_id: int) -> dict[str, HouseRules]:
    """The versions in force, by kind."""
    query = sa.select(HouseRules).where(HouseRules.branch_id == branch_id, HouseRules.ended_at.is_(None))
    return {row.kind: row for row in db.session.scalars(query.order_by(HouseRules.number))}


def write_rules(branch: Branch, kind: str, texts: Mapping[str, str], visit_kinds: Collection[str],
                actor: audit.Actor, now: datetime, *, seen: int | None = None) -> HouseRules:
    """A new version takes the place of the one before, which stays as it was signed; the same again changes nothing.

    `seen` is the number that the writer had before their eyes, 0 for none. Raises TextMissing, TooLong,
    SettingsChanged when somebody was faster.
    """
    clean = {code: texts.get(code, "").replace("\r\n", "\n").strip() for code in LANGUAGES}
    if not clean["es"] or kind not in KINDS:
        raise errors.TextMissing
    if max(map(len, clean.values())) > MOST_LETTERS:
        raise errors.TooLong("text_es", MOST_LETTERS)
    wanted = [each for each in visits.KINDS if each in visit_kinds]
    before = current(branch.id).get(kind)
    if before is not None and (before.texts, before.visit_kinds) == (clean, wanted):
        return before
    if seen is not None and seen != (before.number if before else 0):
        raise errors.SettingsChanged
    last = db.session.scalar(sa.select(sa.func.max(HouseRules.number)).where(
        HouseRules.branch_id == branch.id, HouseRules.kind == kind))
    if before is not None:
        before.ended_at = now
    row = HouseRules(branch_id=branch.id, kind=kind, number=(last or 0) + 1, texts=clean, visit_kinds=wanted,
                     created_at=now, created_by=actor.name[:120])
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "house_rules.changed", ("branch", branch.id), {"kind": kind, "number": row.number},
                 branch_id=branch.id)
    return row


def end_rules(branch: Branch, kind: str, actor: audit.Actor, now: datetime) -> None:
    """Ask for this signature no more."""
    row = current(branch.id).get(kind)
    if row is not None:
        row.ended_at = now
        audit.record(actor, "house_rules.ended", ("branch", branch.id), {"kind": kind}, branch_id=branch.id)


def _unsigned(branch_id: int, kind: str, contact_key: str) -> list[HouseRules]:
    asked = [row for row in current(branch_id).values() if kind in row.visit_kinds]
    if not asked or not contact_key:
        return asked
    known = set(db.session.scalars(sa.select(RulesSignature.house_rules_id).where(
        RulesSignature.branch_id == branch_id, RulesSignature.contact_key == contact_key,
        RulesSignature.house_rules_id.in_([row.id for row in asked]))))
    return [row for row in asked if row.id not in known]
