"""Who the client is and how to reach them: RFC and tax codes, e-mails, telephone, postal code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from stdnum.exceptions import InvalidLength, ValidationError
from stdnum.mx import rfc

from fastoffice.clients.rules import GENERIC_TAX_IDS
from fastoffice.contracts.roster.messages import N_, BadValue, shown
from fastoffice.contracts.roster.text import Cell, text_of
from fastoffice.folding import clean_text

MOST_EMAILS = 10

BAD_TAX_ID = N_("“%(text)s” is not an RFC: 12 characters for a company, 13 for a person.")
BAD_TAX_ID_DIGIT = N_("The RFC “%(text)s” has a mistake: its check digit does not match.")
BAD_REGIME = N_("“%(text)s” is not a tax regime of the SAT. Write its three digits, for example 601.")
BAD_CFDI_USE = N_("“%(text)s” is not a CFDI use of the SAT. Write its code, for example G03.")
BAD_EMAIL = N_("“%(text)s” is not an e-mail address.")
TOO_MANY_EMAILS = N_("There are more than %(limit)s e-mail addresses.")
BAD_POSTAL_CODE = N_("“%(text)s” is not a postal code: it has five digits.")

_REGIMES = frozenset(
    ("601", "603", "605", "606", "607", "608", "610", "611", "612", "614", "615", "616", "620", "621", "622",
     "623", "624", "625", "626")
)
_CFDI_USE = re.compile(r"(G0[1-3]|I0[1-8]|D(?:0[1-9]|10)|S01|CP01|CN01|P01)(?![0-9A-Z])")
_BETWEEN_EMAILS = re.compile(r"[;,/|\s]+")
_BETWEEN_PHONES = re.compile(r"[;,/|]|\s+y\s+|\s+o\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Phone:
    """`e164` is "" when the number cannot be dialled as written; `written` is the cell's text."""

    e164: str
    written: str


def parse_tax_id(cell: Cell) -> str:
    """RFC without blanks and hyphens, in capitals, its check digit verified. Raises BadValue.

    The digit is compared here: stdnum's own check also refuses letters W to Z in the first place of the
    homoclave, which branches do have in their lists.
    """
    said = text_of(cell)
    number = re.sub(r"[\s\-–—._/]", "", said).upper()
    if number in GENERIC_TAX_IDS:
        return number
    try:
        if isinstance(cell, date) or len(number) not in (12, 13):
            raise InvalidLength()
        number = str(rfc.validate(number))
    except ValidationError as error:
        raise BadValue(BAD_TAX_ID, text=shown(said)) from error
    if rfc.calc_check_digit(number[:-1]) != number[-1]:
        raise BadValue(BAD_TAX_ID_DIGIT, text=shown(said))
    return number


def parse_regime(cell: Cell) -> str:
    """c_RegimenFiscal of the SAT: "601" from 601, "601" or "601 - General de Ley". Raises BadValue."""
    said = text_of(cell)
    code = said[:3]
    if code not in _REGIMES or said[3:4].isalnum():
        raise BadValue(BAD_REGIME, text=shown(said))
    return code


def parse_cfdi_use(cell: Cell) -> str:
    """c_UsoCFDI of the SAT: "G03" from "g03" or "G03 Gastos en general". Raises BadValue."""
    said = text_of(cell)
    found = _CFDI_USE.match(said.upper())
    if found is None:
        raise BadValue(BAD_CFDI_USE, text=shown(said))
    return found[1]


def parse_emails(cell: Cell) -> tuple[str, ...]:
    """The addresses of a cell in their order, lower case, each once. Raises BadValue naming a wrong one."""
    text = str(cell).replace("<", " ").replace(">", " ").replace("mailto:", " ")
    pieces = [clean_text(piece).strip(".'\"()").lower() for piece in _BETWEEN_EMAILS.split(text)]
    found: dict[str, None] = {}
    for piece in filter(None, pieces):
        found[_email(piece)] = None
    if len(found) > MOST_EMAILS:
        raise BadValue(TOO_MANY_EMAILS, limit=MOST_EMAILS)
    return tuple(found)


def _email(text: str) -> str:
    try:
        checked = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise BadValue(BAD_EMAIL, text=shown(text)) from error
    return checked.normalized.lower()


def parse_postal_code(cell: Cell) -> str:
    """Five digits; a number that lost its zero in Excel gets it back (6600 -> "06600"). Raises BadValue."""
    said = text_of(cell)
    digits = re.sub(r"^c\.?\s?p\.?\s*:?\s*", "", said, flags=re.IGNORECASE)
    if not re.fullmatch(r"[0-9]{4,5}", digits) or digits.zfill(5)[:2] == "00":
        raise BadValue(BAD_POSTAL_CODE, text=shown(said))
    return digits.zfill(5)


def parse_phone(cell: Cell, region: str = "MX") -> Phone:
    """The first number of the cell that can be dialled, in E.164; never refused, the text is kept."""
    written = text_of(cell)
    for piece in _BETWEEN_PHONES.split(written):
        try:
            number = phonenumbers.parse(piece, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), written)
    return Phone("", written)
