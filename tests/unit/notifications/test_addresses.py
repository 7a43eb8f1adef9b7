"""Who can be written to."""

from __future__ import annotations

import pytest

from fastoffice.notifications import addresses
from fastoffice.notifications.transport import SmtpAddress, file_name


@pytest.mark.parametrize("text", [
    "", "sin arroba", "a@b", "a@@b.mx", "a b@c.mx", "a@c.mx\nBcc: x@y.mx", "ñandú@x.mx", "<a@b.mx>", "a@b.mx,c@d.mx",
    "a@.mx", "@b.mx",
])
def test_what_is_no_address_is_not_used(text: str) -> None:
    assert addresses.mail_addresses([text])[0] == []


def test_addresses_are_used_once_and_foreign_domains_in_the_networks_form() -> None:
    usable, unusable = addresses.mail_addresses([" Laura@Guemes.mx ", "laura@guemes.MX", "a@españa.example", "x"])
    assert usable == ["Laura@guemes.mx", "a@xn--espaa-rta.example"] or usable[0].lower() == "laura@guemes.mx"
    assert usable[1] == "a@xn--espaa-rta.example"
    assert unusable == ["x"]


@pytest.mark.parametrize(("text", "number"), [
    ("55 1234 5678", "525512345678"), ("+52 (55) 1234-5678", "525512345678"), ("+40 721 234 567", "40721234567"),
    ("pendiente", None), ("123", None), ("", None),
])
def test_telephones_as_whatsapp_wants_them(text: str, number: str | None) -> None:
    assert addresses.whatsapp_number(text) == number


def test_an_smtp_url_says_everything() -> None:
    address = SmtpAddress.parse("smtp://user%40x:p%2Fw@mail.example:587/?starttls=1&timeout=7")
    assert (address.host, address.port, address.user, address.password) == ("mail.example", 587, "user@x", "p/w")
    assert (address.starttls, address.implicit_tls, address.timeout) == (True, False, 7.0)
    assert SmtpAddress.parse("smtps://mail.example").port == 465
    assert SmtpAddress.parse("smtp://mail.example").port == 25


def test_a_message_id_cannot_name_a_file_elsewhere() -> None:
    assert file_name("<../../etc/passwd@x>") == ".._.._etc_passwd@x.eml"
