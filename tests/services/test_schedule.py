"""One tick does all that is due, once, whatever fails on the way."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner

from fastoffice import schedule, work_queue
from fastoffice.extensions import rq
from fastoffice.processes import pulse
from fastoffice.processes.ticker import seconds_to_next_minute
from fastoffice.schedule import Duty
from fastoffice.units import Unit
from tests.factories.people import make_branch

NOON = datetime(2026, 12, 1, 18, tzinfo=UTC)
HERE = "tests.services.test_schedule"
calls: list[Any] = []
waiting: list[Unit] = []


def note(*args: Any) -> None:
    calls.append(args)


def breaks(*args: Any) -> None:
    raise ArithmeticError("this branch's books do not add up")


def drafts_then_issue(now: datetime) -> list[Unit]:
    """What becomes due when the step before it was done."""
    return [Unit(f"{HERE}.note", ("draft",))] if ("draft",) not in calls else [Unit(f"{HERE}.note", ("issue",))]


def cannot_say(now: datetime) -> list[Unit]:
    raise LookupError("no such branch")


@pytest.fixture(autouse=True)
def nothing_called() -> None:
    calls.clear()


def duties(monkeypatch: Any, *found: Duty) -> None:
    monkeypatch.setattr(schedule, "DUTIES", found)


def test_a_step_that_makes_the_next_one_due_is_followed_by_it(app: Flask, monkeypatch: Any) -> None:
    duties(monkeypatch, Duty("billing", due=f"{HERE}.drafts_then_issue"))
    assert not schedule.tick(NOON).failed
    assert calls == [("draft",), ("issue",)]


def test_what_billing_makes_in_its_last_step_is_sent_by_the_same_tick(app: Flask, monkeypatch: Any) -> None:
    duties(monkeypatch, Duty("billing", due=f"{HERE}.drafts_then_issue"),
           Duty("outbox", units=(Unit(f"{HERE}.note", ("send",)),)))
    schedule.tick(NOON)
    assert calls == [("draft",), ("issue",), ("send",)]


def test_one_that_fails_does_not_stop_the_others(app: Flask, monkeypatch: Any) -> None:
    duties(monkeypatch, Duty("asks", due=f"{HERE}.cannot_say"), Duty("breaks", units=(Unit(f"{HERE}.breaks", (3,)),)),
           Duty("goes on", units=(Unit(f"{HERE}.note", (4,)),)))
    result = schedule.tick(NOON)
    assert calls == [(4,)]
    assert [error["error"] for error in result.errors] == ["LookupError", "ArithmeticError"]
    assert all(len(error["reference"]) == 8 for error in result.errors)


def test_a_duty_that_never_rests_does_not_hold_the_tick(app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setitem(globals(), "endless", lambda now: [Unit(f"{HERE}.note", (len(calls),))])
    duties(monkeypatch, Duty("endless", due=f"{HERE}.endless"))
    schedule.tick(NOON)
    assert len(calls) == schedule.PASSES


def test_the_tickers_units_go_to_the_queue_and_wait_there_once(app: Flask, monkeypatch: Any) -> None:
    duties(monkeypatch, Duty("billing", units=(Unit(f"{HERE}.note", (7,)),), essential=True))
    rq.get_queue().empty()
    for _ in range(3):
        result = schedule.tick(NOON, schedule.to_queue)
    assert [unit["how"] for unit in result.units] == ["handed out"]
    jobs = rq.get_queue().jobs
    assert [job.args for job in jobs] == [(f"{HERE}.note-7", f"{HERE}.note", 7)]
    schedule.work_off(*jobs[0].args)
    assert calls == [(7,)]
    schedule.tick(NOON, schedule.to_queue)
    assert len(rq.get_queue().jobs) == 2, "what is being worked on no longer waits: it may be handed out again"
    rq.get_queue().empty()
    rq.get_queue().connection.delete(f"{schedule.WAITING}{HERE}.note-7")


def test_without_its_mark_each_tick_would_enqueue_the_same_again(app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setattr(schedule, "to_queue", lambda unit: work_queue.ring_now(unit.job, *unit.args))
    duties(monkeypatch, Duty("billing", units=(Unit(f"{HERE}.note", (7,)),)))
    rq.get_queue().empty()
    for _ in range(3):
        schedule.tick(NOON, schedule.to_queue)
    assert len(rq.get_queue().jobs) == 3
    rq.get_queue().empty()


def test_while_redis_is_away_the_ticker_bills_by_itself_and_the_rest_waits(app: Flask, monkeypatch: Any) -> None:
    duties(monkeypatch, Duty("billing", units=(Unit(f"{HERE}.note", (1,)),), essential=True),
           Duty("outbox", units=(Unit(f"{HERE}.note", (2,)),)))
    result = schedule.tick(NOON, lambda unit: False)
    assert calls == [(1,)]
    assert [unit["how"] for unit in result.units] == ["carried out", "waits for the queue"]


def test_a_daily_duty_comes_once_a_day(app: Flask, monkeypatch: Any) -> None:
    duties(monkeypatch, Duty("daily", units=(Unit(f"{HERE}.note", (1,)),), every=schedule.DAY))
    for hours in (0, 1, 23, 24, 25):
        schedule.tick(NOON + timedelta(hours=hours))
    assert len(calls) == 2


def test_every_duty_names_functions_that_exist(app: Flask) -> None:
    for duty in schedule.DUTIES:
        for dotted in [duty.due, *(unit.job for unit in duty.units)]:
            assert not dotted or callable(schedule._function(dotted))


def test_ticks_fall_on_the_minute() -> None:
    assert seconds_to_next_minute(NOON + timedelta(seconds=12.5)) == 47.5
    assert seconds_to_next_minute(NOON) == 60


def tick(runner: FlaskCliRunner, *arguments: str) -> Result:
    return runner.invoke(args=["tick", *arguments])


def test_the_command_answers_with_one_json_object(app: Flask, runner: FlaskCliRunner, monkeypatch: Any) -> None:
    branch = make_branch("PLC")
    duties(monkeypatch, Duty("billing", units=(Unit(f"{HERE}.note", (1,), branch.id),)))
    result = tick(runner, "--at", "2026-12-06T00:00", "--json")
    assert result.exception is None, result.exc_info
    answer = json.loads(result.output)
    assert answer["at"] == "2026-12-06T06:00:00+00:00", "midnight in Mexico City"
    assert [(unit["branch"], unit["ok"]) for unit in answer["units"]] == [("PLC", True)]
    assert answer["errors"] == []
    assert pulse.last("tick") == datetime(2026, 12, 6, 6, tzinfo=UTC)


def test_the_command_fails_aloud_when_a_unit_failed(app: Flask, runner: FlaskCliRunner, monkeypatch: Any) -> None:
    duties(monkeypatch, Duty("billing", units=(Unit(f"{HERE}.breaks"),)))
    result = tick(runner, "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["errors"][0]["error"] == "ArithmeticError"


def test_a_moment_without_offset_is_refused_where_it_could_mean_two(app: Flask, runner: FlaskCliRunner) -> None:
    make_branch("PLC")
    make_branch("TIJ")
    assert "name the offset" in tick(runner, "--at", "2026-12-06T00:00").output
    assert "is not a moment" in tick(runner, "--at", "tomorrow").output


@pytest.mark.parametrize("command", [
    "tick", "outbox send", "billing draft --branch PLC --period 2026-12", "billing issue --branch PLC --period 2026-12",
    "billing close --branch PLC --period 2026-12",
    "payments record --branch PLC --reference PLC-000001 --amount 1.00 --method cash",
])
def test_production_does_not_let_anybody_set_the_clock(
    app: Flask, runner: FlaskCliRunner, monkeypatch: Any, command: str
) -> None:
    make_branch("PLC")
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], environment="production"))
    result = runner.invoke(args=[*command.split(), "--at", "2026-12-06T00:00-06:00"])
    assert result.exit_code == 2
    assert "refused in production" in result.output
