"""Nobody meets a word that is not in her language, or a name that is not filled in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from fastoffice.notifications import wordings
from tools import translate

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|#|(?<!%)%(?![%(])")
TRANSLATIONS = [language for language in translate.LANGUAGES if language != "en"]
FORMS = {"es": 2, "en": 2, "ro": 3}
# Words that Spanish spells like English; anything else that equals its msgid was forgotten.
SAME_IN_SPANISH = {
    "CLABE", "Error %(status)s", "Logo", "Subtotal", "Total", "WhatsApp", "error", "no", "total", "1,000+",
    "%(num)d cheque", "Cheque", "Series", "%(line)s: %(before)s → %(after)s", "%(day)s, 23:59",
    "Portal", "RFC", "Webhook", "PIN", "%(count)s min", "extra %(amount)s",
}


def texts(value: object) -> tuple[str, ...]:
    """One or several forms, as a tuple."""
    if isinstance(value, list | tuple):
        return tuple(str(part) for part in value)
    return (str(value or ""),)


def entries(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def names(text: str) -> list[str]:
    """What a text leaves to be filled in, in no order: names, counts of a table, lone percent signs."""
    return sorted(match.group(0) for match in PLACEHOLDER.finditer(text))


def wrong_placeholders(message: Message) -> Iterator[str]:
    """Forms of one message that ask for other names than its msgid does."""
    ids = texts(message.id)
    allowed = [names(one) for one in ids]
    for form in texts(message.string):
        if form and names(form) not in allowed:
            yield form


def test_every_word_of_the_screens_has_its_translation(capsys: pytest.CaptureFixture[str]) -> None:
    count = translate.missing(translate.LANGUAGES)
    assert count == 0, capsys.readouterr().out


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_a_translation_fills_in_the_same_names_as_its_message(language: str) -> None:
    wrong = {texts(message.id)[0]: form for message in entries(translate.load(language))
             for form in wrong_placeholders(message)}
    assert wrong == {}


@pytest.mark.parametrize(("translation", "found"), [
    ("%(num)s facturas", []), ("%(numero)s facturas", ["%(numero)s facturas"]), ("facturas", ["facturas"]),
])
def test_a_name_that_is_wrong_is_seen(translation: str, found: list[str]) -> None:
    assert list(wrong_placeholders(Message("%(num)s invoices", translation))) == found


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_counted_things_have_every_form_of_the_language(language: str) -> None:
    catalogue = translate.load(language)
    assert catalogue.num_plurals == FORMS[language]
    short = [message.id[0] for message in entries(catalogue)
             if isinstance(message.id, list | tuple)
             and [bool(form) for form in texts(message.string)] != [True] * FORMS[language]]
    assert short == []


def test_no_spanish_text_was_left_in_english() -> None:
    same = {texts(message.id)[0] for message in entries(translate.load("es"))
            if texts(message.string)[0] == texts(message.id)[0]}
    assert same - SAME_IN_SPANISH == set()


def test_spanish_quotes_as_mexico_does_and_calls_nobody_tu() -> None:
    wrong = [form for message in entries(translate.load("es")) for form in texts(message.string)
             if re.search(r"[«»]|\b(tú|tus?|elige|haz|tienes|puedes|vosotros|ordenador|móvil)\b", form, re.IGNORECASE)]
    assert wrong == []


@pytest.mark.parametrize(("language", "other_word"), [
    ("es", r"\bligas?\b"), ("es", r"\bprecio puntual\b"), ("es", r"\breembols"),
    ("ro", r"\bprompt"), ("ro", r"\bfilial"), ("ro", r"\bfișa\b"),
])
def test_a_thing_has_one_word(language: str, other_word: str) -> None:
    """docs/glossary.md says which."""
    wrong = [form for message in entries(translate.load(language)) for form in texts(message.string)
             if re.search(other_word, re.sub(r"%\(\w+\)", "", form), re.IGNORECASE)]
    assert wrong == []


def test_romanian_writes_its_letters_with_a_comma_below() -> None:
    wrong = [form for message in entries(translate.load("ro")) for form in texts(message.string)
             if re.search("[şţŞŢ«»]", form)]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_the_messages_to_clients_say_the_same_in_every_language(language: str) -> None:
    folder = wordings.FOLDER
    english = tomllib.loads((folder / "en.toml").read_text("utf-8"))
    other = tomllib.loads((folder / f"{language}.toml").read_text("utf-8"))
    assert {kind: set(channels) for kind, channels in other.items()} == {
        kind: set(channels) for kind, channels in english.items()}
    for kind, channels in english.items():
        for channel, parts in channels.items():
            for part, text in parts.items():
                wanted = set(re.findall(r"\{\w+\}", text))
                assert set(re.findall(r"\{\w+\}", other[kind][channel][part])) == wanted, (kind, channel, part)
