"""Private PostgreSQL and Redis servers for a test run."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jinja2 import FileSystemBytecodeCache

STARTUP_SECONDS = 30


def shared_folder() -> Path:
    """The folder of this run; readable by the account that PostgreSQL runs under."""
    known = os.environ.get("FASTOFFICE_TEST_FOLDER")
    folder = Path(known) if known else Path(tempfile.mkdtemp(prefix="fo-test-"))
    folder.chmod(0o755)
    return folder


def compiled_templates() -> FileSystemBytecodeCache:
    """What one application of this run compiled, all others read: there are dozens of them."""
    folder = shared_folder() / "templates"
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


@contextmanager
def _locked(name: str) -> Iterator[Path]:
    folder = shared_folder()
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _wait_until(ready: object, what: str) -> None:
    end = time.monotonic() + STARTUP_SECONDS
    while not ready():  # type: ignore[operator]
        if time.monotonic() > end:
            raise RuntimeError(f"{what} did not start")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _postgres_bin() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found += [Path(p).parent for p in (shutil.which("initdb"),) if p]
    found += sorted(Path("/opt/homebrew/opt").glob("postgresql*/bin"), reverse=True)
    for folder in found:
        if (folder / "initdb").exists():
            return folder
    raise RuntimeError("PostgreSQL's initdb was not found: `make setup` installs it")


def _as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root; there it runs as the account that its package made."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command] if os.geteuid() == 0 \
        else command


class PrivatePostgres:
    """A cluster of this run, without durability, on a unix socket and loopback."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port

    @classmethod
    def shared(cls) -> PrivatePostgres:
        """The run's cluster, started when nobody has yet."""
        with _locked("postgres") as folder:
            marker = folder / "postgres.port"
            if not marker.exists():
                cls._start(folder / "pg", free := free_port())
                marker.write_text(str(free))
            return cls(folder / "pg", int(marker.read_text()))

    @classmethod
    def _start(cls, folder: Path, port: int) -> None:
        binaries = _postgres_bin()
        folder.mkdir()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(folder)}
        quiet = {"stdout": subprocess.DEVNULL, "env": environment, "cwd": str(folder)}
        subprocess.run(
            _as_postgres([str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "test", "--auth=trust",
                          "-E", "UTF8", "--no-sync"]), check=True, **quiet)  # type: ignore[call-overload]
        options = (f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories={folder} -c fsync=off "
                   "-c synchronous_commit=off -c full_page_writes=off -c max_connections=200 "
                   "-c shared_buffers=256MB -c log_min_messages=fatal -c log_min_error_statement=panic")
        subprocess.run(
            _as_postgres([str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-w", "-o", options,
                          "-l", str(folder / "log"), "start"]), check=True, **quiet)  # type: ignore[call-overload]

    def database(self, name: str) -> str:
        """A fresh database; its SQLAlchemy URL."""
        import psycopg

        with psycopg.connect(f"host=127.0.0.1 port={self.port} user=test dbname=postgres", autocommit=True) as link:
            link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            link.execute(f'CREATE DATABASE "{name}"')
        return f"postgresql+psycopg://test@127.0.0.1:{self.port}/{name}"

    @classmethod
    def stop_shared(cls) -> None:
        folder = shared_folder()
        if (folder / "postgres.port").exists():
            command = [str(_postgres_bin() / "pg_ctl"), "-D", str(folder / "pg" / "data"), "-m", "immediate", "stop"]
            subprocess.run(_as_postgres(command), stdout=subprocess.DEVNULL, check=False, cwd="/")


class PrivateRedis:
    """A Redis server of this run on a unix socket, nothing saved."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def shared(cls) -> PrivateRedis:
        with _locked("redis") as folder:
            path = folder / "redis.sock"
            if not path.exists():
                cls.start(path, folder / "redis.pid")
            return cls(path)

    @staticmethod
    def start(path: Path, pidfile: Path) -> None:
        """Start a server on `path`; returns when it answers. Its process id lands in `pidfile`."""
        server = shutil.which("redis-server")
        if server is None:
            raise RuntimeError("redis-server was not found: `make setup` installs it")
        subprocess.run(
            [server, "--port", "0", "--unixsocket", str(path), "--save", "", "--appendonly", "no", "--daemonize",
             "yes", "--databases", "64", "--dir", str(path.parent), "--pidfile", str(pidfile)],
            stdout=subprocess.DEVNULL, check=True)
        _wait_until(lambda: _answers(path) and pidfile.exists(), "redis-server")

    def url(self, worker: str) -> str:
        number = int("".join(filter(str.isdigit, worker)) or 0)
        return f"unix://{self.path}?db={number}"

    @staticmethod
    def stop_shared() -> None:
        pidfile = shared_folder() / "redis.pid"
        if pidfile.exists():
            try:
                os.kill(int(pidfile.read_text()), signal.SIGKILL)
            except ProcessLookupError:
                return
            pidfile.unlink(missing_ok=True)


def _answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(path))
            link.sendall(b"PING\r\n")
            return link.recv(5) == b"+PONG"
    except OSError:
        return False


def stop_shared_servers() -> None:
    """Stop what this run started and remove its folder."""
    PrivatePostgres.stop_shared()
    PrivateRedis.stop_shared()
    shutil.rmtree(shared_folder(), ignore_errors=True)
