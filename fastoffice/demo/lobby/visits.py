"""Who came to the demo's clients, who is in the lobby now, and who is expected."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from functools import partial

import sqlalchemy as sa

from fastoffice import clock
from fastoffice.branches.models import Branch
from fastoffice.demo import names
from fastoffice.demo.lobby import pictures as drawing
from fastoffice.demo.lobby.events import DESK, MANAGER, SYSTEM, TABLET, Event, Lobby, before
from fastoffice.extensions import db
from fastoffice.visitors import service
from fastoffice.visitors.models import Invitation, Visit
from fastoffice.visitors.rules import retention
from fastoffice.visitors.service import Invite, Signed, SignIn, agreeing, blocking, legal, tokens
from fastoffice.visitors.service.signing_in import by_key

RULES = ("Porte su gafete a la vista.\nNo tome fotos de otras oficinas.\n"
         "Si suena la alarma, siga a recepción hasta el punto de reunión en Masaryk.")
RULES_EN = ("Wear your badge where it can be seen.\nTake no photos of other offices.\n"
            "If the alarm sounds, follow reception to the meeting point on Masaryk.")
PRIVACY = ("Usamos su nombre, su empresa y su teléfono o correo para avisar a quien visita y para su seguridad. "
           "Los borramos en un año; puede pedirlo antes en recepción.")
CLOSES = time(21)
LONGEST = 190  # minutes before now that today's first visitor came
_FACES = ("Acme", "Despacho Robles", "Grupo Salas", "Instalaciones Vega", "", "Notaría 45")


def set_up(branch: Branch, now: datetime) -> None:
    """What visitors read and sign, and a name that may not come in."""
    service.save_policy(
        branch, {"closes_at": CLOSES, "asks_photo": True, "prints_badge": True, "privacy_notice": PRIVACY},
        retention.all_of({}), 0, MANAGER)
    service.write_rules(
        branch, agreeing.RULES, {"es": RULES, "en": RULES_EN}, ("visit", "interview", "supplier"), MANAGER, now)
    blocking.block(branch, "Rómulo Barrera Ñáñez", "Amenazó al personal en agosto; llamar a gerencia.", MANAGER, now)


def day(lobby: Lobby, day: date, chance: random.Random) -> list[Event]:
    """Visitors of a day that is over; one of them never signed out."""
    events: list[Event] = []
    for number in range(2 if day.weekday() < 5 else 1):
        key, came = f"demo-{day}-{number}", lobby.at(day, 10 + 4 * number, chance.randrange(5, 55))
        events += [(came, partial(_arrive, lobby, key, _told(lobby, chance))),
                   (came + timedelta(minutes=1), partial(_answer, key))]
        if chance.random() < 0.8:
            events.append((came + timedelta(minutes=chance.randrange(20, 90)), partial(_leave, key, "qr")))
    return [*events, (lobby.at(day, CLOSES.hour), _close)]


def _told(lobby: Lobby, chance: random.Random, kind: str = "visit", company: str | None = None) -> SignIn:
    """What a visitor writes at the tablet."""
    name = f"{chance.choice(names.FIRST)} {chance.choice(names.LAST)} {chance.choice(names.LAST)}"
    return SignIn(request_key="", kind=kind, name=name, company=chance.choice(_FACES) if company is None else company,
                  contact=f"55{chance.randrange(10_000_000, 99_999_999)}", client_id=lobby.host(chance.randrange(100)),
                  remember=chance.random() < 0.5)


def _arrive(lobby: Lobby, key: str, told: SignIn, branch: Branch, now: datetime) -> None:
    """Somebody signs in at the tablet, whose host was found there."""
    rules = agreeing.current(branch.id).get(agreeing.RULES)
    host = tokens.seal_host(branch.id, told.client_id or 0, None) if told.client_id else ""
    service.sign_in(branch, SignIn(
        request_key=key, kind=told.kind, name=told.name, company=told.company, contact=told.contact, host=host,
        remember=told.remember, signed=[Signed(rules.id, lobby.signature)] if rules else (),
        invitation=told.invitation, host_text=told.host_text), TABLET, now)


def _answer(key: str, branch: Branch, now: datetime) -> None:
    visit = by_key(branch.id, key)
    if visit is not None and visit.left_at is None:
        service.answer(visit, "coming", SYSTEM, now)
        service.let_in(branch, visit, DESK, now)


def _leave(key: str, by: str, branch: Branch, now: datetime) -> None:
    visit = by_key(branch.id, key)
    if visit is not None and visit.left_at is None:
        service.end_visit(visit, by, DESK, now)


def _close(branch: Branch, now: datetime) -> None:
    service.close_due(branch, SYSTEM, now)


def today(lobby: Lobby, now: datetime, chance: random.Random) -> list[Event]:
    """In, waiting for a host, gone, expected, a courier, and an authority with its notice; as somebody looks."""
    def ago(minutes: int) -> datetime:
        return before(lobby, now, minutes, LONGEST)

    return [
        (ago(LONGEST), partial(_expect, lobby)),
        (ago(180), partial(_arrive, lobby, "demo-gone", _told(lobby, chance))),
        (ago(178), partial(_answer, "demo-gone")),
        (ago(120), partial(_leave, "demo-gone", "qr")),
        (ago(110), partial(_notified, lobby)),
        (ago(95), partial(_leave, "demo-notice", "reception")),
        (ago(70), partial(_arrive, lobby, "demo-in", _told(lobby, chance, company="Consultores del Bajío"))),
        (ago(68), partial(_answer, "demo-in")),
        (ago(45), partial(_invited_arrives, lobby)),
        (ago(44), partial(_answer, "demo-invited")),
        (ago(30), partial(_arrive, lobby, "demo-supplier", _told(lobby, chance, "supplier", "Aire Limpio"))),
        (ago(28), partial(_answer, "demo-supplier")),
        (ago(1), partial(_arrive, lobby, "demo-waiting", _told(lobby, chance, "interview"))),
    ]


def _expect(lobby: Lobby, branch: Branch, now: datetime) -> None:
    """Three invitations: one whose guest comes today, one for later, one for tomorrow."""
    guests = (("Iker Salvatierra", "iker@robles.example", 2, 1), ("Norma Quiroz", "norma@acme.example", 5, 5),
              ("Óscar Lindo", "oscar@vega.example", 26, 2))
    end = clock.end_of_day(clock.local_date(now, lobby.zone), lobby.zone) - timedelta(minutes=1)
    for number, (name, email, hours, host) in enumerate(guests):
        starts = now + timedelta(hours=hours)
        if hours < 24:
            starts = min(starts, end - timedelta(minutes=1))
        service.invite(branch, Invite(
            request_key=f"demo-guest-{number}", client_id=lobby.host(host), name=name, email=email,
            company="Robles y Asociados" if number == 0 else "", purpose="Firma de contrato" if number == 0 else "",
            starts_at=starts, ends_at=max(starts + timedelta(minutes=1), min(starts + timedelta(hours=1), end))
            if hours < 24 else starts + timedelta(hours=1)), DESK, now)


def _invited_arrives(lobby: Lobby, branch: Branch, now: datetime) -> None:
    row = db.session.scalars(sa.select(Invitation).where(
        Invitation.branch_id == branch.id, Invitation.request_key == "demo-guest-0")).one()
    _arrive(lobby, "demo-invited", SignIn(
        request_key="", name=row.visitor_name, company=row.company, contact=row.email,
        invitation=tokens.code_of("invitation-code", row.nonce)), branch, now)


def _notified(lobby: Lobby, branch: Branch, now: datetime) -> None:
    """An official delivers a notice; reception goes, the client is alerted."""
    notice = legal.receive_notice(branch, legal.Delivered(
        request_key="demo-notice", client_id=lobby.host(2), authority="SAT, Administración Desconcentrada CDMX 3",
        official_name="Lic. Martha Ibarra Luna", official_id="Credencial SAT 44871",
        document_number="500-36-07-2026-118", subject="Requerimiento de información",
        document=legal.KeptDocument(drawing.document(), "image/jpeg"),
        notes="Se recibió en recepción; el original está en la caja fuerte."), DESK, now)
    visit = db.session.get_one(Visit, notice.visit_id)
    service.let_in(branch, visit, DESK, now)
