"""A scripted SMTP peer on loopback: accepts, refuses, hangs and drops as it is told, and remembers what it took.

    with SmtpPeer() as peer:
        peer.plan(Plan(rcpt={"a@x.mx": (550, "no such user")}), Plan(drop_after_dot=True))
        …                                  # the first message meets the first plan, and so on; then all is well
        peer.messages                      # what was taken, in order

Run as a script it is a plain accepting server in a process of its own: `smtp_server.py PORT_FILE`.
"""

from __future__ import annotations

import base64
import socket
import ssl
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import IO

Answer = tuple[int, str]
HANG_SECONDS = 30


@dataclass(frozen=True)
class Plan:
    """What one message meets. None and empty mean that all is well."""

    mail: Answer | None = None
    rcpt: Mapping[str, Answer] = field(default_factory=dict)
    data: Answer | None = None
    after_dot: Answer | None = None
    hang_after_data: bool = False
    drop_after_dot: bool = False
    kept: bool = True  # whether a message that is dropped or left hanging had been taken


@dataclass(frozen=True)
class Received:
    """A message that the peer took."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    connection: int

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.data, policy=SMTP)  # type: ignore[return-value]

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])


class SmtpPeer:
    """One server with a thread per connection."""

    def __init__(self, timeout: float = 0.5, options: str = "", pipelining: bool = False,
                 tls: ssl.SSLContext | None = None, login: str = "") -> None:
        """`tls` offers STARTTLS; `login` ("user:password") is then wanted before any mail."""
        self.pipelining, self.tls, self.login = pipelining, tls, login
        self.messages: list[Received] = []
        self.connections = 0
        self.greeting: Answer = (220, "peer ready")
        self._plans: list[Plan] = []
        self._lock = threading.Lock()
        self._release = threading.Event()
        self._timeout, self._options = timeout, options
        self._links: list[socket.socket] = []
        self.port = 0
        self.listen()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}/?timeout={self._timeout}{self._options}"

    def plan(self, *plans: Plan) -> None:
        """What the next messages meet, one each."""
        with self._lock:
            self._plans.extend(plans)

    def ids(self) -> list[str]:
        return [received.message_id for received in self.messages]

    def listen(self) -> None:
        """Accept connections (again, on the same port)."""
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def refuse(self) -> None:
        """Whoever knocks now is refused by the system."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def close(self) -> None:
        self._release.set()
        self.refuse()
        for link in self._links:
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()

    def __enter__(self) -> SmtpPeer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                link, _address = listener.accept()
            except OSError:
                return
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            self._links.append(link)
            threading.Thread(target=self._serve, args=(link, self.connections), daemon=True).start()

    def _serve(self, link: socket.socket, number: int) -> None:
        talk = _Talk(self, link, number)
        try:
            with suppress(OSError):
                talk.listen_to(self.secured(link))
                talk.run()
        finally:
            talk.leave()

    def secured(self, link: socket.socket) -> socket.socket:
        """The connection as it begins: as it is, here; a peer for smtps wraps it at once."""
        return link

    def take_plan(self) -> Plan:
        with self._lock:
            return self._plans.pop(0) if self._plans else Plan()

    def keep(self, received: Received) -> None:
        with self._lock:
            self.messages.append(received)

    def hang(self) -> None:
        self._release.wait(HANG_SECONDS)


