"""Writing what a branch is: creation with its defaults, settings, numbering."""

from fastoffice.branches.service.creation import NewBranch, create_branch
from fastoffice.branches.service.numbering import take_numbers

__all__ = ["NewBranch", "create_branch", "take_numbers"]
