"""Reading what a branch is."""

from fastoffice.branches.queries.billing import (
    active_series,
    branches_by_id,
    document_data,
    lock_for_billing,
    tax_rates,
)
from fastoffice.branches.queries.branches import (
    all_series,
    branch_by_code,
    holiday_rows,
    holidays_of,
    policy_of,
    primary_account,
    primary_account_id,
    public_holiday_names,
    tax_profiles,
)
from fastoffice.branches.queries.network import branches_of_network, franchisees_of, network_of

__all__ = [
    "active_series",
    "all_series",
    "branch_by_code",
    "branches_by_id",
    "branches_of_network",
    "document_data",
    "franchisees_of",
    "holiday_rows",
    "holidays_of",
    "lock_for_billing",
    "network_of",
    "policy_of",
    "primary_account",
    "primary_account_id",
    "public_holiday_names",
    "tax_profiles",
    "tax_rates",
]
