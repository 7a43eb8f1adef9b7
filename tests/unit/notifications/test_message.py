"""The bytes of a mail: readable by any program, the same each time, and nobody's name is a header."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice.notifications import letter
from fastoffice.notifications.message import Attachment, MailParts, assemble

NASTY = "Laura\r\nBcc: spy@evil.example\r\n\r\n<script>"


def parts(**changes: Any) -> MailParts:
    values: dict[str, Any] = {
        "message_id": "<1@x.mx>", "date": datetime(2026, 12, 1, 15, 0, tzinfo=UTC), "sender": "F <f@x.mx>",
        "sender_name": "Fast Office Polanco", "recipients": ["laura@guemes.mx"], "recipient_name": "Laura Güemes",
        "reply_to": "polanco@x.mx", "subject": "Factura ñ", "language": "es", "text": "Hola", "html": "<p>Hola</p>",
    }
    return MailParts(**{**values, **changes})


def parsed(**changes: Any) -> Any:
    return message_from_bytes(assemble(parts(**changes)), policy=SMTP)


def test_a_mail_reads_back_as_it_was_meant() -> None:
    data = bytes(range(256)) * 300
    mail = parsed(attachments=[Attachment("PLC-ñ 1.pdf", "application/pdf", data)])
    assert mail["Subject"] == "Factura ñ"
    assert mail["Reply-To"] == "polanco@x.mx"
    assert mail["Date"].datetime == datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
    assert mail.get_body(("plain",)).get_content().strip() == "Hola"
    (file,) = mail.iter_attachments()
    assert file.get_content() == data
    assert not mail.defects


def test_the_same_parts_give_the_same_bytes_with_network_line_ends() -> None:
    first, second = assemble(parts()), assemble(parts())
    assert first == second
    assert b"\n" not in first.replace(b"\r\n", b"")


@pytest.mark.parametrize("field", ["subject", "sender_name", "recipient_name"])
def test_no_name_and_no_subject_starts_a_header(field: str) -> None:
    mail = parsed(**{field: NASTY})
    assert mail["Bcc"] is None
    assert mail.keys() == parsed().keys()


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=300))
def test_any_text_survives_the_way(text: str) -> None:
    got = parsed(text=text).get_body(("plain",)).get_content()
    assert got.replace("\r\n", "\n").rstrip("\n") == text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


@given(st.text(max_size=200))
def test_any_subject_is_one_line(subject: str) -> None:
    mail = parsed(subject=subject)
    assert "\n" not in str(mail["Subject"])
    assert mail["Bcc"] is None


def test_lines_are_short_enough_for_every_server() -> None:
    data = assemble(parts(text="x" * 5_000, html="<p>" + "ñ" * 5_000 + "</p>", subject="ñ" * 150))
    assert max(len(line) for line in data.split(b"\r\n")) <= 998


def test_several_recipients_are_all_named() -> None:
    assert [str(a) for a in parsed(recipients=["a@x.mx", "b@x.mx"])["To"].addresses] == ["a@x.mx", "b@x.mx"]


# The HTML part


VALUES = {"pay_link": "https://fastoffice.example/pay/abc", "branch_name": "Fast Office Polanco", "branch_phone": "55"}


def test_what_strangers_typed_is_text_in_the_mail() -> None:
    body = "Hola <script>alert(1)</script> <img src=x onerror=y> {{7*7}} \u202eoculto\u200b:"
    html = letter.as_html("S <b>", body, VALUES, "es")
    for markup in ("<script>", "<img", "<b>", "\u202e", "\u200b"):
        assert markup not in html
    assert "{{7*7}}" in html


def test_only_our_own_link_becomes_a_link() -> None:
    body = f"Vea http://evil.example/x\n\nO {VALUES['pay_link']} aquí\n\n{VALUES['pay_link']}"
    html = letter.as_html("S", body, VALUES, "es")
    assert 'href="http://evil.example' not in html
    assert html.count(f'href="{VALUES["pay_link"]}"') == 3


def test_facts_become_a_box_and_right_to_left_text_is_isolated() -> None:
    html = letter.as_html("S", "Banco: بنك\nCLABE: 0121 80", VALUES, "es")
    assert "<bdi>بنك</bdi>" in html.replace(' style=""', "")
    assert html.count("<bdi>Banco</bdi>") == 1


def test_styles_are_in_the_elements_because_mail_programs_drop_the_rest() -> None:
    html = letter.as_html("S", "Hola", VALUES, "es")
    assert 'style="' in html
    assert "Inter" in html
    assert "src=" not in html, "a mail loads nothing"
