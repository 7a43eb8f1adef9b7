"""Mail over TLS, against a peer that really speaks it: STARTTLS, smtps, a log-in, and certificates that are not right."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from fastoffice.notifications.transport import Mail, SmtpAddress, SmtpTransport
from tests.doubles.certificates import certificate_of, server_context
from tests.doubles.smtp_server import PrivatePeer, SmtpPeer

MAIL = Mail("facturas@fastoffice.example", ["cuentas@guemes.example"],
            b"Message-ID: <1@fastoffice.example>\r\nSubject: Factura\r\n\r\nHola\r\n", "<1@fastoffice.example>")
LOGIN = "facturas@fastoffice.example:clave con espacio"
QUOTED = "facturas%40fastoffice.example:clave%20con%20espacio"


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The certificate of "localhost", which this machine trusts for once."""
    certificate = certificate_of("localhost", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return certificate


@pytest.fixture
def peer(trusted: Path) -> Iterator[SmtpPeer]:
    with SmtpPeer(tls=server_context(trusted), login=LOGIN) as peer:
        yield peer


def transport_to(peer: SmtpPeer, url: str) -> SmtpTransport:
    return SmtpTransport(SmtpAddress.parse(url.format(port=peer.port)))


def test_a_mail_goes_out_by_starttls_after_the_log_in(peer: SmtpPeer) -> None:
    transport = transport_to(peer, f"smtp://{QUOTED}@localhost:{{port}}/?starttls=1&timeout=5")
    assert transport.send(MAIL) == {}
    transport.close()
    assert peer.ids() == [MAIL.message_id]


def test_a_mail_goes_out_by_smtps(trusted: Path) -> None:
    with PrivatePeer(tls=server_context(trusted), login=LOGIN) as peer:
        transport = transport_to(peer, f"smtps://{QUOTED}@localhost:{{port}}/?timeout=5")
        assert transport.send(MAIL) == {}
        transport.close()
        assert peer.ids() == [MAIL.message_id]


def test_a_wrong_password_is_refused_and_nothing_sent(peer: SmtpPeer) -> None:
    transport = transport_to(peer, "smtp://facturas:otra@localhost:{port}/?starttls=1&timeout=5")
    with pytest.raises(smtplib.SMTPAuthenticationError):
        transport.send(MAIL)
    assert peer.messages == []


def test_a_server_without_starttls_gets_neither_mail_nor_password() -> None:
    with SmtpPeer() as peer:
        transport = transport_to(peer, f"smtp://{QUOTED}@localhost:{{port}}/?starttls=1&timeout=5")
        with pytest.raises(smtplib.SMTPNotSupportedError):
            transport.send(MAIL)
        assert peer.messages == []


def test_a_certificate_of_somebody_else_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = certificate_of("mail.stranger.example", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(stranger))
    with SmtpPeer(tls=server_context(stranger), login=LOGIN) as peer:
        transport = transport_to(peer, f"smtp://{QUOTED}@localhost:{{port}}/?starttls=1&timeout=5")
        with pytest.raises(ssl.SSLCertVerificationError):
            transport.send(MAIL)
        assert peer.messages == []


def test_a_certificate_that_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    with PrivatePeer(tls=server_context(certificate_of("localhost", tmp_path)), login=LOGIN) as peer:
        transport = transport_to(peer, f"smtps://{QUOTED}@localhost:{{port}}/?timeout=5")
        with pytest.raises(ssl.SSLCertVerificationError):
            transport.send(MAIL)
        assert peer.messages == []
