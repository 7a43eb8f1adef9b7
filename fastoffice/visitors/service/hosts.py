"""Whom a visitor means, and which people of the client are told of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from fastoffice import audit, bulk
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.upsert import insert_unless_there
from fastoffice.visitors import errors
from fastoffice.visitors.models import HostSetting
from fastoffice.visitors.rules import matching
from fastoffice.visitors.service import tokens


@dataclass(frozen=True, slots=True)
class HostMatch:
    """What the tablet may know. state: found (`host` is to be handed back, `label` to be confirmed), ask_company (two
    hosts of that name: ask for the company as well) or none. It never names anybody that was not typed.
    """

    state: matching.Found
    host: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A person of the client who can be told."""

    contact_id: int
    name: str
    email: str
    phone: str


def match_host(branch: Branch, text: str, company: str = "") -> HostMatch:
    """Whom `text` means at this branch, without accents or case; two statements, whatever was typed."""
    found = look(branch.id, text, company)
    if found.state != "found" or found.client_id is None:
        return HostMatch(found.state)
    return HostMatch("found", tokens.seal_host(branch.id, found.client_id, found.contact_id), found.label)


def look(branch_id: int, text: str, company: str = "") -> matching.Match:
    """The same for the service itself."""
    rows = clients.called(branch_id, matching.longest_word(text)[:60])
    people = clients.contacts_of([row.id for row in rows])
    hosts = [matching.Host(row.id, tuple(name for name in (row.trade_name, row.legal_name) if name),
                           tuple(matching.Person(each.id, each.name) for each in people.get(row.id, ())))
             for row in rows]
    return matching.match(text, company, hosts)


def setting_of(client_id: int) -> HostSetting | None:
    """How the client wants to be told."""
    return db.session.scalar(sa.select(HostSetting).where(HostSetting.client_id == client_id))


def is_away(setting: HostSetting | None, today: date) -> bool:
    """Whether the client said that nobody is there today."""
    if setting is None or setting.away_until is None:
        return False
    return (setting.away_from or today) <= today <= setting.away_until


def first_and_second(client_id: int, contact_id: int | None) -> tuple[Told | None, Told | None]:
    """Who is told at once (the contact that was named, else the first of the client's choice) and who after no
    answer. People without address and telephone are passed over.
    """
    people = [Told(each.id, each.name, each.email, each.phone)
              for each in clients.contacts_of([client_id]).get(client_id, []) if each.email or each.phone]
    setting = setting_of(client_id)
    wanted = (contact_id, setting.first_contact_id if setting else None)
    first = next((each for key in wanted for each in people if each.contact_id == key), None) or (
        people[0] if people else None)
    others = [each for each in people if first is None or each.contact_id != first.contact_id]
    second_id = setting.second_contact_id if setting else None
    second = next((each for each in others if each.contact_id == second_id), None) or (others[0] if others else None)
    return first, second


def mark_of(setting: HostSetting | None) -> str:
    """What tells these settings from others: a form carries it, so that the second of two is told."""
    return "/".join(str(value or "") for value in (
        setting.first_contact_id, setting.second_contact_id, setting.away_from, setting.away_until)) if setting else ""


def save_setting(branch: Branch, client_id: int, first_id: int | None, second_id: int | None, away_from: date | None,
                 away_until: date | None, actor: audit.Actor, *, seen: str | None = None) -> None:
    """How the client wants to be told; contacts of others are nobody. `seen` is the mark of what the form showed.

    Raises AwayTimes, SettingsChanged.
    """
    if (away_from is not None and away_until is None) or (away_until and away_from and away_until < away_from):
        raise errors.AwayTimes
    own = {each.id for each in clients.contacts_of([client_id]).get(client_id, [])}
    db.session.execute(insert_unless_there(bulk.table_of(HostSetting)),
                       [{"client_id": client_id, "branch_id": branch.id}])
    row = db.session.get_one(HostSetting, client_id, with_for_update=True, populate_existing=True)
    if seen is not None and seen.strip("/") != mark_of(row).strip("/"):
        raise errors.SettingsChanged
    row.first_contact_id = first_id if first_id in own else None
    row.second_contact_id = second_id if second_id in own and second_id != first_id else None
    row.away_from, row.away_until = (away_from, away_until) if away_until else (None, None)
    audit.record(actor, "host_setting.changed", ("client", client_id), branch_id=branch.id)
