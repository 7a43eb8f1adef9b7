"""Catalogues of messages: extract, update, fill, compile. Msgids are English.

    python tools/translate.py update              extract and update the catalogues, compile them
    python tools/translate.py fill FILE.json      {msgid: {"es": text or [plurals], "ro": …}}
                                                  (the key of a pgettext is "context|msgid")
    python tools/translate.py missing [LANG]      what has no translation yet
    python tools/translate.py compile             only compile
"""

from __future__ import annotations

import copy
import fcntl
import json
import os
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = [ROOT / "fastoffice", ROOT / "kiosk"]
CATALOGUES = ROOT / "fastoffice" / "translations"
LANGUAGES = ("es", "en", "ro")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
KEYWORDS = {"_": None, "_l": None, "_n": (1, 2), "_ln": (1, 2), "gettext": None, "lazy_gettext": None,
            "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "lazy_pgettext": ((1, "c"), 2),
            "lazy_ngettext": (1, 2)}


def catalogue_path(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def extract() -> Catalog:
    template = Catalog(project="FastOffice", charset="utf-8")
    for package in PACKAGES:
        if not package.exists():
            continue
        found = extract_from_dir(str(package), METHODS, {"**/templates/**.html": {"silent": "false"}}, KEYWORDS)
        for filename, _line, message, comments, context in found:
            template.add(message, None, [(f"{package.name}/{filename}", 0)], auto_comments=comments, context=context)
    return template


def load(language: str) -> Catalog:
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, project="FastOffice", charset="utf-8")
    with path.open("rb") as source:
        return read_po(source, locale=language)


def save(language: str, catalogue: Catalog) -> None:
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        write_po(target, catalogue, width=110, omit_header=False, sort_output=True, include_lineno=False)


def compile_one(language: str) -> None:
    path = catalogue_path(language).with_suffix(".mo")
    temporary = path.with_suffix(f".{os.getpid()}.new")
    with temporary.open("wb") as target:
        write_mo(target, load(language))
    temporary.replace(path)


def plural_count(catalogue: Catalog) -> int:
    return catalogue.num_plurals


def as_strings(value: str | list[str], message_id: str | tuple[str, ...], count: int) -> str | tuple[str, ...]:
    if isinstance(message_id, tuple):
        forms = [value] if isinstance(value, str) else list(value)
        return tuple((forms + [forms[-1]] * count)[:count])
    return value if isinstance(value, str) else value[0]


def fill_english(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id:
            message.string = message.id


def update(translations: dict[str, dict[str, str | list[str]]] | None = None) -> None:
    template = extract()
    for language in LANGUAGES:
        catalogue = load(language)
        catalogue.update(copy.deepcopy(template), no_fuzzy_matching=True)  # else the languages share new messages
        catalogue.obsolete.clear()
        for message in catalogue:
            key = message.id[0] if isinstance(message.id, tuple) else message.id
            key = f"{message.context}|{key}" if message.context else key
            given = (translations or {}).get(key, {}).get(language)
            if message.id and given:
                message.string = as_strings(given, message.id, plural_count(catalogue))
        if language == "en":
            fill_english(catalogue)
        save(language, catalogue)
        compile_one(language)


def missing(languages: tuple[str, ...]) -> int:
    count = 0
    template = extract()
    for language in languages:
        known = load(language)
        for message in template:
            if not message.id:
                continue
            entry = known.get(message.id, message.context)
            strings = entry.string if entry else ""
            parts = strings if isinstance(strings, tuple | list) else (strings,)
            if not parts or not all(parts):
                count += 1
                print(f"{language}: {message.id!r}")
    return count


def main(arguments: list[str]) -> int:
    command, *rest = arguments or ["update"]
    CATALOGUES.mkdir(parents=True, exist_ok=True)
    with (CATALOGUES / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if command == "fill":
            update(json.loads(Path(rest[0]).read_text("utf-8")))
        elif command == "update":
            update()
        elif command == "compile":
            for language in LANGUAGES:
                compile_one(language)
        elif command == "missing":
            return 1 if missing(tuple(rest) or LANGUAGES) else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
