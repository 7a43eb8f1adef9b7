"""Which addresses and numbers can be written to. Nothing here touches the network."""

from __future__ import annotations

import re
from collections.abc import Iterable

import phonenumbers

_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[^\s@<>()\[\],;:\\\"]{1,253}")


def mail_addresses(given: Iterable[str]) -> tuple[list[str], list[str]]:
    """(usable, unusable) addresses, each once, in order.

    A usable one is ASCII once its domain is in the network's form: no header and no command can be
    smuggled in with it.
    """
    usable: dict[str, str] = {}
    unusable: dict[str, None] = {}
    for raw in given:
        text = raw.strip()
        address = _ascii(text)
        if address:
            usable.setdefault(address.casefold(), address)
        elif text:
            unusable.setdefault(" ".join(text.split())[:254])
    return list(usable.values()), list(unusable)


def _ascii(text: str) -> str | None:
    if not _MAIL.fullmatch(text):
        return None
    local, _at, domain = text.rpartition("@")
    try:
        host = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return f"{local}@{host}" if "." in host or host == "localhost" else None


def whatsapp_number(given: str, region: str = "MX") -> str | None:
    """Digits with country code, as wa.me wants them ("525512345678"); None when it is no telephone number."""
    try:
        number = phonenumbers.parse(given, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).lstrip("+")
