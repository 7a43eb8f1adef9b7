"""Writing what a branch is: creation with its defaults, settings, numbering."""

from fastoffice.branches.service.catalogue import (
    add_series,
    add_tax_profile,
    make_default,
    switch_tax_profile,
    use_series,
)
from fastoffice.branches.service.creation import NewBranch, create_branch
from fastoffice.branches.service.network import rename_franchisee, rename_network
from fastoffice.branches.service.numbering import take_numbers
from fastoffice.branches.service.settings import (
    add_holiday,
    keep_picture,
    remove_holiday,
    remove_logo,
    save_account,
    save_branch,
    save_issuer,
    save_policy,
    set_logo,
)

__all__ = [
    "NewBranch",
    "add_holiday",
    "add_series",
    "add_tax_profile",
    "create_branch",
    "keep_picture",
    "make_default",
    "remove_holiday",
    "remove_logo",
    "rename_franchisee",
    "rename_network",
    "save_account",
    "save_branch",
    "save_issuer",
    "save_policy",
    "set_logo",
    "switch_tax_profile",
    "take_numbers",
    "use_series",
]
