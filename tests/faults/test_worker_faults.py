"""Background processes are killed at bad moments: they come back, and none is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy.exc import OperationalError

from fastoffice import clock, schedule
from fastoffice.processes import lifeline
from fastoffice.processes.supervisor import Child, Supervisor
from fastoffice.schedule import TickResult
from tests.faults.processes import ROOT, House, descendants, is_alive, table, wait_until

pytestmark = pytest.mark.faults
SLEEPER = [sys.executable, "-I", "-c", "import signal; signal.pause()"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    house.create_tables()
    yield house
    house.stop()


def test_whoever_is_killed_comes_back_and_works(house: House) -> None:
    """The ticker, the worker with a job under way, and Redis, which then is empty."""
    house.start()
    ticker, worker, redis = house.one("--role ticker"), house.one("--role worker"), house.one("redis-server")
    house.ring("wait_for_permission", str(house.folder))
    wait_until((house.folder / "started").exists, "the job's start")
    wait_until(house.tick_count, "a tick")
    before = house.tick_count()
    for pid in (ticker, worker, redis):
        house.kill(pid)
    house.replaced("--role ticker", ticker)
    house.replaced("--role worker", worker)
    house.replaced("redis-server", redis)
    wait_until(lambda: house.tick_count() > before, "a tick of the new ticker")
    house.ring("say_done", str(house.folder))
    wait_until((house.folder / "done").exists, "a job done by the new worker with the new Redis")


def test_a_queue_that_was_emptied_and_lost_its_workers_goes_on(house: House) -> None:
    """FLUSHALL takes jobs, marks and the workers' registrations; the same processes go on working."""
    house.start()
    worker = house.one("--role worker")
    house.ring("say_done", str(house.folder))
    wait_until((house.folder / "done").exists, "the first job")
    (house.folder / "done").unlink()
    with Redis(unix_socket_path=str(house.folder / "redis.sock")) as link:
        link.flushall()
    house.ring("say_done", str(house.folder))
    wait_until((house.folder / "done").exists, "a job after the loss")
    assert house.one("--role worker") == worker


def test_when_the_parent_is_killed_nobody_stays_behind(house: House) -> None:
    house.start()
    house.one("--role ticker")
    house.one("redis-server")
    house.ring("wait_for_permission", str(house.folder))
    wait_until((house.folder / "started").exists, "the job's start")
    below = descendants(house.pid)
    job = int((house.folder / "started").read_text())
    assert len(below) >= 4
    assert job in below, "the job under way is a process of its own"
    house.kill(house.pid)
    assert house.process is not None
    house.process.wait()
    wait_until(lambda: not [pid for pid in below if is_alive(pid)], "the end of all")


def test_a_polite_end_lets_the_job_under_way_finish(house: House) -> None:
    house.start()
    house.ring("wait_for_permission", str(house.folder))
    wait_until((house.folder / "started").exists, "the job's start")
    below = descendants(house.pid)
    assert house.process is not None
    house.process.terminate()
    wait_until(lambda: not house.find("--role ticker"), "the ticker's end")
    assert not (house.folder / "done").exists()
    (house.folder / "go").write_text("")
    assert house.process.wait(60) == 0
    assert (house.folder / "done").exists()
    assert not [pid for pid in below if is_alive(pid)]


def test_a_ticker_that_finds_no_tables_waits_for_them(tmp_path: Path) -> None:
    house = House(tmp_path)
    try:
        house.start("--only", "ticker")
        wait_until(lambda: house.log.exists() and "the database is away" in house.log.read_text(), "the warning")
        assert house.tick_count() == 0
        house.create_tables()
        wait_until(house.tick_count, "the first tick")
        assert "the database is back" in house.log.read_text()
        assert "Traceback" not in house.log.read_text()
    finally:
        house.stop()


