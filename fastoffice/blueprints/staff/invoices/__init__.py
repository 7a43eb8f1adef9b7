"""The page of one document: draft, issued, replaced, cancelled; and one-off invoices."""

from fastoffice.blueprints.staff.invoices import drafts, endings, files, holds, lines, one_off, pages
from fastoffice.blueprints.staff.invoices.base import blueprint

__all__ = ["blueprint", "drafts", "endings", "files", "holds", "lines", "one_off", "pages"]
