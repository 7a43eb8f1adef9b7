"""What goes over the wire."""

from __future__ import annotations

import smtplib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice.notifications.smtp import deliver, stuffed
from tests.doubles.smtp_server import Plan, SmtpPeer


@pytest.mark.parametrize(("data", "sent"), [
    (b"a\r\n", b"a\r\n"), (b"a", b"a\r\n"), (b".a\r\n", b"..a\r\n"), (b"a\r\n.\r\nb\r\n", b"a\r\n..\r\nb\r\n"),
    (b"a.b\r\n", b"a.b\r\n"),
])
def test_a_dot_at_the_start_of_a_line_is_doubled(data: bytes, sent: bytes) -> None:
    assert stuffed(data) == sent


@given(st.lists(st.text(alphabet="a. ", max_size=5), max_size=8))
def test_any_lines_arrive_as_they_were(lines: list[str]) -> None:
    data = "\r\n".join(lines).encode() + b"\r\n"
    body = [line[1:] if line.startswith(b".") else line for line in stuffed(data).split(b"\r\n")]
    assert b"\r\n".join(body) == data
    assert b"\r\n.\r\n" not in b"\r\n" + stuffed(data)


@pytest.mark.parametrize("pipelining", [False, True])
def test_the_next_message_is_untouched_by_the_one_before(pipelining: bool) -> None:
    with SmtpPeer(pipelining=pipelining) as peer, smtplib.SMTP("127.0.0.1", peer.port, timeout=2) as link:
        link.ehlo()
        peer.plan(Plan(rcpt={"b@x.mx": (550, "no")}), Plan(after_dot=(554, "no")), Plan())
        assert set(deliver(link, "f@x.mx", ["a@x.mx", "b@x.mx"], b"One\r\n")) == {"b@x.mx"}
        with pytest.raises(smtplib.SMTPDataError):
            deliver(link, "f@x.mx", ["c@x.mx"], b"Two\r\n")
        assert deliver(link, "f@x.mx", ["d@x.mx"], b".Three\r\n") == {}
        assert [(m.recipients, m.data) for m in peer.messages] == [
            (("a@x.mx",), b"One\r\n"), (("d@x.mx",), b".Three\r\n")]
