"""Mail servers refuse, hang, lie and vanish. Every mail is sent or visibly failed; a copy too many is one at most."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import leases, transaction
from fastoffice.extensions import db
from fastoffice.notifications import rules, sending
from fastoffice.notifications.models import Delivery, DeliveryAttempt
from fastoffice.notifications.transport import Mail
from tests.doubles import outbox as box
from tests.doubles.outbox import later, owe, send, spec
from tests.doubles.smtp_server import Plan, SmtpPeer

THREE = ["laura@guemes.mx", "gone@guemes.mx", "pago@guemes.mx"]


@pytest.fixture(params=[False, True], ids=["one-by-one", "pipelining"])
def peer(app: Flask, request: pytest.FixtureRequest) -> Iterator[SmtpPeer]:
    with SmtpPeer(timeout=0.3, pipelining=request.param) as peer, box.mail_server(app, peer.url), box.kind_with():
        yield peer


def outcomes() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(DeliveryAttempt.outcome).order_by(DeliveryAttempt.id)))


# What the server says before it takes anything


def test_a_server_that_is_down_keeps_mails_queued_and_says_so(peer: SmtpPeer) -> None:
    peer.refuse()
    box.owe_many(30)
    assert send().sent == 0
    assert {d.state for d in box.deliveries()} == {"queued"}
    assert all(d.error.startswith("unreachable:") for d in box.deliveries())
    assert sum(d.attempts for d in box.deliveries()) == 1  # one knock, not thirty
    peer.listen()
    assert send(later(minutes=2)).sent == 30
    assert len(set(peer.ids())) == len(peer.messages) == 30


def test_a_server_that_greets_with_421_is_asked_again_later(peer: SmtpPeer) -> None:
    peer.greeting = (421, "too busy")
    owe(spec())
    send()
    assert box.delivery().state == "queued"
    assert "421" in box.delivery().error
    peer.greeting = (220, "back")
    assert send(later(minutes=2)).sent == 1


@pytest.mark.parametrize("plan", [
    Plan(mail=(421, "closing")), Plan(mail=(451, "local error")), Plan(mail=(452, "no room")),
    Plan(rcpt={"*": (421, "closing")}), Plan(rcpt={"*": (451, "greylisted")}), Plan(rcpt={"*": (452, "no room")}),
    Plan(data=(421, "closing")), Plan(data=(451, "local error")), Plan(after_dot=(452, "no room")),
], ids=str)
def test_a_passing_refusal_is_tried_again_with_the_same_message(peer: SmtpPeer, plan: Plan) -> None:
    owe(spec())
    peer.plan(plan)
    assert send().postponed == 1
    first = box.delivery()
    assert (first.state, first.attempts) == ("queued", 1)
    frozen = first.frozen_sha256
    assert send(later(seconds=30)).sent == 0  # not before its time
    assert send(later(minutes=1, seconds=5)).sent == 1
    assert box.delivery().frozen_sha256 == frozen
    assert peer.ids() == [box.delivery().message_id]
    assert outcomes() == ["later", "sent"]


def test_waits_grow_to_an_hour_and_end_after_three_days(peer: SmtpPeer) -> None:
    peer.plan(*[Plan(mail=(451, "not now"))] * 200)
    owe(spec())
    waits, moment = [], box.NOW
    while box.delivery().state == "queued":
        send(moment)
        waits.append(box.delivery().next_attempt_at - moment)
        moment = box.delivery().next_attempt_at + timedelta(seconds=1)
    assert [round(w / timedelta(minutes=1)) for w in waits[:8]] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert box.delivery().state == "failed"
    assert box.delivery().error.startswith("gave_up: later: 451")
    assert timedelta(days=3) <= moment - box.NOW <= timedelta(days=3, hours=2)


@pytest.mark.parametrize("plan", [
    Plan(rcpt={"*": (550, "no such user")}), Plan(data=(554, "no")), Plan(after_dot=(550, "spam")),
    Plan(mail=(552, "too big")),
], ids=str)
def test_a_permanent_refusal_fails_once_and_shows_the_servers_words(peer: SmtpPeer, plan: Plan) -> None:
    owe(spec())
    peer.plan(plan)
    assert send().failed == 1
    words = (plan.data or plan.after_dot or plan.mail or (0, "no such user"))[1]
    assert box.delivery().state == "failed"
    assert words in box.delivery().error
    assert send(later(days=1)).sent == 0


def test_a_fault_of_our_own_account_fails_nobodys_mail_for_good(peer: SmtpPeer) -> None:
    peer.plan(Plan(mail=(530, "authentication required")))
    owe(spec())
    send()
    assert (box.delivery().state, box.delivery().error) == ("queued", "sender: 530 authentication required")


# One of three


def test_550_for_one_of_three_sends_to_the_others(peer: SmtpPeer) -> None:
    owe(spec(emails=THREE))
    peer.plan(Plan(rcpt={"gone@guemes.mx": (550, "no such user")}))
    assert send().sent == 1
    assert peer.messages[0].recipients == ("laura@guemes.mx", "pago@guemes.mx")
    assert box.delivery().refused == {"gone@guemes.mx": "refused: 550 no such user"}
    assert box.delivery().error == "refused_some: gone@guemes.mx"
    assert send(later(days=1)).sent == 0


def test_451_for_one_of_three_is_tried_again_for_that_one_only(peer: SmtpPeer) -> None:
    owe(spec(emails=THREE))
    peer.plan(Plan(rcpt={"gone@guemes.mx": (451, "greylisted")}))
    send()
    assert (box.delivery().state, box.delivery().accepted) == ("queued", ["laura@guemes.mx", "pago@guemes.mx"])
    send(later(minutes=2))
    assert [received.recipients for received in peer.messages] == [
        ("laura@guemes.mx", "pago@guemes.mx"), ("gone@guemes.mx",)]
    assert box.delivery().state == "sent"
    assert outcomes() == ["partly", "sent"]


def test_421_at_the_second_of_three_forgets_nobody(peer: SmtpPeer) -> None:
    owe(spec(emails=THREE))
    peer.plan(Plan(rcpt={"gone@guemes.mx": (421, "closing")}))
    send()
    send(later(minutes=2))
    assert box.addresses(peer.messages) == sorted(THREE)


# After the message was handed over


def test_a_server_that_hangs_after_data_times_out_and_the_rest_goes_on(peer: SmtpPeer) -> None:
    box.owe_many(3)
    peer.plan(Plan(hang_after_data=True, kept=False))
    assert send().sent == 2
    assert sorted(d.state for d in box.deliveries()) == ["queued", "sent", "sent"]
    assert send(later(minutes=2)).sent == 1
    assert len(set(peer.ids())) == len(peer.messages) == 3


def test_two_hangs_in_a_row_end_the_run_and_give_the_rest_back(peer: SmtpPeer) -> None:
    box.owe_many(20)
    peer.plan(*[Plan(hang_after_data=True, kept=False)] * 2)
    assert send().sent == 0
    assert sorted(d.attempts for d in box.deliveries()) == [0] * 18 + [1] * 2
    assert {d.state for d in box.deliveries()} == {"queued"}


def test_dropped_after_the_final_dot_is_one_copy_more_at_most_and_visible(peer: SmtpPeer) -> None:
    owe(spec())
    peer.plan(Plan(drop_after_dot=True))
    send()
    assert box.delivery().state == "queued"
    send(later(minutes=2))
    assert peer.ids() == [box.delivery().message_id] * 2
    assert peer.messages[0].data == peer.messages[1].data
    assert (box.delivery().state, box.delivery().attempts) == ("sent", 2)


def test_a_connection_dropped_between_two_mails_is_opened_again(peer: SmtpPeer) -> None:
    box.owe_many(4)
    peer.plan(Plan(), Plan(drop_after_dot=True, kept=False))
    assert send().sent == 3
    assert peer.connections == 2


# A sender that dies


class Death(BaseException):
    """What kill -9 looks like from inside a test."""


def dies_at(monkeypatch: pytest.MonkeyPatch, name: str, after: int = 0) -> None:
    """The sender dies at its `after`+1st call of sending.`name`; so does what it would do on the way out."""
    original, calls = getattr(sending, name), []

    def deadly(*args: object, **kwargs: object) -> object:
        calls.append(1)
        if len(calls) > after:
            raise Death
        return original(*args, **kwargs)

    monkeypatch.setattr(sending, name, deadly)


@pytest.mark.parametrize("line", ["freeze", "_check", "_send_one", "_mark", "_row", "_write"])
def test_killed_anywhere_every_mail_arrives_and_at_most_twice(
    peer: SmtpPeer, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    box.owe_many(15)
    with monkeypatch.context() as patch:
        dies_at(patch, line)
        with pytest.raises(Death):
            send()
    assert send(later(minutes=5)).sent in range(15)  # the dead sender's lease still runs
    send(later(minutes=11))
    send(later(minutes=22))
    ids = peer.ids()
    assert len(set(ids)) == 15
    assert all(ids.count(one) <= 2 for one in ids)
    assert {d.state for d in box.deliveries()} == {"sent"}
    assert all(d.attempts == 2 for d in box.deliveries() if ids.count(d.message_id) == 2)


def test_a_copy_too_many_is_marked_as_interrupted(peer: SmtpPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    owe(spec())
    with monkeypatch.context() as patch:
        dies_at(patch, "_write")
        with pytest.raises(Death):
            send()
    send(later(minutes=11))
    assert peer.ids() == [box.delivery().message_id] * 2
    assert outcomes() == ["interrupted", "sent"]


def test_a_sender_that_overslept_its_lease_marks_nothing(peer: SmtpPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    owe(spec())
    original = sending._write

    def overslept(rows: list[dict[str, object]], attempts: list[dict[str, object]]) -> None:
        db.session.execute(sa.update(Delivery).values(fence=Delivery.fence + 1))  # somebody else took it
        original(rows, attempts)

    monkeypatch.setattr(sending, "_write", overslept)
    send()
    assert box.delivery().state == "sending"


def test_without_the_fence_the_overslept_sender_would_have_marked_it(
    peer: SmtpPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin of the test above: the same write, its fence taken away."""
    owe(spec())

    def fenceless(model: object, busy: str, held: list[leases.Lease], values: dict[str, object]) -> int:
        db.session.execute(sa.update(Delivery).where(Delivery.id.in_([lease.id for lease in held])).values(values))
        return len(held)

    original = sending._write

    def overslept(rows: list[dict[str, object]], attempts: list[dict[str, object]]) -> None:
        db.session.execute(sa.update(Delivery).values(fence=Delivery.fence + 1))
        original(rows, attempts)

    monkeypatch.setattr(leases, "finish_alike", fenceless)
    monkeypatch.setattr(sending, "_write", overslept)
    send()
    assert box.delivery().state == "sent"


