"""Mail of the demo's clients: told, handed over, nobody's, kept too long, asked for; calls that were taken."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, time
from functools import partial

from fastoffice import audit
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.clients.models import Client
from fastoffice.demo.lobby.events import DESK, MANAGER, Event, Lobby, before
from fastoffice.extensions import db
from fastoffice.mailroom import service
from fastoffice.mailroom.service import Call, Entry, PolicyData, Taking, Wish, aliases, entering, nominees
from fastoffice.mailroom.service.settings import save_sheet

PIN, COLLECTOR = "2580", "Julia Montes Rico"
FREE_DAYS, FEE, FORWARDING = 3, 1_500, 9_000
CARRIERS = ("DHL", "Estafeta", "FedEx", "Mercado Libre", "Correos de México")
LONGEST = 185


def set_up(branch: Branch, lobby: Lobby, now: datetime) -> None:
    """Days and prices, who collects with which PIN, how a client's calls are answered."""
    service.save_policy(branch, PolicyData(
        free_days=FREE_DAYS, fee_per_day=FEE, reminder_days=(2, 5), reminder_at=time(10), hold_days=30,
        price_forward=FORWARDING, price_scan=2_500, price_hold=0, price_destroy=0, photo_days=180), 1, MANAGER)
    first, second = (db.session.get_one(Client, lobby.host(number)) for number in (0, 1))
    nominees.name_one(first, COLLECTOR, PIN, DESK, now)
    if second.id != first.id:
        nominees.name_one(second, "Ramiro Ochoa", "", DESK, now)
    save_sheet(first, f"{first.display_name}, buenos días, habla recepción.",
               "Ventas: extensión 12\nProveedores: tomar recado", ("email",), 0, MANAGER)
    aliases.add(branch, first, "Grupo Horizonte", DESK, now)


def day(lobby: Lobby, day: date, chance: random.Random, *, nth: int) -> list[Event]:
    """Two pieces a day that are taken in the afternoon; what came on the first day is left lying for some days."""
    client_id, key = lobby.host(chance.randrange(100)), f"demo-{day}"
    pieces = [_entry(f"{key}-{number}", client_id, chance) for number in range(2 if day.weekday() < 5 else 1)]
    events: list[Event] = [
        (lobby.at(day, 11, 20), partial(_log, pieces)), (lobby.at(day, 17), partial(_take, lobby, client_id, pieces))]
    if nth == 0:
        forgotten = _entry("demo-forgotten", lobby.host(0), chance)
        events.append((lobby.at(day, 11, 30), partial(_log, [forgotten])))
    if nth == 6:
        events.append((lobby.at(day, 17, 30), partial(_take_forgotten, lobby)))
    return events


def _entry(key: str, client_id: int | None, chance: random.Random, addressee: str = "", kind: str = "") -> Entry:
    carrier = chance.choice(CARRIERS)
    kind = kind or chance.choice(("parcel", "parcel", "letter", "courier"))
    tracking = f"{carrier[:2].upper()}{chance.randrange(10**8, 10**9)}" if kind != "letter" else ""
    return Entry(request_key=key, kind=kind, addressee=addressee, client_id=client_id, carrier=carrier,
                 tracking=tracking, sender=chance.choice(("Amazon", "Papelera Lumen", "BBVA", "Telmex", "CFE")))


def _log(pieces: Sequence[Entry], branch: Branch, now: datetime, *, tell: bool = True) -> None:
    for entry in pieces:
        service.log_item(branch, entry, DESK, now)
    if tell:
        service.announce(branch, DESK, now)


def _take(lobby: Lobby, client_id: int, pieces: Sequence[Entry], branch: Branch, now: datetime) -> None:
    """The client's own contact signs for all of it."""
    contact = clients.contacts_of([client_id])[client_id][0].name
    items = [item for item in (entering.by_key(branch.id, entry.request_key) for entry in pieces) if item is not None]
    service.hand_over(branch, client_id, [item.id for item in items], Taking(
        request_key=f"{pieces[0].request_key}-taken", taken_by=contact, signature_sha256=lobby.signature), DESK, now)


def _take_forgotten(lobby: Lobby, branch: Branch, now: datetime) -> None:
    """What lay here longer than it may costs its days."""
    item = entering.by_key(branch.id, "demo-forgotten")
    if item is None:
        return
    nominee = next(each for each in nominees.in_force(lobby.host(0)) if each.name == COLLECTOR)
    service.hand_over(branch, lobby.host(0), [item.id], Taking(
        request_key="demo-forgotten-taken", nominee_id=nominee.id, signature_sha256=lobby.signature), DESK, now)


def today(lobby: Lobby, now: datetime, chance: random.Random) -> list[Event]:
    """What lies here as somebody looks: told, to be told, nobody's, one to be sent on; calls of the morning."""
    def ago(minutes: int) -> datetime:
        return before(lobby, now, minutes, LONGEST)

    morning = [_entry(f"demo-today-{place}", lobby.host(number), chance) for place, number in enumerate((0, 0, 1, 3))]
    return [
        (ago(LONGEST), partial(_log, morning)),
        (ago(150), partial(_log, [_entry("demo-nobody", None, chance, "Comercial Nimbus del Sur", "parcel")])),
        (ago(130), partial(_call, lobby, 0, "call", "Banco del Centro", "Que les llamen por el crédito.")),
        (ago(90), _ask_to_forward),
        (ago(60), partial(_call, lobby, 2, "message", "Mensajería Ágil", "Pasan mañana por el sobre.")),
        (ago(50), partial(_take, lobby, lobby.host(3), [morning[3]])),
        (ago(40), partial(_call, lobby, 1, "call", "Lucía Prado", "")),
        (ago(2), partial(_log, [_entry("demo-new", lobby.host(4), chance)], tell=False)),
    ]


def _call(lobby: Lobby, host: int, kind: str, caller: str, said: str, branch: Branch, now: datetime) -> None:
    service.log_call(branch, lobby.host(host), Call(
        request_key=f"demo-call-{caller}", kind=kind, caller=caller, phone="55 5555 0199", note=said,
        passed=not said), DESK, now)


def _ask_to_forward(branch: Branch, now: datetime) -> None:
    """The client asks in the portal to have a piece sent on, at the price it sees there."""
    item = entering.by_key(branch.id, "demo-today-2")
    if item is None or item.client_id is None:
        return
    contact = clients.contacts_of([item.client_id])[item.client_id][0].name
    service.ask(branch, item.client_id, item.id, Wish(
        request_key="demo-forward", kind="forward", price=FORWARDING,
        address="Av. Chapultepec 480, Americana, 44160 Guadalajara"), audit.Actor(contact), now)
