"""Start of a child process: import single modules of a package without running the package's own start.

Whatever ``fastoffice/__init__.py`` comes to import, a child which renders or parses loads neither the web framework
nor the database layer nor any capability: half a second and a hundred megabytes that it has no use for. This module
imports nothing, and is run by path.
"""

import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def prepare(search_path: list[str]) -> None:
    """Give this interpreter its parent's import path, and our package as a bare folder."""
    sys.path[:] = [str(ROOT), *(entry for entry in search_path if entry != str(ROOT))]
    package = types.ModuleType("fastoffice")
    package.__path__ = [str(ROOT / "fastoffice")]
    sys.modules["fastoffice"] = package
