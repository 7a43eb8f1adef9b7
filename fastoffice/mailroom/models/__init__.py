"""Everything the mail room keeps."""

from fastoffice.mailroom.models.clients import MailAlias, MailSheet, Nominee
from fastoffice.mailroom.models.handing import MailHandover, MailRequest
from fastoffice.mailroom.models.items import MailBatch, MailItem
from fastoffice.mailroom.models.policies import MailPolicy, default_policy

__all__ = [
    "MailAlias",
    "MailBatch",
    "MailHandover",
    "MailItem",
    "MailPolicy",
    "MailRequest",
    "MailSheet",
    "Nominee",
    "default_policy",
]
