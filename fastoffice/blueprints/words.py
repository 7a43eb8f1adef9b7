"""Names of the trade for templates: channels, holds, means of payment, reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import phonenumbers
from babel.lists import format_list
from flask import Flask, current_app
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from fastoffice.folding import fold

CHANNELS: dict[str, Any] = {"email": _l("E-mail"), "post": _l("Post"), "whatsapp": _l("WhatsApp")}
HOLDS: dict[str, Any] = {
    "dispute": _l("in dispute"), "promise": _l("promise to pay"), "extension": _l("extension"),
    "in_flight": _l("payment in flight"), "review": _l("under review"),
}
SKIPS: dict[str, Any] = {
    "busy": _l("somebody is editing it"), "changed": _l("it changed after you looked"), "held": _l("on hold"),
    "excluded": _l("excluded"), "error": _l("it has an error or nothing to bill"),
    "stale": _l("its contract changed after the draft: refresh it"), "gone": _l("it is no draft any more"),
}
# Lazy, so that a list of fifty pills looks up fifty words and not fifty dictionaries of them.
STATES: dict[str, Any] = {
    "paid": _l("paid"), "sent": _l("sent"), "active": _l("active"), "mailed": _l("mailed"),
    "allocated": _l("allocated"), "accepted": _l("accepted"), "ready": _l("ready"), "issued": _l("issued"),
    "partly_paid": _l("partly paid"), "queued": _l("queued"), "sending": _l("sending"),
    "scheduled": _l("scheduled"), "recorded": _l("recorded"), "held": _l("on hold"), "on_hold": _l("on hold"),
    "stale": _l("changed"), "replaced": _l("replaced"), "expiring": _l("expiring"), "waiting": _l("waiting"),
    "suspended": _l("suspended"), "overdue": _l("overdue"), "failed": _l("failed"), "bounced": _l("bounced"),
    "disputed": _l("disputed"), "refused": _l("refused"), "reversed": _l("reversed"), "error": _l("error"),
    "draft": _l("draft"), "cancelled": _l("cancelled"), "written_off": _l("written off"), "ended": _l("ended"),
    "excluded": _l("excluded"), "refunded": _l("refunded"),
}
ACTORS: dict[str, Any] = {
    "system": _l("FastOffice, by itself"), "command line": _l("The administration, by command"),
    "demo": _l("Sample data"), "client": _l("The client"),
}


def actor_name(actor: str) -> str:
    """Who did it: a person's name as it is; what no person did, in words."""
    return str(ACTORS.get(actor, actor))


def actors_called(text: str) -> list[str]:
    """The names in the log of those that the screens call something like this."""
    wanted = fold(text)
    return [actor for actor, word in ACTORS.items() if wanted and wanted in fold(str(word))]


def channel_names(channels: Iterable[str]) -> str:
    """"E-mail, post and WhatsApp"."""
    names = [str(CHANNELS.get(channel, channel)) for channel in channels]
    proper = str(CHANNELS["whatsapp"])
    return listed(names[:1] + [name if name == proper else name[:1].lower() + name[1:] for name in names[1:]])


def listed(words: Iterable[str]) -> str:
    """"3, 5 and 9", in the reader's language."""
    return format_list(list(words), locale=get_locale() or "es")


def hold_name(kind: str) -> str:
    """The reason of a hold in a word or two."""
    return str(HOLDS.get(kind, kind))


def state_word(state: str) -> str:
    """A state in a word or two."""
    return str(STATES.get(state, state))


def skip_reason(reason: str) -> str:
    """Why a run left a draft out."""
    return str(SKIPS.get(reason, reason))


def has_endpoint(name: str) -> bool:
    """Whether a page exists in this installation: nothing leads nowhere."""
    return name in current_app.view_functions


def phone_number(text: str) -> str:
    """"+525543987228" as people read it, "+52 55 4398 7228"; anything else as it is."""
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def groups_of_four(text: str) -> str:
    """"0121 8000 …": a CLABE as people read it."""
    return " ".join(text[start:start + 4] for start in range(0, len(text or ""), 4))


def init_app(app: Flask) -> None:
    """Make the names known to every template."""
    app.jinja_env.filters.update(groups_of_four=groups_of_four, phone_number=phone_number)
    app.jinja_env.globals.update(
        actor_name=actor_name, channel_names=channel_names, hold_name=hold_name, skip_reason=skip_reason,
        state_word=state_word, has_endpoint=has_endpoint)