def test_a_worker_that_finds_no_redis_waits_for_it(house: House) -> None:
    house.environment["REDIS_URL"] = f"unix://{house.folder / 'later.sock'}"
    house.start("--only", "workers")
    wait_until(lambda: "Redis is away" in house.log.read_text(), "the warning")
    worker = house.one("--role worker")
    server = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", str(house.folder / "later.sock"),
                               "--save", ""], stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: "Redis is back" in house.log.read_text(), "the return")
        assert house.one("--role worker") == worker, "it waited; nobody had to start it again"
    finally:
        house.stop()
        server.kill()
        server.wait()


def test_wrong_settings_are_told_in_one_line_each(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "FASTOFFICE_INSTANCE": str(tmp_path), "DATABASE_URL": "mysql://x",
                   "SMTP_URL": "mail"}
    done = subprocess.run([sys.executable, "worker.py"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["DATABASE_URL", "SMTP_URL"]


def test_the_parent_starts_without_what_only_its_children_work_with() -> None:
    loaded = "import sys, worker; print(sorted({'sqlalchemy', 'redis', 'stripe', 'weasyprint'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def parent_of(command: list[str]) -> tuple[subprocess.Popen[str], int]:
    """A parent that started `command` and waits; and the child's process id."""
    code = f"import os, signal, subprocess; print(subprocess.Popen({command!r}).pid, flush=True); signal.pause()"
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        return parent, int(parent.stdout.readline())


def test_a_leashed_program_ends_with_its_parent_and_without_the_leash_it_would_not() -> None:
    """The kernel's promise is Linux's; elsewhere the pipe does it for our own programs."""
    leashed, unleashed = parent_of(lifeline.leashed(SLEEPER)), parent_of(SLEEPER)
    wait_until(lambda: "lifeline.py" not in table()[leashed[1]][1], "the program behind the leash")
    for parent, _child in (leashed, unleashed):
        parent.kill()
        parent.wait()
    try:
        if sys.platform.startswith("linux"):
            wait_until(lambda: not is_alive(leashed[1]), "the leashed one's end")
        assert is_alive(unleashed[1])
    finally:
        os.kill(unleashed[1], signal.SIGKILL)


def test_a_child_that_keeps_dying_is_started_less_and_less_often() -> None:
    child = Child("dying", [sys.executable, "-I", "-c", "raise SystemExit(3)"])
    supervisor = Supervisor([child])
    pauses = []
    for _ in range(8):
        child.not_before = 0.0
        supervisor.look()
        assert child.process is not None
        child.process.wait()
        supervisor.bury(child)
        pauses.append(max(0, round(child.not_before - clock.monotonic())))
    assert pauses == [0, 1, 2, 4, 8, 16, 30, 30]


def test_a_child_that_ignores_the_request_is_killed_in_time() -> None:
    stubborn = [sys.executable, "-I", "-c",
                "import signal, sys; signal.signal(15, signal.SIG_IGN); print('up', flush=True); signal.pause()"]
    child = Child("stubborn", stubborn, patience=0.2)
    supervisor = Supervisor([child])
    supervisor.look()
    assert child.process is not None
    pid = child.process.pid
    supervisor.end_all()
    assert not is_alive(pid)


def test_a_tick_whose_database_breaks_half_way_is_tried_again(app: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """One duty's fault is written down; the sign of life that cannot be written makes the ticker wait."""
    from fastoffice.processes import ticker as module

    monkeypatch.setattr(schedule, "note_tick", lambda result: (_ for _ in ()).throw(
        OperationalError("UPDATE pulse", {}, Exception("server closed the connection"))))
    monkeypatch.setattr(schedule, "tick", lambda now, hand_out: TickResult(now))
    ticker = module.Ticker(app)  # type: ignore[arg-type]
    failures: list[Exception] = []

    def failed(error: Exception) -> None:
        failures.append(error)
        if len(failures) == 3:
            ticker.stop()

    monkeypatch.setattr(ticker._database, "failed", failed)
    monkeypatch.setattr(module.signal, "signal", lambda number, handler: None)
    ticker.run()
    assert len(failures) == 3
