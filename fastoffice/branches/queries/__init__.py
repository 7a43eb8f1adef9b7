"""Reading what a branch is."""

from fastoffice.branches.queries.branches import (
    branch_by_code,
    holidays_of,
    policy_of,
    primary_account,
    series_of,
    tax_profiles,
)

__all__ = ["branch_by_code", "holidays_of", "policy_of", "primary_account", "series_of", "tax_profiles"]
