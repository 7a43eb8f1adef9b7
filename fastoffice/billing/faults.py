"""What a check of the books found, in the reader's language: the log keeps one wording, the screen any."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l

ACCOUNTS: dict[str, Any] = {
    "receivable": _l("Clients: to collect"), "client_credit": _l("Clients: credit"), "revenue": _l("Revenue"),
    "tax_payable": _l("Tax to pay"), "withholding_receivable": _l("Tax withheld by clients"),
    "bad_debt": _l("Written off"), "cash": _l("Cash desk"), "bank": _l("Bank"),
    "card_clearing": _l("Card terminal, to be settled"), "processor": _l("Card processor, to be paid out"),
    "other_money": _l("Other means of payment"),
}

Sentences = tuple[tuple[str, Any], ...]  # (pattern of a stored fault, its sentence)
_FAULTS: Sentences = (
    (r"ledger: entry (?P<a>\S+) is off by (?P<b>\S+)", _l("Entry %(a)s of the books does not sum to zero.")),
    (r"cycle: contract line (?P<a>\S+) is billed twice in (?P<b>\S+)",
     _l("Contract line %(a)s is billed twice in %(b)s.")),
    (r"cycle: invoice (?P<a>\S+) and its lines disagree on being live",
     _l("Document %(a)s and its lines do not agree on whether it counts.")),
    (r"numbers: series (?P<a>.+?) ?(?P<b>\d*) has a gap or a duplicate",
     _l("The numbers of series %(a)s have a gap or a duplicate.")),
    (r"totals: invoice (?P<a>\S+) is not the sum of its lines", _l("Document %(a)s is not the sum of its lines.")),
    (r"allocations: invoice (?P<a>\S+) does not match what pays it",
     _l("What is paid on document %(a)s is not what its payments say.")),
    (r"allocations: credit (?P<a>\S+) does not match what it pays",
     _l("Credit %(a)s does not match what it pays.")),
    (r"balance: client (?P<a>\S+) differs from the books by (?P<b>\S+)",
     _l("The balance of client %(a)s differs from the books.")),
    (r"balance: invoice (?P<a>\S+) differs from the books",
     _l("The balance of document %(a)s differs from the books.")),
    (r"deadline: (?P<a>\S+) has no notice", _l("Nobody was told that %(a)s was replaced.")),
    (r"deadline: (?P<a>\S+) has no replacement", _l("%(a)s was cancelled by the deadline and has no replacement.")),
    (r"outbox: (?P<a>\S+) was never announced", _l("%(a)s was never sent to its client.")),
    (r"outbox: (?P<a>\S+) was cancelled by hand in silence", _l("Nobody was told that %(a)s was cancelled.")),
    (r"outbox: notice (?P<a>\S+) has no delivery", _l("Notice %(a)s has no way to its reader.")),
    (r"audit: .*", _l("The audit log was altered or broken.")),
)


_further: list[tuple[str, Any]] = []


def also(sentences: Sentences) -> None:
    """Let a capability that builds on billing say what its own checks find; again without harm."""
    _further.extend(each for each in sentences if each not in _further)


def fault_sentence(text: str) -> str:
    """A stored fault as a sentence; one that is not known stays as the log has it."""
    for pattern, sentence in (*_FAULTS, *_further):
        found = re.fullmatch(pattern, text)
        if found:
            return str(sentence) % found.groupdict() if found.groupdict() else str(sentence)
    return text


def account_name(account: str) -> str:
    """An account in words."""
    return str(ACCOUNTS.get(account, account))
