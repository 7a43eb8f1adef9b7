"""A message is text with fixed words in braces; nothing in it is ever code."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice.notifications import kinds, placeholders, wordings
from fastoffice.notifications.placeholders import UnknownPlaceholder


def test_words_in_braces_are_replaced_and_nothing_else() -> None:
    assert placeholders.render("Hola {a}, {b}.", {"a": "Laura", "b": "{a} {{7*7}} %s"}) == "Hola Laura, {a} {{7*7}} %s."


@pytest.mark.parametrize("text", [
    "{{ config }}", "{x.__class__}", "{a.b}", "{a[0]}", "{a!r}", "{a:>10}", "{ a }", "{A}", "{}", "{0}", "{{a}}",
    "{% for x in y %}",
])
def test_anything_else_in_braces_is_refused_by_name(text: str) -> None:
    with pytest.raises(UnknownPlaceholder) as refused:
        placeholders.check(f"Hola {text}", {"a": 1}, "body")
    assert refused.value.details["found"] == text
    assert refused.value.field == "body"
    with pytest.raises(UnknownPlaceholder):
        placeholders.render(text, {"a": "1"})


@given(st.text(), st.text())
def test_values_are_never_read_again(before: str, value: str) -> None:
    template = re.sub(r"[{}]", "", before) + "{a}"
    assert placeholders.render(template, {"a": value}) == template[:-3] + value


def test_a_line_whose_words_are_all_empty_is_left_out() -> None:
    body = "Banco: {bank}\nCLABE: {clabe}\n\n{pay_link}\n\nFin"
    assert placeholders.render_body(body, {"bank": "", "clabe": "012", "pay_link": " "}) == "CLABE: 012\n\nFin"


@pytest.mark.parametrize("language", kinds.LANGUAGES)
@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_built_in_text_uses_only_the_words_of_its_kind(kind: str, language: str) -> None:
    channels = (kinds.EMAIL,) if kinds.KINDS[kind].private else kinds.KINDS[kind].channels
    for channel in channels:
        wording = wordings.built_in(kind, channel, language)
        placeholders.check(wording.subject + wording.body, kinds.allowed(kind))
        sample = kinds.complete(kinds.sample(language))
        assert "{" not in placeholders.render(wording.subject, sample) + placeholders.render_body(wording.body, sample)
        assert bool(wording.subject) == (channel == kinds.EMAIL)


def test_a_client_without_contact_person_is_addressed_by_name() -> None:
    assert kinds.complete({"client_name": "Güemes", "contact_name": " "})["contact_name"] == "Güemes"
