"""Document numbers and the references that clients type into their banks."""

from __future__ import annotations

import re
import unicodedata

from flask_babel import lazy_gettext as _l
from stdnum.iso7064 import mod_97_10

from fastoffice.errors import Refusal

MAX_PREFIX = 12
_PREFIX = re.compile(r"[A-Z](?:[A-Z0-9-]*[A-Z])?")
_REFERENCE = re.compile(r"[A-Z](?:[A-Z0-9]*[A-Z])?\d{5,}")


def format_number(prefix: str, digits: int, year: int, sequence: int) -> str:
    """"PLC-000412"; with a year (series that start anew each year; 0 is none) "PLC-2026-000412"."""
    middle = f"{year}-" if year else ""
    return f"{prefix}-{middle}{sequence:0{digits}d}"


def payment_reference(prefix: str, digits: int, year: int, sequence: int) -> str:
    """The number without hyphens and two check digits, e.g. "PLC00041273".

    ISO 7064 MOD 97-10, as in an IBAN: letters count as A = 10 … Z = 35 and the whole, read as one number,
    leaves 1 when divided by 97. It finds every single wrong character and every swap of two neighbours.
    """
    body = format_number(prefix, digits, year, sequence).replace("-", "")
    return body + str(mod_97_10.calc_check_digits(body))


def normalise_reference(text: str) -> str:
    """What somebody typed, as we write it: capitals, without blanks, hyphens, dots or accents."""
    decomposed = unicodedata.normalize("NFKD", text).upper()
    return "".join(character for character in decomposed if character.isascii() and character.isalnum())


def is_reference(text: str) -> bool:
    """Whether `text`, however typed, is one of our references with right check digits."""
    reference = normalise_reference(text)
    return bool(_REFERENCE.fullmatch(reference)) and mod_97_10.is_valid(reference)


def check_prefix(text: str) -> str:
    """A series' prefix in capitals. Ends with a letter, so that where the figures begin is never in doubt.

    Raises Refusal (field "prefix").
    """
    prefix = text.strip().upper()
    if len(prefix) > MAX_PREFIX or not _PREFIX.fullmatch(prefix) or "--" in prefix:
        message = _l("A prefix has up to 12 letters, digits or hyphens; it begins and ends with a letter.")
        raise Refusal(message, field="prefix")
    return prefix
