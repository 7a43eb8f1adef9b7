"""What a branch's numbers mean: numbering, references, the calendar, identifiers. Pure."""

from fastoffice.branches.rules.checks import (
    check_clabe,
    check_code,
    check_country,
    check_postal_code,
    check_tax_id,
    check_time_zone,
)
from fastoffice.branches.rules.numbering import (
    check_prefix,
    format_number,
    is_reference,
    normalise_reference,
    payment_reference,
)
from fastoffice.branches.rules.policy import CHANNELS, METHODS, Policy, check_policy, public_holidays

__all__ = [
    "CHANNELS", "METHODS", "Policy", "check_clabe", "check_code", "check_country", "check_policy",
    "check_postal_code", "check_prefix", "check_tax_id", "check_time_zone", "format_number", "is_reference",
    "normalise_reference", "payment_reference", "public_holidays",
]
