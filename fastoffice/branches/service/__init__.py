"""Writing what a branch is: creation with its defaults, settings, numbering."""

from fastoffice.branches.service.numbering import take_numbers

__all__ = ["take_numbers"]
