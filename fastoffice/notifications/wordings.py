"""The wording of each kind: the branch's own where staff changed it, the built-in one otherwise."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from fastoffice.extensions import db
from fastoffice.notifications.kinds import EMAIL, KINDS, LANGUAGES
from fastoffice.notifications.models import MessageTemplate

FOLDER = Path(__file__).with_name("wording")
Key = tuple[int, str, str]  # branch, kind, language


@dataclass(frozen=True, slots=True)
class Wording:
    """Subject (mails only) and body, both with placeholders."""

    subject: str
    body: str


@cache
def _built_in(language: str) -> dict[str, dict[str, dict[str, str]]]:
    with (FOLDER / f"{language}.toml").open("rb") as source:
        return tomllib.load(source)


def built_in(kind: str, channel: str, language: str) -> Wording:
    """The built-in wording; Spanish for a language that we don't speak. Raises KeyError for an unknown kind."""
    text = _built_in(language if language in LANGUAGES else "es")[kind][channel]
    return Wording(text.get("subject", ""), text["body"].strip())


def wordings(keys: set[Key], channel: str = EMAIL) -> dict[Key, Wording]:
    """The wordings in force for many (branch, kind, language): one statement; not of unknown kinds."""
    query = sa.select(MessageTemplate).where(
        MessageTemplate.branch_id.in_(sorted({key[0] for key in keys})), MessageTemplate.channel == channel
    )
    own = {(row.branch_id, row.kind, row.language): Wording(row.subject, row.body) for row in db.session.scalars(query)}
    return {key: own.get(key) or built_in(key[1], channel, key[2]) for key in keys if key[1] in KINDS}
