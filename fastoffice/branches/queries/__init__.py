"""Reading what a branch is."""

from fastoffice.branches.queries.billing import (
    active_series,
    branches_by_id,
    document_data,
    lock_for_billing,
    tax_rates,
)
from fastoffice.branches.queries.branches import (
    branch_by_code,
    holidays_of,
    policy_of,
    primary_account,
    series_of,
    tax_profiles,
)

__all__ = [
    "active_series",
    "branch_by_code",
    "branches_by_id",
    "document_data",
    "holidays_of",
    "lock_for_billing",
    "policy_of",
    "primary_account",
    "series_of",
    "tax_profiles",
    "tax_rates",
]
