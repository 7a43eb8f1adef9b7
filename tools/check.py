"""make check: every check of the source, all of them even when the first one fails; exit 1 if any did."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def lint() -> bool:
    """Ruff, all rules of pyproject.toml."""
    return run(BIN / "ruff", "check", "-q", ".")


def types() -> bool:
    """mypy on the product's own code."""
    return run(BIN / "mypy", "--no-error-summary")


def imports() -> bool:
    """The contracts between layers and capabilities."""
    return run(BIN / "lint-imports", "--no-cache", quiet_when_good=True)


def translations() -> bool:
    """No message without its Spanish and Romanian text."""
    done = subprocess.run([sys.executable, "tools/translate.py", "missing"], cwd=ROOT, capture_output=True, text=True,
                          check=False)
    if done.returncode == 0 and not done.stdout.strip():
        return True
    print(done.stdout.strip()[-4000:] + done.stderr)
    return False


def migrations() -> bool:
    """What the models say is what the migrations make."""
    with tempfile.TemporaryDirectory() as folder:
        extra = {"FASTOFFICE_INSTANCE": folder, "DATABASE_URL": f"sqlite:///{folder}/check.db",
                 "FASTOFFICE_ENV": "test", "REDIS_URL": "", "FLASK_APP": "app.py"}
        return all(run(BIN / "flask", "db", command, environment=extra, quiet_when_good=True)
                   for command in ("upgrade", "check"))


def run(*command: object, environment: dict[str, str] | None = None, quiet_when_good: bool = False) -> bool:
    """Whether the command went well; what it printed is shown, or only when it did not."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env={**os.environ, **(environment or {})},
                          capture_output=True, text=True, check=False)
    if done.returncode != 0 or not quiet_when_good:
        print((done.stdout + done.stderr).strip(), end="\n" if done.stdout + done.stderr else "")
    return done.returncode == 0


def main() -> int:
    failed = []
    for check in (lint, types, imports, translations, migrations):
        start = time.monotonic()
        good = check()
        print(f"{'ok    ' if good else 'FAILED'}  {check.__name__} ({time.monotonic() - start:.1f} s)", flush=True)
        failed += [] if good else [check.__name__]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