class _Talk:
    """One connection's conversation."""

    def __init__(self, peer: SmtpPeer, link: socket.socket, number: int) -> None:
        self.peer, self.link, self.number, self.known = peer, link, number, not peer.login
        self.lines: IO[bytes] | None = None
        self.plan, self.sender, self.recipients = Plan(), "", []

    def listen_to(self, link: socket.socket) -> None:
        self.leave(link)
        self.link, self.lines = link, link.makefile("rb", 1 << 20)

    def next_line(self) -> bytes:
        assert self.lines is not None
        return self.lines.readline()

    def leave(self, for_another: socket.socket | None = None) -> None:
        """Close what was heard so far, also when a handshake failed half way."""
        if self.lines is not None:
            self.lines.close()
        if for_another is not self.link:
            self.link.close()

    def say(self, code: int, text: str) -> bool:
        self.link.sendall(f"{code} {text}\r\n".encode())
        return code != 421

    def run(self) -> None:
        if not self.say(*self.peer.greeting):
            return
        while line := self.next_line():
            verb, _blank, rest = line.strip().decode().partition(" ")
            if not self.answer(verb.upper(), rest):
                return

    def answer(self, verb: str, rest: str) -> bool:
        if verb in {"EHLO", "HELO"}:
            self.link.sendall(b"250-peer\r\n250-8BITMIME\r\n" + self._offer() + b"250 SIZE 50000000\r\n")
            return True
        handler = {"MAIL": self.mail, "RCPT": self.rcpt, "DATA": self.data, "STARTTLS": self.starttls,
                   "AUTH": self.auth}.get(verb)
        if handler:
            return handler(rest)
        if verb == "QUIT":
            self.say(221, "bye")
            return False
        return self.say(250, "ok")

    def _offer(self) -> bytes:
        private = isinstance(self.link, ssl.SSLSocket)
        offers = {b"250-PIPELINING\r\n": self.peer.pipelining, b"250-STARTTLS\r\n": self.peer.tls and not private,
                  b"250-AUTH PLAIN\r\n": self.peer.login and private}
        return b"".join(line for line, offered in offers.items() if offered)

    def starttls(self, _rest: str) -> bool:
        if self.peer.tls is None:
            return self.say(502, "not here")
        self.say(220, "go ahead")
        self.listen_to(handshaken(self.peer.tls, self.link))
        return True

    def auth(self, rest: str) -> bool:
        given = base64.b64decode(rest.removeprefix("PLAIN ")).decode().strip("\0").replace("\0", ":")
        self.known = given == self.peer.login
        return self.say(235, "welcome") if self.known else self.say(535, "wrong user or password")

    def mail(self, rest: str) -> bool:
        if not self.known:
            return self.say(530, "who are you?")
        self.plan, self.sender, self.recipients = self.peer.take_plan(), _address(rest), []
        return self.say(*(self.plan.mail or (250, "ok")))

    def rcpt(self, rest: str) -> bool:
        address = _address(rest)
        refusal = self.plan.rcpt.get(address) or self.plan.rcpt.get("*")
        if self.plan.mail:
            refusal = (503, "no sender")
        if refusal is None:
            self.recipients.append(address)
        return self.say(*(refusal or (250, "ok")))

    def data(self, _rest: str) -> bool:
        if self.plan.data:
            return self.say(*self.plan.data)
        if not self.recipients:
            return self.say(503, "nobody to send it to")
        self.say(354, "go on")
        data = self._read()
        if self.plan.after_dot:
            return self.say(*self.plan.after_dot)
        received = Received(self.sender, tuple(self.recipients), data, self.number)
        if self.plan.kept:
            self.peer.keep(received)
        if self.plan.hang_after_data:
            self.peer.hang()
            return False
        return not self.plan.drop_after_dot and self.say(250, "taken")

    def _read(self) -> bytes:
        body = bytearray()
        while (line := self.next_line()) != b".\r\n":
            if not line:
                raise OSError("the sender left")
            body += line[1:] if line.startswith(b".") else line
        return bytes(body)


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]


def handshaken(tls: ssl.SSLContext, link: socket.socket) -> ssl.SSLSocket:
    """The private connection. Raises OSError, with nothing left open, when the other side does not trust us."""
    private = tls.wrap_socket(link, server_side=True, do_handshake_on_connect=False)
    try:
        private.do_handshake()
    except OSError:
        private.close()
        raise
    return private


class PrivatePeer(SmtpPeer):
    """TLS from the first byte, as on port 465."""

    def secured(self, link: socket.socket) -> socket.socket:
        assert self.tls is not None
        return handshaken(self.tls, link)


class CountingPeer(SmtpPeer):
    """Takes everything and keeps only a count, for measuring."""

    def keep(self, received: Received) -> None:
        self.connections += 0


def main(port_file: str) -> None:
    peer = CountingPeer(pipelining=True)
    Path(port_file).with_suffix(".part").write_text(str(peer.port))
    Path(port_file).with_suffix(".part").rename(port_file)
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1])
