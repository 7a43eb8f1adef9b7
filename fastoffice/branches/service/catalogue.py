"""A branch's series and tax profiles: added and retired, never rewritten once documents carry them."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import audit
from fastoffice.audit import Actor
from fastoffice.branches import rules
from fastoffice.branches.models import Branch, Series, TaxProfile
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db

KINDS = ("invoice", "receipt")
MOST_DIGITS = 10


def add_series(actor: Actor, branch: Branch, *, kind: str, prefix: str, digits: int, yearly: bool) -> Series:
    """Number documents of `kind` with this series from now on; the one before stays with its documents."""
    if kind not in KINDS:
        raise Refusal(_l("Choose one of the options."), field="kind")
    wanted = rules.check_prefix(prefix)
    if not 1 <= digits <= MOST_DIGITS:
        raise Refusal(_l("Choose a number from %(low)s to %(high)s.", low=1, high=MOST_DIGITS), field="digits")
    taken = sa.select(Series.prefix).where(Series.branch_id == branch.id)
    if wanted.replace("-", "") in {each.replace("-", "") for each in db.session.scalars(taken)}:
        raise Refusal(_l("Another series of the branch has this prefix."), field="prefix")
    for other in db.session.scalars(sa.select(Series).where(Series.branch_id == branch.id, Series.kind == kind)):
        other.is_active = False
    series = Series(branch_id=branch.id, kind=kind, prefix=wanted, digits=digits, yearly=yearly)
    db.session.add(series)
    db.session.flush()
    audit.record(actor, "series.added", ("series", series.id), {"kind": kind, "prefix": wanted},
                 branch_id=branch.id)
    return series


def use_series(actor: Actor, branch: Branch, series_id: int) -> None:
    """Go back to a series: its numbers go on where they stopped. Raises NotFound for another branch's."""
    series = db.session.get(Series, series_id)
    if series is None or series.branch_id != branch.id:
        raise NotFound(_l("There is no such series."))
    for other in db.session.scalars(
        sa.select(Series).where(Series.branch_id == branch.id, Series.kind == series.kind)
    ):
        other.is_active = other is series
    audit.record(actor, "series.used", ("series", series.id), {"prefix": series.prefix}, branch_id=branch.id)


def add_tax_profile(
    actor: Actor, branch: Branch, *, code: str, name: str, vat_ppm: int | None, isr_withheld_ppm: int,
    vat_withheld_ppm: int,
) -> TaxProfile:
    """Add a way of taxing lines; rates are parts per million, `vat_ppm` None is exempt."""
    code, name = code.strip().lower(), name.strip()
    if not code or not code.isascii() or not code.isalnum():
        raise Refusal(_l("A code has letters and digits only."), field="code")
    if not name:
        raise Refusal(_l("Please fill this in."), field="name")
    known = sa.select(TaxProfile.id).where(TaxProfile.branch_id == branch.id, TaxProfile.code == code)
    if db.session.scalar(known) is not None:
        raise Refusal(_l("Another tax of the branch has this code."), field="code")
    if vat_withheld_ppm > (vat_ppm or 0):
        raise Refusal(_l("More VAT cannot be withheld than there is."), field="vat_withheld")
    profile = TaxProfile(
        branch_id=branch.id, code=code, name=name, vat_ppm=vat_ppm, isr_withheld_ppm=isr_withheld_ppm,
        vat_withheld_ppm=vat_withheld_ppm,
    )
    db.session.add(profile)
    db.session.flush()
    audit.record(actor, "tax_profile.added", ("tax_profile", profile.id), {"code": code, "name": name},
                 branch_id=branch.id)
    return profile


def make_default(actor: Actor, branch: Branch, profile_id: int) -> None:
    """New contract lines are taxed like this unless said otherwise."""
    profile = _profile(branch, profile_id)
    if not profile.is_active:
        raise Refusal(_l("Take it into use first."))
    for other in db.session.scalars(sa.select(TaxProfile).where(TaxProfile.branch_id == branch.id)):
        other.is_default = other is profile
    audit.record(actor, "tax_profile.default", ("tax_profile", profile.id), {"name": profile.name},
                 branch_id=branch.id)


def switch_tax_profile(actor: Actor, branch: Branch, profile_id: int, *, active: bool) -> None:
    """Offer the profile for new lines, or no longer; lines that have it keep it."""
    profile = _profile(branch, profile_id)
    if profile.is_default and not active:
        raise Refusal(_l("Make another one the default first."))
    profile.is_active = active
    action = "tax_profile.used" if active else "tax_profile.retired"
    audit.record(actor, action, ("tax_profile", profile.id), {"name": profile.name}, branch_id=branch.id)


def _profile(branch: Branch, profile_id: int) -> TaxProfile:
    profile = db.session.get(TaxProfile, profile_id)
    if profile is None or profile.branch_id != branch.id:
        raise NotFound(_l("There is no such tax in this branch."))
    return profile
