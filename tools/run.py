"""make run: everything FastOffice consists of, on this machine, until Ctrl-C.

Migrates, loads the demo into an empty database, starts web, workers, ticker and a private Redis, waits until
all of it answers and says where. A second start while one is running only tells where that one is.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from tools import card_double

ROOT = Path(__file__).resolve().parent.parent
PORTS_TRIED = 20
PATIENCE_SECONDS = 90
DRAIN_SECONDS = "3"


def say(text: str = "") -> None:
    print(text, flush=True)


class CannotStart(Exception):
    """Something that the person who starts it must change; one sentence for each fault."""


def prepare_environment(instance: Path) -> None:
    """A secret of this installation's own, and the settings that the children share."""
    instance.mkdir(parents=True, exist_ok=True)
    key = instance / "secret_key"
    if "SECRET_KEY" not in os.environ and os.environ.get("FASTOFFICE_ENV") != "production":
        if not key.exists():
            key.touch(mode=0o600)
            key.write_text(secrets.token_urlsafe(48))
        os.environ["SECRET_KEY"] = key.read_text().strip()
    os.environ.setdefault("DRAIN_SECONDS", DRAIN_SECONDS)
    os.environ["FLASK_APP"] = "app.py"
    os.environ["FASTOFFICE_INSTANCE"] = str(instance)


