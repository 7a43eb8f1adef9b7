"""Everything the lobby keeps about visits."""

from fastoffice.visitors.models.guests import BlockEntry, Invitation, Visitor
from fastoffice.visitors.models.legal import LegalAlert, LegalNotice
from fastoffice.visitors.models.signing import HouseRules, RulesSignature, VisitPolicy
from fastoffice.visitors.models.visits import HostCall, HostSetting, ReceptionCall, Visit

__all__ = [
    "BlockEntry",
    "HostCall",
    "HostSetting",
    "HouseRules",
    "Invitation",
    "LegalAlert",
    "LegalNotice",
    "ReceptionCall",
    "RulesSignature",
    "Visit",
    "VisitPolicy",
    "Visitor",
]
