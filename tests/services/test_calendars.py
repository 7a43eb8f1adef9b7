"""Calendars as other programs read them: the same wall times across clock changes, moves and cancellations."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import icalendar
import pytest
import sqlalchemy as sa

from fastoffice import clock
from fastoffice.bookings import calendars, service
from fastoffice.bookings.queries import feeds as reading
from fastoffice.bookings.rules.recurrence import Recurrence
from fastoffice.bookings.service import changing, feeds
from fastoffice.documents.files import files
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from tests.factories.money import MARIANA, at, within
from tests.factories.people import make_branch
from tests.factories.rooms import book, do, make_room, wall, wish

OCTOBER = at(1, month=10)


@pytest.fixture(params=["TIJ", "PLC"])
def branch(request, app):
    return make_branch(request.param)


def opened(branch, **owner):
    return within(branch, OCTOBER, lambda row: feeds.open_feed(row, MARIANA, OCTOBER, **owner))


def read(branch, token, now=OCTOBER):
    given = reading.subscription(feeds.by_token(token))
    return icalendar.Calendar.from_ical(calendars.feed(
        "Sala", reading.of_feed(given, now), branch.timezone, may_read=given.may_read))


def events(calendar):
    return {str(each["uid"]): each for each in calendar.walk("VEVENT")}


def walls(calendar) -> list[datetime]:
    return sorted(each["dtstart"].dt.replace(tzinfo=None) for each in calendar.walk("VEVENT"))


def test_wall_times_stay_across_both_clock_changes(branch) -> None:
    room = make_room(branch)
    token = opened(branch, resource_id=room.id)
    with clock.fixed_at(OCTOBER):
        for first in (wall(27, 9, month=10), wall(9, 9, month=3, year=2027)):
            within(branch, OCTOBER, lambda row, first=first: service.book_series(
                row, wish(room, first, first.replace(hour=10)), Recurrence("weekly", count=2), MARIANA, OCTOBER))
    found = read(branch, token)
    assert {moment.hour for moment in walls(found)} == {9}
    zones = [str(each["tzid"]) for each in found.walk("VTIMEZONE")]
    assert zones == [branch.timezone]
    again = icalendar.Calendar.from_ical(found.to_ical())
    assert walls(again) == walls(found)


def test_a_move_and_a_cancellation_keep_the_uid_and_raise_the_sequence(branch) -> None:
    room = make_room(branch)
    token = opened(branch, resource_id=room.id)
    made = book(branch, wish(room, wall(3, 9), wall(3, 10)), OCTOBER)
    [before] = events(read(branch, token)).values()
    do(branch, at(2, month=10), lambda row, found, actor, now: changing.change(
        row, found, replace(service.wish_of(found), starts=wall(3, 11), ends=wall(3, 12)), actor, now), made)
    moved = events(read(branch, token))[str(before["uid"])]
    assert (moved["sequence"], moved["dtstart"].dt.hour) == (before["sequence"] + 1, 11)
    do(branch, at(3, month=10), changing.cancel, made)
    gone = events(read(branch, token))[str(before["uid"])]
    assert (str(gone["status"]), gone["sequence"]) == ("CANCELLED", moved["sequence"] + 1)


def test_a_private_title_is_nobodys_business_and_the_address_ends_with_the_next(branch) -> None:
    room = make_room(branch)
    token = opened(branch, resource_id=room.id)
    book(branch, wish(room, wall(3, 9), wall(3, 10), title="Fusión", private=True), OCTOBER)
    assert b"Fusi" not in read(branch, token).to_ical()
    opened(branch, resource_id=room.id)
    assert feeds.by_token(token) is None


def test_free_busy_says_when_and_nothing_else(branch) -> None:
    room = make_room(branch)
    token = opened(branch, resource_id=room.id)
    book(branch, wish(room, wall(3, 9), wall(3, 10), title="Fusión"), OCTOBER)
    rows = reading.of_feed(reading.subscription(feeds.by_token(token)), OCTOBER)
    text = calendars.free_busy("room-1", rows, OCTOBER, at(31))
    assert b"Fusi" not in text
    [busy] = icalendar.Calendar.from_ical(text).walk("VFREEBUSY")
    assert busy["freebusy"] is not None


def test_an_invitation_asks_and_a_cancellation_takes_back(branch) -> None:
    room = make_room(branch)
    made = book(branch, wish(room, wall(3, 9), wall(3, 10), title="Comité", attendees=("ana@x.mx",),
                             organiser_email="laura@guemes.mx"), OCTOBER)
    asked = icalendar.Calendar.from_ical(calendars.invitation([reading.of_booking(made.id)], "sala@x.mx"))
    assert str(asked["method"]) == "REQUEST"
    do(branch, at(2, month=10), changing.cancel, made)
    taken = icalendar.Calendar.from_ical(calendars.invitation([reading.of_booking(made.id)], "sala@x.mx"))
    assert (str(taken["method"]), str(taken.walk("VEVENT")[0]["uid"])) == ("CANCEL", made.uid)


def test_who_meets_gets_the_meeting_by_mail_and_a_series_in_one_message(branch) -> None:
    room = make_room(branch)
    meet = wish(room, wall(3, 9), wall(3, 10), attendees=("ana@x.mx", "eva@x.mx"), organiser_email="laura@guemes.mx")
    made = book(branch, meet, OCTOBER)
    do(branch, at(2, month=10), changing.cancel, made)
    within(branch, OCTOBER, lambda row: service.book_series(
        row, replace(meet, starts=wall(4, 9), ends=wall(4, 10)), Recurrence("daily", count=1), MARIANA, OCTOBER))
    kinds = [row.kind for row in db.session.scalars(sa.select(Notice).order_by(Notice.id))]
    assert kinds == ["room_booked", "room_cancelled", "room_booked"]
    kept = db.session.scalars(sa.select(Document).order_by(Document.id)).all()
    assert [row.media_type.split(";")[1].strip() for row in kept] == ["method=REQUEST", "method=CANCEL", "method=REQUEST"]
    text = files().get(kept[0].sha256)
    assert {str(each) for each in icalendar.Calendar.from_ical(text).walk("VEVENT")[0]["attendee"]} == {
        "MAILTO:ana@x.mx", "MAILTO:eva@x.mx", "MAILTO:laura@guemes.mx"}


def test_who_is_no_longer_invited_has_it_cancelled_and_the_others_meet(branch) -> None:
    room = make_room(branch)
    made = book(branch, wish(room, wall(3, 9), wall(3, 10), attendees=("ana@x.mx", "eva@x.mx")), OCTOBER)
    do(branch, at(2, month=10), lambda row, found, actor, now: changing.change(
        row, found, replace(service.wish_of(found), attendees=("eva@x.mx",)), actor, now), made)
    changed, gone = db.session.scalars(sa.select(Notice).order_by(Notice.id)).all()[1:]
    assert (changed.kind, gone.kind) == ("room_changed", "room_cancelled")
    papers = {row.kind: icalendar.Calendar.from_ical(files().get(row.sha256)) for row in db.session.scalars(
        sa.select(Document))}
    assert (str(papers["ics.1"]["method"]), str(papers["ics.1.gone"]["method"])) == ("REQUEST", "CANCEL")
    event = papers["ics.1.gone"].walk("VEVENT")[0]
    assert (str(event["attendee"]), str(event["status"]), str(event["uid"])) == ("MAILTO:ana@x.mx", "CANCELLED", made.uid)
