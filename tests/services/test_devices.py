"""A tablet is paired once by a code of five minutes, belongs to its branch, and is ended by one click."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.audit.models import AuditEntry
from fastoffice.branches.models import Branch
from fastoffice.errors import NotFound
from fastoffice.extensions import db
from fastoffice.identity import devices
from fastoffice.identity.devices import CodeOver, service
from tests.factories.devices import offer, paired
from tests.factories.people import ACTOR, make_branch

NOON = datetime.fromisoformat("2026-12-02T12:00-06:00")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def polanco(app: object) -> Branch:
    return make_branch("PLC")


def pair(code: str, now: datetime = NOON, kind: str = "kiosk") -> tuple[devices.Device, str]:
    return transaction.run(lambda: devices.pair(kind, code, now))


def test_the_code_is_typed_as_it_is_read_and_counts_once(polanco: Branch) -> None:
    with clock.fixed_at(NOON):
        code = offer(polanco, name="  Lobby ")
    device, token = pair(f" {code.spoken.lower()} ")
    assert (device.branch_id, device.kind, device.name) == (polanco.id, "kiosk", "Lobby")
    assert service.by_token("kiosk", token) is device
    with pytest.raises(CodeOver):
        pair(code.code)


@pytest.mark.parametrize(("later", "kind"), [(5 * MINUTE, "kiosk"), (MINUTE, "panel")])
def test_a_code_of_five_minutes_ago_or_of_another_kind_pairs_nothing(polanco: Branch, later: timedelta, kind: str) -> None:
    with clock.fixed_at(NOON):
        code = offer(polanco).code
    with pytest.raises(CodeOver):
        pair(code, NOON + later, kind)
    with pytest.raises(CodeOver):
        pair("", NOON)


def test_neither_code_nor_token_nor_pin_is_kept(polanco: Branch) -> None:
    with clock.fixed_at(NOON):
        code = offer(polanco)
    _device, token = pair(code.code)
    kept = [str(value) for table in ("device", "pairing_code", "audit_entry")
            for row in db.session.execute(sa.text(f"SELECT * FROM {table}")) for value in row]
    assert not [value for value in kept for secret in (code.code, token, code.pin) if secret == value]
    assert code.code not in "".join(kept)
    assert token not in "".join(kept)


def test_a_token_opens_its_own_kind_alone(polanco: Branch) -> None:
    _device, token = paired(polanco)
    assert service.by_token("panel", token) is None
    assert service.by_token("kiosk", "") is None
    assert service.by_token("kiosk", token[:-1]) is None


def test_ended_by_one_click_and_by_nobody_of_another_branch(polanco: Branch) -> None:
    device, token = paired(polanco)
    tijuana = make_branch("TIJ")
    ids = (device.id, polanco.id, tijuana.id)

    def end(branch_id: int) -> None:
        transaction.run(lambda: devices.end_device(db.session.get_one(Branch, branch_id), ids[0], ACTOR, NOON))

    with pytest.raises(NotFound):
        end(ids[2])
    assert service.by_token("kiosk", token) is not None
    end(ids[1])
    end(ids[1])
    assert service.by_token("kiosk", token) is None
    said = list(db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.action.like("device.%"))))
    assert said == ["device.code_made", "device.paired", "device.ended"]


def test_it_is_seen_once_a_minute_and_old_codes_go(polanco: Branch) -> None:
    with clock.fixed_at(NOON):
        device, _token = paired(polanco)
    for later, seen in ((timedelta(seconds=30), NOON), (MINUTE, NOON + MINUTE)):
        transaction.run(lambda later=later: devices.note_seen(db.session.merge(device), NOON + later))
        assert db.session.get_one(devices.Device, device.id).last_seen_at == seen
    assert transaction.run(devices.forget_codes, NOON + timedelta(days=1)) == 0
    assert transaction.run(devices.forget_codes, NOON + timedelta(days=2)) == 1
