"""Case 36 and the rest of a morning at the counter: two desks, somebody not named, fifty pieces, an unknown name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fastoffice import clock, schedule, transaction
from fastoffice.audit import Actor
from fastoffice.billing.models import InvoiceLine
from fastoffice.billing.service import cycle
from fastoffice.branches.models import Branch
from fastoffice.charges import service as charging
from fastoffice.charges.models import PendingCharge
from fastoffice.clients.checks import ContactData
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.mailroom import duties, errors, jobs, service
from fastoffice.mailroom.models import MailHandover, MailItem, MailRequest
from fastoffice.mailroom.service import aliases, keeping, nominees, storing
from fastoffice.notifications import registry
from fastoffice.notifications.models import Delivery, Notice
from tests.factories.contracts import make_client, make_contract
from tests.factories.mail import LAURA, MARIANA, announce, key, make_item, make_nominee, make_policy, make_request
from tests.factories.money import at
from tests.factories.people import make_branch
from tests.web.statements import counted_statements

XIMENA = Actor("Ximena Ochoa")
SIGNED = "ab" * 32
PEOPLE = (ContactData("Laura Güemes", "laura@guemes.mx", "55 1234 5678"), ContactData("Pedro Sosa", ""))


@pytest.fixture
def branch(app) -> Iterator[Branch]:
    """Polanco at ten in the morning of 1 December."""
    with clock.fixed_at(at(1)):
        yield make_branch("PLC")


@pytest.fixture
def guemes(branch: Branch) -> Client:
    return make_client(branch, "Logística Güemes López, S.C.", trade_name="Güemes", contacts=PEOPLE, language="en")


@pytest.fixture
def nunez(branch: Branch) -> Client:
    return make_client(branch, "Núñez y Asociados, S.A. de C.V.", email="jose@nunez.mx")


def unit(work: Any, branch: Branch, *args: Any, **kwargs: Any) -> Any:
    """A verb of the mail room as one unit of work at this moment."""
    branch_id = branch.id
    return transaction.run(lambda: work(db.session.get_one(Branch, branch_id), *args, **kwargs))


def hand(branch: Branch, client: Client, items: list[MailItem], now: datetime | None = None, **taking: Any) -> MailHandover:
    asked = service.Taking(**{"request_key": key(), "signature_sha256": SIGNED, **taking})
    client_id, ids = client.id, [each.id for each in items]
    return unit(service.hand_over, branch, client_id, ids, asked, MARIANA, now or clock.now())


def notices(kind: str) -> list[Notice]:
    return list(db.session.scalars(sa.select(Notice).where(Notice.kind == kind).order_by(Notice.id)))


def charges() -> list[PendingCharge]:
    query = sa.select(PendingCharge).where(PendingCharge.dropped_at.is_(None)).order_by(PendingCharge.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def again(item: MailItem) -> MailItem:
    return db.session.get_one(MailItem, item.id, populate_existing=True)


# ---- logging

def test_a_parcel_logged_by_two_desks_is_one_while_it_is_here(branch: Branch, guemes: Client) -> None:
    first = make_item(branch, "Güemes", tracking="1Z 999-aa1", carrier="UPS")
    with pytest.raises(errors.AlreadyHere) as refused:
        make_item(branch, "GUEMES", tracking="1z999aa1", by=XIMENA)
    assert refused.value.item_id == first.id
    assert "Mariana Ruiz" in str(refused.value)
    hand(branch, guemes, [first], taken_by="Laura Güemes")
    assert make_item(branch, "Güemes", tracking="1Z999AA1").id != first.id, "the carrier used the number again"


def test_the_same_form_sent_twice_is_one_piece(branch: Branch, guemes: Client) -> None:
    assert make_item(branch, "Güemes", request_key="k").id == make_item(branch, "Güemes", request_key="k").id


def test_two_like_pieces_without_a_number_are_pointed_out(branch: Branch, guemes: Client) -> None:
    first = make_item(branch, "Güemes", carrier="DHL")
    assert service.likely_twin(first) is None
    assert service.likely_twin(make_item(branch, "Güemes", carrier="DHL")) is None, "one desk with two parcels"
    second = make_item(branch, "Güemes", carrier="DHL", by=XIMENA)
    assert service.likely_twin(second) is not None


@pytest.mark.parametrize("name", ["Logistica Guemes Lopez SC", "güemes", "Laura Guemes", "Transportes X c/o Güemes"])
def test_a_client_is_known_by_name_trade_name_and_person(branch: Branch, guemes: Client, nunez: Client, name: str) -> None:
    assert make_item(branch, name).client_id == guemes.id


def test_an_unknown_name_goes_to_the_tray_and_never_to_somebody_like_it(
        branch: Branch, guemes: Client, nunez: Client) -> None:
    make_client(branch, "Güemes Hermanos", trade_name="Güemes")
    for name in ("Güemes Transportes", "Nuñez", "Asociados", "Laura", "Güemes"):
        assert make_item(branch, name).client_id is None, name
    assert announce(branch) == 0
    assert not notices("mail_arrived")


def test_a_name_that_staff_said_once_is_known_from_then_on(branch: Branch, guemes: Client, nunez: Client) -> None:
    item = make_item(branch, "Transportes del Bajío")
    unit(service.assign, branch, item.id, guemes.id, MARIANA, clock.now(), remember=True)
    assert again(item).client_id == guemes.id
    assert make_item(branch, "TRANSPORTES DEL BAJIO, S.A. de C.V.").client_id == guemes.id
    with pytest.raises(errors.AliasTaken):
        unit(lambda here: aliases.add(here, db.session.get_one(Client, nunez.id), "Transportes del Bajío", MARIANA,
                                      clock.now()), branch)
    assert announce(branch) == 1


def test_another_branchs_client_and_one_in_the_archive_are_nobody(branch: Branch, guemes: Client) -> None:
    make_client(make_branch("TIJ"), "Importadora Tijuana")
    assert make_item(branch, "Importadora Tijuana").client_id is None
    guemes.archived_at = clock.now()
    db.session.commit()
    assert make_item(branch, "Güemes").client_id is None
    with pytest.raises(errors.NoSuchClient):
        make_item(branch, "x", guemes)


def test_what_is_needed_is_asked_for(branch: Branch) -> None:
    with pytest.raises(errors.AddresseeMissing):
        make_item(branch, " \u200b ")
    with pytest.raises(errors.UnknownKind):
        make_item(branch, "Güemes", kind="call")


def test_a_slip_is_taken_back_for_five_minutes(branch: Branch, guemes: Client) -> None:
    item, late = make_item(branch, "Güemes", tracking="A1"), make_item(branch, "Güemes")
    unit(service.undo_item, branch, item.id, MARIANA, clock.now() + timedelta(minutes=5))
    assert again(item).state == "undone"
    assert make_item(branch, "Güemes", tracking="A1").id != item.id
    with pytest.raises(errors.TooLate):
        unit(service.undo_item, branch, late.id, MARIANA, clock.now() + timedelta(minutes=5, seconds=1))


# ---- telling

def test_fifty_pieces_are_one_message_for_each_client(branch: Branch, guemes: Client, nunez: Client) -> None:
    for number in range(48):
        make_item(branch, "Güemes", kind="letter", sender=f"Banco {number}", by=(MARIANA, XIMENA)[number % 2])
    make_item(branch, "Núñez y Asociados")
    make_item(branch, "Güemes", tracking="Z9")
    assert announce(branch) == 2
    told = {each.party_id: each for each in notices("mail_arrived")}
    assert set(told) == {guemes.id, nunez.id}
    assert told[guemes.id].context["mail_items"] == "48 letters, 1 parcel"
    assert told[guemes.id].context["mail_details"].count(";") == 9
    assert announce(branch) == 0


def test_the_minute_tells_clients_when_the_desk_is_quiet_and_at_the_latest_after_half_an_hour(
        branch: Branch, guemes: Client) -> None:
    start = clock.now()
    make_item(branch, "Güemes")
    assert not duties.due_units(start + timedelta(minutes=4))
    for minute in range(4, 32, 4):
        with clock.fixed_at(start + timedelta(minutes=minute)):
            make_item(branch, "Güemes")
    assert duties.due_units(start + timedelta(minutes=30))
    with clock.fixed_at(start + timedelta(minutes=30)):
        schedule.tick(clock.now())
    assert len(notices("mail_arrived")) == 1
    with clock.fixed_at(start + timedelta(minutes=31)):
        make_item(branch, "Güemes")
    assert not duties.due_units(start + timedelta(minutes=35))
    assert duties.due_units(start + timedelta(minutes=36))


def test_what_was_collected_or_undone_before_the_mail_goes_is_not_announced(branch: Branch, guemes: Client) -> None:
    item = make_item(branch, "Güemes")
    announce(branch)
    [notice] = notices("mail_arrived")
    assert registry.still_true("mail_arrived", [notice.id]) == {notice.id}
    hand(branch, guemes, [item], taken_by="Laura Güemes")
    assert registry.still_true("mail_arrived", [notice.id]) == set()
    make_item(branch, "Güemes")
    unit(service.undo_item, branch, make_item(branch, "Núñez").id, MARIANA, clock.now())


def test_clients_hear_by_the_channels_of_their_sheet(branch: Branch, guemes: Client) -> None:
    transaction.run(lambda: service.save_sheet(
        db.session.get_one(Client, guemes.id), "Güemes, buenos días", "Laura, ext. 12", ["whatsapp"], 0, MARIANA))
    make_item(branch, "Güemes")
    announce(branch)
    deliveries = db.session.scalars(sa.select(Delivery)).all()
    assert [(each.channel, each.recipients) for each in deliveries] == [("whatsapp", ["525512345678"])]


def test_reminders_come_once_a_day_for_all_of_it_and_end_when_it_is_gone(branch: Branch, guemes: Client) -> None:
    first, second = make_item(branch, "Güemes"), make_item(branch, "Güemes", kind="letter")
    announce(branch)
    for day, hour, count in ((3, 9, 0), (3, 10, 1), (3, 12, 1), (9, 12, 2), (20, 12, 2)):
        moment = datetime(2026, 12, day, hour, tzinfo=at(1).tzinfo)
        local = clock.at_local(date(2026, 12, day), moment.time(), branch.timezone)
        with clock.fixed_at(local):
            schedule.tick(local)
            assert len(notices("mail_reminder")) == count, (day, hour)
    assert notices("mail_reminder")[0].context["mail_items"] == "1 parcel, 1 letter"
    hand(branch, guemes, [first, second], taken_by="Laura Güemes")
    assert registry.still_true("mail_reminder", [each.id for each in notices("mail_reminder")]) == set()


# ---- handing over

def test_somebody_whom_the_client_named_takes_it_and_signs(branch: Branch, guemes: Client) -> None:
    items, juan = [make_item(branch, "Güemes"), make_item(branch, "Güemes")], make_nominee(guemes)
    handover = hand(branch, guemes, items, nominee_id=juan.id)
    assert (handover.taken_by, handover.is_named, handover.proof) == ("Juan Pérez Ortiz", True, "signature")
    assert {again(each).state for each in items} == {"handed_over"}
    assert not notices("mail_taken")
    with pytest.raises(errors.NotHere):
        hand(branch, guemes, items, nominee_id=juan.id)


def test_somebody_not_named_gets_nothing_unless_the_client_allows_it_and_the_client_is_told(
        branch: Branch, guemes: Client) -> None:
    item, _juan = make_item(branch, "Güemes"), make_nominee(guemes)
    with pytest.raises(errors.NotNamed) as refused:
        hand(branch, guemes, [item], taken_by="Roberto Díaz")
    assert refused.value.field == "authorised_by"
    assert again(item).is_here
    handover = hand(branch, guemes, [item], taken_by="Roberto Díaz", authorised_by="Laura Güemes, por teléfono")
    assert not handover.is_named
    [told] = notices("mail_taken")
    assert told.context["taken_by"] == "Roberto Díaz"
    unit(service.undo_handover, branch, handover.id, MARIANA, clock.now())
    assert registry.still_true("mail_taken", [told.id]) == set()


def test_a_person_of_the_file_is_named_however_they_write_themselves(branch: Branch, guemes: Client) -> None:
    assert hand(branch, guemes, [make_item(branch, "Güemes")], taken_by="GUEMES LAURA").is_named


def test_without_signature_or_pin_nothing_is_handed_over(branch: Branch, guemes: Client, nunez: Client) -> None:
    item, juan = make_item(branch, "Güemes"), make_nominee(guemes, pin="4711")
    for taking, refusal in (
            ({"taken_by": "Laura Güemes", "signature_sha256": None}, errors.ProofMissing),
            ({"taken_by": "Laura Güemes", "signature_sha256": None, "pin": "4711"}, errors.ProofMissing),
            ({"nominee_id": juan.id, "pin": "0815"}, errors.WrongPin),
            ({"nominee_id": make_nominee(nunez).id}, errors.NoSuchNominee), ({}, errors.TakerMissing)):
        with pytest.raises(refusal):
            hand(branch, guemes, [item], **taking)
    with pytest.raises(errors.NothingChosen):
        hand(branch, guemes, [], taken_by="Laura Güemes")
    assert hand(branch, guemes, [item], nominee_id=juan.id, pin="4711", signature_sha256=None).proof == "pin"


def test_five_wrong_pins_lock_it_for_a_quarter_of_an_hour(branch: Branch, guemes: Client) -> None:
    juan, start = make_nominee(guemes, pin="4711"), clock.now()
    for _each in range(5):
        assert not transaction.run(nominees.try_pin, guemes.id, juan.id, "0815", start)
    with pytest.raises(errors.PinLocked):
        transaction.run(nominees.try_pin, guemes.id, juan.id, "4711", start + timedelta(minutes=14))
    assert transaction.run(nominees.try_pin, guemes.id, juan.id, "4711", start + timedelta(minutes=15))


@pytest.mark.parametrize("pin", ["123", "123456789", "1111", "12a4", "１２３４"])
def test_a_pin_that_anybody_guesses_is_none(branch: Branch, guemes: Client, pin: str) -> None:
    with pytest.raises(errors.PinMalformed):
        make_nominee(guemes, pin=pin)


def test_anothers_mail_is_not_handed_over_with_ones_own(branch: Branch, guemes: Client, nunez: Client) -> None:
    mine, other = make_item(branch, "Güemes"), make_item(branch, "Núñez y Asociados")
    with pytest.raises(errors.NotHere):
        hand(branch, guemes, [mine, other], taken_by="Laura Güemes")


def test_a_hand_over_is_taken_back_for_five_minutes_with_its_storage(branch: Branch, guemes: Client) -> None:
    make_policy(branch, fee_per_day=1_000, free_days=0)
    item = make_item(branch, "Güemes")
    asked = make_request(item)
    handover = hand(branch, guemes, [item], taken_by="Laura Güemes")
    assert [each.unit_price for each in charges()] == [1_000]
    unit(service.undo_handover, branch, handover.id, MARIANA, clock.now() + timedelta(minutes=5))
    assert again(item).state == "received"
    assert not charges()
    assert db.session.get_one(MailRequest, asked.id, populate_existing=True).state == "asked"
    second = hand(branch, guemes, [item], taken_by="Laura Güemes")
    assert [each.quantity_milli for each in charges()] == [1_000]
    with pytest.raises(errors.TooLate):
        unit(service.undo_handover, branch, second.id, MARIANA, clock.now() + timedelta(minutes=5, seconds=1))


def test_what_was_handed_over_does_not_come_back_beside_a_new_one_of_its_number(branch: Branch, guemes: Client) -> None:
    handover = hand(branch, guemes, [make_item(branch, "Güemes", tracking="T1")], taken_by="Laura Güemes")
    make_item(branch, "Güemes", tracking="T1")
    with pytest.raises(errors.AlreadyHere):
        unit(service.undo_handover, branch, handover.id, MARIANA, clock.now())


def test_who_took_what_is_never_rewritten(branch: Branch, guemes: Client) -> None:
    handover = hand(branch, guemes, [make_item(branch, "Güemes")], taken_by="Laura Güemes")
    for statement in (sa.update(MailHandover).values(taken_by="Nadie"), sa.delete(MailHandover)):
        with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
            db.session.execute(statement.where(MailHandover.id == handover.id))


def test_a_piece_goes_back_to_its_sender_and_a_slip_is_taken_back(branch: Branch, guemes: Client) -> None:
    make_policy(branch, fee_per_day=1_000, free_days=0)
    item = make_item(branch, "Güemes")
    unit(service.return_to_sender, branch, item.id, "Nadie lo recogió", MARIANA, clock.now())
    assert again(item).state == "returned"
    assert len(charges()) == 1
    unit(service.undo_return, branch, item.id, MARIANA, clock.now())
    assert again(item).state == "received"
    assert not charges()


# ---- storage

def test_days_beyond_the_free_ones_are_a_charge_and_a_month_is_charged_at_its_end(branch: Branch, guemes: Client) -> None:
    make_policy(branch, fee_per_day=1_500, free_days=7)
    item = make_item(branch, "Güemes", carrier="DHL", tracking="77")
    for _twice in range(2):
        with clock.fixed_at(at(1, month=1, year=2027)):
            jobs.daily(branch.id)
    [month] = charges()
    assert (month.quantity_milli, month.unit_price, month.charged_on) == (24_000, 1_500, date(2026, 12, 31))
    assert "DHL 77" in month.description
    with clock.fixed_at(at(3, month=1, year=2027)):
        hand(branch, guemes, [item], taken_by="Laura Güemes")
    assert [each.quantity_milli for each in charges()] == [24_000, 3_000]


def test_storage_that_was_waived_is_not_asked_for_again(branch: Branch, guemes: Client) -> None:
    make_policy(branch, fee_per_day=1_500, free_days=7)
    item = make_item(branch, "Güemes")
    with clock.fixed_at(at(1, month=1, year=2027)):
        jobs.daily(branch.id)
    [december] = charges()
    unit(lambda _branch: charging.drop_charge(december, MARIANA, clock.now()), branch)
    with clock.fixed_at(at(3, month=1, year=2027)):
        hand(branch, guemes, [item], taken_by="Laura Güemes")
    assert [each.quantity_milli for each in charges()] == [3_000], "January alone"


def test_what_many_pieces_cost_takes_as_many_statements_as_what_one_costs(branch: Branch, guemes: Client) -> None:
    make_policy(branch, fee_per_day=1_500, free_days=0)
    pieces, asked = [make_item(branch, "Güemes") for _ in range(8)], []
    for some in ([again(pieces[0])], [again(each) for each in pieces]):
        assert branch.timezone == "America/Mexico_City", "read before it is counted"
        with counted_statements() as seen:
            assert set(storing.days_due(branch, some, date(2026, 12, 2)).values()) == {2}
        asked.append(len(seen))
    assert asked[0] == asked[1] <= 4


def test_storage_and_scans_stand_on_the_next_draft_by_name(branch: Branch, guemes: Client) -> None:
    make_contract(guemes)
    make_policy(branch, fee_per_day=1_500, free_days=7, price_scan=2_500)
    item = make_item(branch, "Güemes", kind="letter", sender="BBVA")
    scan = keeping.KeptFile("cd" * 32, "carta.pdf", "application/pdf")
    unit(service.complete, branch, make_request(item, "scan", 2_500).id, "", MARIANA, clock.now(), scan=scan)
    with clock.fixed_at(at(10)):
        hand(branch, guemes, [item], taken_by="Laura Güemes")
    cycle.draft_period(branch.id, "2027-01", MARIANA, at(1, month=1, year=2027))
    query = sa.select(InvoiceLine).where(InvoiceLine.charge_id.is_not(None)).order_by(InvoiceLine.id)
    lines = db.session.scalars(query).all()
    assert [(line.subtotal, "BBVA" in line.description) for line in lines] == [(2_500, True), (4_500, True)]
    assert not any(each.billed is False for each in charges())


def test_what_leaves_in_its_free_days_costs_nothing(branch: Branch, guemes: Client) -> None:
    make_policy(branch, fee_per_day=1_500, free_days=7)
    item = make_item(branch, "Güemes")
    with clock.fixed_at(at(7)):
        hand(branch, guemes, [item], taken_by="Laura Güemes")
    assert not charges()


# ---- what clients ask

def test_a_scan_is_delivered_as_a_file_and_charged_once(branch: Branch, guemes: Client) -> None:
    make_policy(branch, price_scan=2_500)
    item = make_item(branch, "Güemes", kind="letter", sender="BBVA")
    request = make_request(item, "scan", 2_500)
    assert not charges(), "nothing is charged before it is done"
    with pytest.raises(errors.FileMissing):
        unit(service.complete, branch, request.id, "", MARIANA, clock.now())
    scan = keeping.KeptFile("cd" * 32, "carta.pdf", "application/pdf")
    unit(service.complete, branch, request.id, "", MARIANA, clock.now(), scan=scan)
    [charge] = charges()
    assert (charge.unit_price, charge.origin) == (2_500, f"mail-request:{request.id}")
    assert again(item).state == "scanned"
    assert [each.context["request_state"] for each in notices("mail_request")] == ["done"]
    with pytest.raises(errors.AnsweredAlready):
        unit(service.complete, branch, request.id, "", MARIANA, clock.now(), scan=scan)


@pytest.mark.parametrize(("kind", "state"), [("forward", "forwarded"), ("destroy", "destroyed")])
def test_what_is_sent_on_or_destroyed_is_gone_and_charged_with_its_storage(
        branch: Branch, guemes: Client, kind: str, state: str) -> None:
    make_policy(branch, fee_per_day=1_000, free_days=0, price_forward=9_900, price_destroy=500)
    item = make_item(branch, "Güemes")
    request = make_request(item, kind, {"forward": 9_900, "destroy": 500}[kind])
    unit(service.complete, branch, request.id, "Guía 123", MARIANA, clock.now())
    assert again(item).state == state
    assert len(charges()) == 2
    with pytest.raises(errors.NotHere):
        make_request(item, "scan")


@pytest.mark.parametrize(("kind", "state"), [("forward", "forwarded"), ("destroy", "destroyed"), ("scan", "scanned")])
def test_what_was_noted_of_the_wrong_piece_is_taken_back_for_five_minutes(
        branch: Branch, guemes: Client, kind: str, state: str) -> None:
    make_policy(branch, fee_per_day=1_000, free_days=0, **{f"price_{kind}": 5_000})
    item = make_item(branch, "Güemes")
    request = make_request(item, kind, 5_000)
    scan = keeping.KeptFile("cd" * 32, "carta.pdf", "application/pdf")
    unit(service.complete, branch, request.id, "", MARIANA, clock.now(), scan=scan)
    [told] = notices("mail_request")
    unit(service.undo_completion, branch, request.id, MARIANA, clock.now() + timedelta(minutes=5))
    waiting = db.session.get_one(MailRequest, request.id, populate_existing=True)
    assert (waiting.state, waiting.file_sha256, again(item).state, again(item).is_here) == ("asked", None, "received", True)
    assert again(item).remind_at is not None
    assert not charges()
    assert registry.still_true("mail_request", [told.id]) == set(), "a mail that has not left says nothing wrong"
    with clock.fixed_at(clock.now() + timedelta(minutes=6)):
        unit(service.complete, branch, request.id, "", MARIANA, clock.now(), scan=scan)
        later = notices("mail_request")[-1]
        assert registry.still_true("mail_request", [told.id, later.id]) == {later.id}
        assert again(item).state == state
        assert [each.unit_price for each in charges()] == ([5_000] if kind == "scan" else [1_000, 5_000])
        with pytest.raises(errors.TooLate):
            unit(service.undo_completion, branch, request.id, MARIANA, clock.now() + timedelta(minutes=5, seconds=1))


def test_a_scan_of_what_was_handed_over_since_is_not_taken_back(branch: Branch, guemes: Client) -> None:
    item = make_item(branch, "Güemes")
    request = make_request(item, "scan")
    unit(service.complete, branch, request.id, "", MARIANA, clock.now(),
         scan=keeping.KeptFile("cd" * 32, "carta.pdf", "application/pdf"))
    hand(branch, guemes, [item], taken_by="Laura Güemes")
    with pytest.raises(errors.NotHere):
        unit(service.undo_completion, branch, request.id, MARIANA, clock.now())


def test_keeping_is_granted_at_once_and_its_days_cost_no_storage(branch: Branch, guemes: Client) -> None:
    make_policy(branch, fee_per_day=1_000, free_days=3, price_hold=5_000)
    item = make_item(branch, "Güemes")
    announce(branch)
    request = make_request(item, "hold", 5_000, until=date(2026, 12, 20))
    assert (request.state, again(item).state) == ("done", "held")
    assert [each.unit_price for each in charges()] == [5_000]
    with clock.fixed_at(at(20)):
        schedule.tick(clock.now())
    assert not notices("mail_reminder"), "the client knows"
    with clock.fixed_at(at(21)):
        schedule.tick(clock.now() + timedelta(hours=2))
        assert len(notices("mail_reminder")) == 1
        assert again(item).state == "notified"
        hand(branch, guemes, [item], taken_by="Laura Güemes")
    assert [each.quantity_milli for each in charges()] == [1_000, 1_000]


def test_requests_are_refused_with_their_reason(branch: Branch, guemes: Client, nunez: Client) -> None:
    make_policy(branch, price_scan=100, hold_days=10)
    item = make_item(branch, "Güemes")
    for wish, refusal in (
            ({"kind": "scan", "price": 0}, errors.PriceChanged), ({"kind": "burn"}, errors.UnknownKind),
            ({"kind": "forward", "address": "aquí"}, errors.AddressMissing),
            ({"kind": "hold", "until": date(2026, 12, 12)}, errors.HoldTooLong),
            ({"kind": "hold", "until": date(2026, 12, 1)}, errors.HoldTooLong),
            ({"kind": "destroy", "confirmed": False}, errors.NotConfirmed)):
        with pytest.raises(refusal):
            make_request(item, **wish)
    make_request(item, "scan", 100)
    with pytest.raises(errors.AskedAlready):
        make_request(item, "destroy")
    foreign = service.Wish(request_key=key(), kind="scan", price=100)
    with pytest.raises(errors.NoSuchItem):
        unit(service.ask, branch, nunez.id, item.id, foreign, LAURA, clock.now())


def test_a_request_is_withdrawn_by_the_client_by_a_no_or_as_the_piece_leaves(branch: Branch, guemes: Client) -> None:
    item = make_item(branch, "Güemes")
    unit(service.withdraw, branch, guemes.id, make_request(item).id, LAURA, clock.now())
    unit(service.refuse, branch, make_request(item).id, "Es un paquete cerrado", MARIANA, clock.now())
    assert notices("mail_request")[0].context["answer"] == "Es un paquete cerrado"
    last = make_request(item)
    hand(branch, guemes, [item], taken_by="Laura Güemes")
    assert db.session.get_one(MailRequest, last.id, populate_existing=True).state == "withdrawn"
    assert not charges()


def test_what_was_asked_of_a_piece_ends_when_it_turns_out_to_be_another_clients(
        branch: Branch, guemes: Client, nunez: Client) -> None:
    pieces = [make_item(branch, "Güemes") for _each in range(3)]
    asked = [make_request(each).id for each in pieces]
    unit(service.assign, branch, pieces[0].id, nunez.id, MARIANA, clock.now())
    unit(service.unassign, branch, pieces[1].id, MARIANA, clock.now())
    unit(service.undo_item, branch, pieces[2].id, MARIANA, clock.now())
    states = [db.session.get_one(MailRequest, each, populate_existing=True).state for each in asked]
    assert states == ["withdrawn"] * 3


# ---- calls

def test_a_call_is_logged_and_its_message_goes_to_the_person_it_is_for(branch: Branch, guemes: Client) -> None:
    laura = guemes.contacts[0]
    call = service.Call(request_key=key(), kind="call", caller="Ana <b>Núñez", phone="55 9999 0000",
                        note="Que le llame\nhoy {pay_link}", contact_id=laura.id)
    item = unit(service.log_call, branch, guemes.id, call, MARIANA, clock.now())
    assert not item.is_here
    [told] = notices("call_message")
    assert registry.values("call_message", [told.id])[told.id]["call_message"] == "Que le llame\nhoy {pay_link}"
    assert "Núñez" not in str(told.context), "who called is asked for as it is sent"
    assert db.session.scalars(sa.select(Delivery.recipients)).one() == ["laura@guemes.mx"]
    assert unit(service.log_call, branch, guemes.id, call, MARIANA, clock.now()).id == item.id


def test_a_call_that_was_put_through_is_logged_and_nobody_is_written_to(branch: Branch, guemes: Client) -> None:
    call = service.Call(request_key=key(), kind="call", caller="Ana", phone="", note="", passed=True)
    unit(service.log_call, branch, guemes.id, call, MARIANA, clock.now())
    assert not notices("call_message")
    with pytest.raises(errors.MessageMissing):
        unit(service.log_call, branch, guemes.id, service.Call(
            request_key=key(), kind="message", caller="Ana", phone="", note=" "), MARIANA, clock.now())


# ---- what is kept

def test_photos_of_what_left_long_ago_are_forgotten_and_the_row_stays(branch: Branch, guemes: Client) -> None:
    make_policy(branch, photo_days=30)
    item, here = make_item(branch, "Güemes", photo_sha256="ef" * 32), make_item(branch, "Güemes", photo_sha256="ef" * 32)
    hand(branch, guemes, [item], taken_by="Laura Güemes")
    with clock.fixed_at(clock.now() + timedelta(days=31)):
        jobs.daily(branch.id)
    assert (again(item).photo_sha256, again(here).photo_sha256) == (None, "ef" * 32)


def test_no_verb_reaches_into_another_branch(branch: Branch, guemes: Client) -> None:
    tijuana, item = make_branch("TIJ"), make_item(branch, "Güemes")
    other = make_client(tijuana, "Importadora")
    for verb, args in ((service.assign, (item.id, other.id)), (service.undo_item, (item.id,)),
                       (service.return_to_sender, (item.id, "x")), (service.undo_return, (item.id,))):
        with pytest.raises(errors.NoSuchItem):
            unit(verb, tijuana, *args, MARIANA, clock.now())
