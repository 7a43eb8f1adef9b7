"""The fields of a roster, in the order in which people are shown them."""

from __future__ import annotations

from fastoffice.contracts.roster.messages import N_

LABELS: dict[str, str] = {
    "legal_name": N_("Legal name"),
    "trade_name": N_("Trade name"),
    "tax_id": N_("Tax ID (RFC)"),
    "tax_regime": N_("Tax regime"),
    "cfdi_use": N_("CFDI use"),
    "fiscal_postal_code": N_("Fiscal postal code"),
    "contact_name": N_("Contact"),
    "emails": N_("E-mails"),
    "phone": N_("Phone"),
    "service": N_("Service"),
    "office": N_("Office"),
    "starts_on": N_("Contract start"),
    "ends_on": N_("Contract end"),
    "prompt_price": N_("Prompt price"),
    "list_price": N_("List price"),
    "deposit": N_("Deposit"),
    "channels": N_("Delivery"),
    "meeting_hours": N_("Meeting room hours"),
    "group": N_("Group"),
    "notes": N_("Notes"),
}
FIELDS = tuple(LABELS)
REQUIRED = ("legal_name", "service", "starts_on", "prompt_price")

# What two rows of one client share; a cell merged over both rows speaks for both. Prices never do.
SHARED_BY_MERGE = frozenset(
    ("legal_name", "trade_name", "tax_id", "tax_regime", "cfdi_use", "fiscal_postal_code", "contact_name",
     "emails", "phone", "channels", "group")
)
