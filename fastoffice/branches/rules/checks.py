"""Identifiers that people type: checked before they are stored, with a reason beside the field."""

from __future__ import annotations

import re
from functools import lru_cache
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from stdnum.exceptions import ValidationError
from stdnum.mx import rfc

from fastoffice.errors import Refusal

CLABE_LENGTH = 18
GENERIC_TAX_IDS = frozenset(("XAXX010101000", "XEXX010101000"))  # SAT: the public in general, foreigners
COUNTRIES = ("MX", "ES", "RO")
_CODE = re.compile(r"[A-Z][A-Z0-9]{1,9}")


def check_clabe(text: str) -> tuple[str, str | None]:
    """(the 18 digits, the bank's name or None when the bank is unknown to us: a warning, not an error).

    Raises Refusal (field "clabe") for anything but 18 digits with a right control digit.
    """
    from clabe import BANK_NAMES, BANKS, compute_control_digit  # a twelfth of a process's start, needed once a year

    clabe = re.sub(r"[\s-]", "", text)
    if not (clabe.isascii() and clabe.isdigit()):
        raise Refusal(_l("A CLABE has only digits."), field="clabe")
    if len(clabe) != CLABE_LENGTH:
        raise Refusal(_l("A CLABE has 18 digits; this one has %(count)s.", count=len(clabe)), field="clabe")
    if clabe[-1] != compute_control_digit(clabe):
        raise Refusal(_l("The control digit of this CLABE is wrong: check the figures."), field="clabe")
    return clabe, BANK_NAMES.get(BANKS.get(clabe[:3], ""))


def check_tax_id(text: str, country: str = "MX") -> str:
    """An RFC in capitals without blanks or hyphens, its check digit verified; elsewhere the compact text.

    The digit is compared here, because stdnum's own check also refuses letters that branches do have in
    their RFC: W to Z in the first place of the homoclave.

    Raises Refusal (field "tax_id").
    """
    number = re.sub(r"[\s.-]", "", text).upper()
    if country != "MX":
        if not re.fullmatch(r"[A-Z0-9]{2,20}", number):
            raise Refusal(_l("This is not a tax number."), field="tax_id")
        return number
    try:
        if len(number) not in (12, 13):
            raise Refusal(_l("An RFC has 12 or 13 characters."), field="tax_id")
        number = str(rfc.validate(number))
    except ValidationError as error:
        raise Refusal(_l("This is not an RFC."), field="tax_id") from error
    if number not in GENERIC_TAX_IDS and rfc.calc_check_digit(number[:-1]) != number[-1]:
        raise Refusal(_l("The check digit of this RFC is wrong."), field="tax_id")
    return number


def check_code(text: str) -> str:
    """A branch's code in capitals: 2 to 10 letters and digits, a letter first. Raises Refusal."""
    code = text.strip().upper()
    if not _CODE.fullmatch(code):
        raise Refusal(_l("A code has 2 to 10 letters or digits and begins with a letter."), field="code")
    return code


@lru_cache(maxsize=1)
def time_zones() -> frozenset[str]:
    """Every IANA zone that this machine knows; finding out reads hundreds of files."""
    return frozenset(available_timezones())


def check_time_zone(name: str) -> str:
    """An IANA zone such as "America/Mexico_City". Raises Refusal (field "timezone")."""
    if name not in time_zones():
        raise Refusal(_l("“%(name)s” is no time zone; try America/Mexico_City.", name=name), field="timezone")
    return name


def check_country(code: str) -> str:
    """A country that the product knows. Raises Refusal (field "country")."""
    country = code.strip().upper()
    if country not in COUNTRIES:
        raise Refusal(_l("Choose one of %(codes)s.", codes=", ".join(COUNTRIES)), field="country")
    return country


def check_postal_code(text: str, country: str = "MX") -> str:
    """Five digits in Mexico and Spain, six in Romania; empty is allowed. Raises Refusal."""
    code = re.sub(r"\s", "", text)
    length = 6 if country == "RO" else 5
    if code and not (code.isascii() and code.isdigit() and len(code) == length):
        raise Refusal(_l("A postal code has %(count)s digits.", count=length), field="postal_code")
    return code
