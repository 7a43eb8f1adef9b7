"""Names, free text, and delivery channels in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta

from fastoffice.contracts.roster.messages import N_, BadValue, shown
from fastoffice.contracts.roster.text import Cell, text_of
from fastoffice.folding import clean_text, fold

CHANNELS = ("email", "post", "whatsapp")

TOO_LONG = N_("The text has more than %(limit)s characters.")
DATE_INSTEAD_OF_TEXT = N_("This cell is a date (%(text)s); Excel may have turned something like 1-2 into it.")
UNKNOWN_CHANNEL = N_("“%(text)s” is not a way of delivery. Write e-mail, post or WhatsApp.")

_CHANNEL_WORDS: dict[str, tuple[str, ...]] = {
    "email": (
        "correo", "correo electronico", "electronico", "email", "emails", "mail", "digital", "pdf",
        "correo e", "electronica", "via correo electronico", "por correo", "por correo electronico",
        "por email",
    ),
    "post": (
        "correo postal", "postal", "post", "fisico", "fisica", "impreso", "impresa", "carta", "mensajeria",
        "paqueteria", "letter", "mailed", "en papel", "papel", "paper", "correo fisico", "domicilio",
        "postal mail", "printed", "correo certificado", "por correo postal",
    ),
    "whatsapp": (
        "whatsapp", "whats", "whats app", "wa", "wapp", "wsp", "wp", "whatsap", "watsapp", "por whatsapp",
    ),
}
_CHANNEL_OF = {word: channel for channel, words in _CHANNEL_WORDS.items() for word in words}
_BOTH = {"ambos", "ambas", "both"}
_BETWEEN_CHANNELS = re.compile(r"[,;/+&|\n]|\s(?:y|e|and|o|or|mas)\s")


def text_up_to(limit: int) -> Callable[[Cell], str]:
    """A parser of one line of cleaned text of at most `limit` characters; a date cell is refused."""

    def parse(cell: Cell) -> str:
        if isinstance(cell, date | time | timedelta):
            raise BadValue(DATE_INSTEAD_OF_TEXT, text=shown(text_of(cell)))
        text = text_of(cell)
        if len(text) > limit:
            raise BadValue(TOO_LONG, limit=limit)
        return text

    return parse


def parse_note(cell: Cell) -> str:
    """Free text; dates are welcome in it. Raises BadValue past 2,000 characters."""
    text = text_of(cell)
    if len(text) > 2000:
        raise BadValue(TOO_LONG, limit=2000)
    return text


def parse_channels(cell: Cell) -> tuple[str, ...]:
    """"Correo electrónico y postal" -> ("email", "post"), in the order of CHANNELS. Raises BadValue."""
    said = text_of(cell)
    pieces = [_channel_word(piece) for piece in _BETWEEN_CHANNELS.split(said.casefold())]
    found: set[str] = set()
    for piece in filter(None, pieces):
        if piece in _BOTH:
            found |= {"email", "post"}
        elif piece in _CHANNEL_OF:
            found.add(_CHANNEL_OF[piece])
        else:
            raise BadValue(UNKNOWN_CHANNEL, text=shown(said))
    if not found:
        raise BadValue(UNKNOWN_CHANNEL, text=shown(said))
    return tuple(channel for channel in CHANNELS if channel in found)


def _channel_word(piece: str) -> str:
    return fold(clean_text(piece)).replace("e mail", "email")