def only_one(instance: Path) -> IO[str]:
    """The lock of this installation. Raises SystemExit (0) with its address when it runs already."""
    lock = (instance / "run.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        say(f"FastOffice runs already: {lock.read().strip() or 'it is just starting'}")
        raise SystemExit(0) from None
    return lock


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_port(environment: Mapping[str, str]) -> int:
    """The port of BASE_URL or PORT; without either, the first free one from 8000. Raises CannotStart."""
    named = environment.get("PORT") or (
        str(urlsplit(environment["BASE_URL"]).port or 8000) if environment.get("BASE_URL") else "")
    if named and not named.isdigit():
        raise CannotStart(f"PORT: “{named}” is not a port")
    if named:
        if not is_free(int(named)):
            raise CannotStart(f"PORT: {named} is taken by another program; free it or name another one (PORT=8001)")
        return int(named)
    for port in range(8000, 8000 + PORTS_TRIED):
        if is_free(port):
            if port != 8000:
                say(f"Port 8000 is taken by another program; using {port}.")
            return port
    raise CannotStart(f"PORT: none from 8000 to {8000 + PORTS_TRIED - 1} is free; name one (PORT=9000)")


def any_port() -> int:
    """One that the system says is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def migrate_and_fill(app: Any) -> None:
    """Bring the database up to date; an empty one gets the demo. Raises CannotStart when it cannot be reached."""
    from flask_migrate import upgrade

    from fastoffice.branches.models import Branch
    from fastoffice.extensions import db

    with app.app_context():
        try:
            with db.engine.connect():
                pass
        except sa.exc.OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise CannotStart(f"DATABASE_URL: the database does not answer ({reason})") from error
        upgrade(directory=str(ROOT / "migrations"))
        is_empty = db.session.scalar(sa.select(Branch.id).limit(1)) is None
        db.session.remove()
        db.engine.dispose()
    if is_empty and "demo" in app.cli.commands and not app.config["SETTINGS"].is_production:
        say("Loading the demo branch (once)…")
        done = subprocess.run([sys.executable, "-m", "flask", "demo", "load"], cwd=ROOT, check=False)
        if done.returncode:
            say("The demo could not be loaded; FastOffice starts without it.")


def private_redis(settings: Any) -> list[Any]:
    """The queue comes first, so that what the demo rings for is heard; none when REDIS_URL names one."""
    from fastoffice import embedded
    from fastoffice.processes import lifeline
    from fastoffice.processes.supervisor import Child

    if settings.redis_url is not None:
        return []
    path = embedded.socket_path(settings.instance)
    return [Child("redis", lifeline.leashed(embedded.command(settings.instance)), rank=1,
                  needed=lambda: not embedded.answers(path))]


def children(port: int) -> list[Any]:
    from fastoffice.processes.supervisor import Child

    web = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:app"]
    return [
        Child("web", web, {"BIND": f"127.0.0.1:{port}"}, patience=8),
        Child("worker", [sys.executable, str(ROOT / "worker.py")], patience=8),
    ]


def health(port: int) -> dict[str, Any] | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.HTTPError as error:
        return dict(json.load(error))
    except (OSError, ValueError):
        return None


def wait_until_healthy(supervisor: Any, port: int, log: Path) -> None:
    """Look after the children until all of them answer. Raises CannotStart when one keeps dying."""
    end = time.monotonic() + PATIENCE_SECONDS
    state: dict[str, Any] | None = None
    while not supervisor.is_stopping:
        supervisor.look()
        state = health(port)
        if state and state.get("status") == "ok":
            return
        if any(child.deaths >= 3 for child in supervisor.children) or time.monotonic() > end:
            last = "\n".join(log.read_text(errors="replace").splitlines()[-12:])
            raise CannotStart(f"it did not become healthy ({state or 'no answer'}); the last lines of {log}:\n{last}")
        time.sleep(0.2)


def demo_login(app: Any) -> str | None:
    """The log-in of the demo's receptionist, when the demo is there."""
    from fastoffice.branches.models import Branch
    from fastoffice.extensions import db

    with app.app_context():
        has_demo = db.session.scalar(sa.select(Branch.id).where(Branch.is_demo).limit(1)) is not None
        db.session.remove()
        db.engine.dispose()
    if not has_demo:
        return None
    from fastoffice.demo.loading import PASSWORD, PEOPLE

    return f"{PEOPLE[0][0]}  {PASSWORD}"


LOBBY_WORDS = "pair a tablet (/kiosk/) or a door (/panel/) as gerencia@demo.example: Ajustes › Dispositivos"


def tell(app: Any, address: str, instance: Path, log: Path, *, has_double: bool) -> None:
    settings = app.config["SETTINGS"]
    login = demo_login(app)
    say()
    say(f"  FastOffice   {address}")
    if login:
        say(f"  Log-in       {login}")
        say(f"  Lobby        {LOBBY_WORDS}")
    else:
        say("  Log-in       create one: flask branch create …, flask user create … (docs/operations.md)")
    say(f"  Mails        {'by SMTP_URL' if settings.smtp_url else instance / 'outbox'}")
    if has_double:
        say(f"  Card         {card_double.WORDS}")
    say(f"  Log          {log}")
    say("  Ctrl-C stops everything.")
    say()


def _publish(lock: IO[str], address: str) -> None:
    """Let a second start say where this one is."""
    lock.truncate(0)
    lock.write(address)
    lock.flush()


def start(instance: Path) -> int:
    """Everything, until asked to stop. Raises CannotStart or SettingsError."""
    from fastoffice.config import read_settings

    prepare_environment(instance)
    lock = only_one(instance)
    port = choose_port(os.environ)
    os.environ.setdefault("BASE_URL", f"http://127.0.0.1:{port}")
    double = card_double.prepare(ROOT, any_port)
    settings = read_settings()
    from fastoffice import create_app
    from fastoffice.processes.supervisor import Supervisor

    app = create_app(settings)
    log = instance / "fastoffice.log"
    with log.open("wb") as output:
        supervisor = Supervisor(private_redis(settings), output)
        try:
            supervisor.look()
            migrate_and_fill(app)
            stripe = card_double.children(app, instance, double, port)
            supervisor.children += children(port) + stripe
            supervisor.listen()
            _publish(lock, settings.base_url)
            wait_until_healthy(supervisor, port, log)
            if not supervisor.is_stopping:
                tell(app, settings.base_url, instance, log, has_double=bool(stripe))
            supervisor.run()
        finally:
            supervisor.end_all()
    say("Stopped.")
    return 0


def main() -> int:
    os.chdir(ROOT)
    from fastoffice.config import SettingsError, read_settings

    try:
        return start(read_settings().instance)
    except SettingsError as error:
        sys.stderr.write("".join(f"{fault}\n" for fault in error.faults))
    except (CannotStart, RuntimeError) as error:
        sys.stderr.write(f"{error}\n")
    except KeyboardInterrupt:
        say("Stopped.")
        return 0
    return 2


if __name__ == "__main__":
    sys.exit(main())