def test_a_changed_template_does_not_change_a_message_that_may_have_arrived(
    peer: SmtpPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(spec())
    peer.plan(Plan(drop_after_dot=True))
    send()
    monkeypatch.setattr("fastoffice.notifications.freezing.compose", lambda *a: b"Subject: another\r\n\r\nx\r\n")
    send(later(minutes=2))
    assert peer.messages[0].data == peer.messages[1].data


def test_a_sender_killed_before_the_file_was_stored_leaves_no_file_without_a_row(
    peer: SmtpPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(spec())

    def full(*_args: object) -> None:
        raise Death

    with monkeypatch.context() as patch:
        patch.setattr("fastoffice.documents.storage.Storage.put", full)
        with pytest.raises(Death):
            send()
    assert box.delivery().frozen_sha256 is not None
    assert not box.files().exists(box.delivery().frozen_sha256 or "")
    assert send(later(minutes=11)).sent == 1
    assert box.files().exists(box.delivery().frozen_sha256 or "")


# Two senders at once


@pytest.fixture
def two_senders(committed_app: Flask) -> Iterator[tuple[Flask, SmtpPeer]]:
    with SmtpPeer(timeout=5, pipelining=True) as peer, box.mail_server(committed_app, peer.url), box.kind_with():
        yield committed_app, peer


def test_six_senders_at_once_send_each_mail_once(two_senders: tuple[Flask, SmtpPeer]) -> None:
    app, peer = two_senders
    box.owe_many(120)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            with app.app_context():
                send()
                db.session.remove()
        except BaseException as error:  # noqa: BLE001  a thread has nobody else to tell
            errors.append(error)

    db.session.remove()
    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(peer.messages) == len(set(peer.ids())) == 120
    assert {d.state for d in box.deliveries()} == {"sent"}


def test_without_leases_two_senders_would_send_twice(
    two_senders: tuple[Flask, SmtpPeer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: leasing that takes nothing lets the second run send the first one's mails."""
    _app, peer = two_senders
    box.owe_many(3)
    monkeypatch.setattr(leases, "take", lambda model, rows, **_: [leases.Lease(r.id, r.fence + 1) for r in rows])
    monkeypatch.setattr(sending, "BATCH", 3)
    send(limit=3)
    send(limit=3)
    assert len(peer.messages) == 6


# What a server's words mean


def test_outcomes_name_every_address_exactly_once() -> None:
    error = smtplib.SMTPRecipientsRefused({"a@x.mx": (550, b"no"), "b@x.mx": (451, b"later")})
    outcome = rules.outcome_of_error(["a@x.mx", "b@x.mx", "c@x.mx"], error)
    assert set(outcome.refused) == {"a@x.mx"}
    assert set(outcome.postponed) == {"b@x.mx", "c@x.mx"}


def test_a_folder_write_never_shows_half_a_file(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from fastoffice.notifications.transport import FolderTransport

    folder = FolderTransport(app.config["SETTINGS"].instance / "half")

    def dies(*_args: object) -> None:
        raise Death

    monkeypatch.setattr("os.replace", dies)
    with pytest.raises(Death):
        folder.send(Mail("a@x.mx", ["b@x.mx"], b"bytes", "<1@x.mx>"))
    assert list(folder.folder.glob("*.eml")) == []


def test_a_run_is_one_unit_after_another_and_holds_none_while_sending(peer: SmtpPeer) -> None:
    owe(spec())
    seen: list[bool] = []
    transport = sending.from_settings()
    original = transport.send
    transport.send = lambda mail: seen.append(db.session().in_transaction()) or original(mail)  # type: ignore[method-assign]
    send(transport=transport)
    assert seen == [False]
    assert transaction.run(lambda: True)
