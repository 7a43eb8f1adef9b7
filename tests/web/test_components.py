"""The building blocks of every screen: what they say to ears and fingers, and that names stay names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask_babel import Babel
from wtforms import BooleanField, Form, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

import fastoffice
from fastoffice import assets, csp
from fastoffice.blueprints import words

HOME = Path(fastoffice.__file__).parent
HOSTILE = """"><script>alert(1)</script><b hx-get='/x'>{{ 1000*1001 }}"""
UI = '{% import "components/ui.html" as ui %}'


class ClientForm(Form):
    name = StringField("Razón social", [DataRequired("Escriba la razón social.")])
    rfc = StringField("RFC", [Length(max=13)], description="12 o 13 caracteres")
    channel = SelectField("Envío", choices=[SelectChoice("email", "Correo"), SelectChoice("post", "Postal")])
    kind = RadioField("Tipo", choices=[SelectChoice("office", "Oficina"), SelectChoice("virtual", "Virtual")])
    active = BooleanField("Vigente")


@pytest.fixture
def app() -> Flask:
    app = Flask("fastoffice", root_path=str(HOME))
    Babel(app, default_locale="en")
    assets.init_app(app)
    csp.init_app(app)
    words.init_app(app)
    return app


def show(app: Flask, source: str, **context: object) -> str:
    with app.test_request_context():
        return render_template_string(UI + source, **context)


def test_a_wrong_field_is_tied_to_its_hint_and_its_error(app: Flask) -> None:
    form = ClientForm(data={"rfc": "XAXX"})
    form.rfc.errors = ["El dígito no coincide."]
    html = show(app, "{{ ui.field(form.rfc) }}", form=form)
    assert 'aria-describedby="rfc-hint rfc-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'value="XAXX"' in html
    assert re.search(r'<p role="alert" id="rfc-error">El dígito no coincide\.</p>', html)
    assert '<label for="rfc">' in html


def test_a_field_says_whether_it_may_stay_empty(app: Flask) -> None:
    form = ClientForm()
    assert "optional" not in show(app, "{{ ui.field(form.name) }}", form=form)
    assert " required" in show(app, "{{ ui.field(form.name) }}", form=form)
    assert "optional" in show(app, "{{ ui.field(form.rfc) }}", form=form)


def test_choices_and_boxes_keep_what_was_chosen(app: Flask) -> None:
    form = ClientForm(data={"channel": "post", "kind": "virtual", "active": True})
    fields = [form.channel, form.kind, form.active]
    html = show(app, "{% for f in fields %}{{ ui.field(f) }}{% endfor %}", fields=fields)
    assert '<option value="post" selected>' in html
    assert '<option value="email">' in html
    assert re.search(r'type="checkbox" value="y" checked', html)
    radios = re.findall(r'type="radio" .*? value="(\w+)"( checked)?', html)
    assert radios == [("office", ""), ("virtual", " checked")]


def test_the_summary_leads_to_each_wrong_field(app: Flask) -> None:
    form = ClientForm(data={})
    form.validate()
    html = show(app, "{{ ui.error_summary(form) }}", form=form)
    assert '<a href="#name">Razón social</a>: Escriba la razón social.' in html
    assert 'role="alert"' in html
    assert show(app, "{{ ui.error_summary(form) }}", form=ClientForm()).strip() == ""


def test_progress_asks_again_until_all_is_done(app: Flask) -> None:
    source = "{{ ui.progress('/runs/7', done, 64) }}"
    assert 'hx-trigger="every 1s"' in show(app, source, done=12)
    assert "hx-get" not in show(app, source, done=64)


def test_attributes_given_by_a_page_carry_the_nonce(app: Flask) -> None:
    html = show(app, "{{ ui.text('q', 'Buscar', attrs={'hx-get': '/q'}) }}")
    assert re.search(r'hx-get="/q" hx-nonce="[\w-]{22}"', html)
    assert "hx-nonce" not in show(app, "{{ ui.text('q', 'Buscar', attrs={'autocomplete': 'off'}) }}")


def test_a_table_is_a_region_that_a_keyboard_can_scroll(app: Flask) -> None:
    source = "{% call ui.table('Facturas', columns, select_all='ids') %}{% endcall %}"
    html = show(app, source, columns=[("Cliente",), ("Total", "num")])
    assert re.search(r'role="region" aria-label="Facturas" tabindex="0"', html)
    assert 'data-select-all="ids"' in html
    assert html.count('<th scope="col"') == 2


@pytest.mark.parametrize("source", [
    "{{ ui.pill(x) }}",
    "{{ ui.state_pill(x) }}",
    "{{ ui.kpi(x, x, x) }}",
    "{{ ui.copy(x) }}",
    "{{ ui.text(x, x, x) }}",
    "{{ ui.money('m', x, x, hint=x, error=x) }}",
    "{{ ui.textarea('t', x, x) }}",
    "{{ ui.select('s', x, [(x, x)], x) }}",
    "{{ ui.radios('r', x, [(x, x, x)], x) }}",
    "{{ ui.alert(x, x) }}",
    "{{ ui.empty(x, x) }}",
    "{{ ui.facts([(x, x)]) }}",
    "{{ ui.timeline([{'when': x, 'title': x, 'text': x, 'who': x}]) }}",
    "{{ ui.toast(x) }}",
    "{{ ui.steps([{'title': x, 'note': x}]) }}",
    "{{ ui.chips([{'label': x, 'count': x, 'url': x}], note=x) }}",
    "{{ ui.confirm('d', x, x, '/x', x) }}",
    "{{ ui.breadcrumb([(x, x)]) }}",
    "{{ ui.drop_zone('f', x) }}",
    "{{ ui.search_results([{'label': x, 'results': [{'url': '/x', 'title': x, 'note': x}]}], x) }}",
    "{% call ui.panel(x, note=x) %}{% endcall %}",
    "{{ ui.tick('ids', x, x) }}",
    "{{ ui.switch('s', x, hint=x) }}",
    "{{ ui.checkbox('c', x, attrs={'title': x}) }}",
    "{{ ui.tabs([{'label': x, 'url': x}]) }}",
    "{{ ui.modal_link('/x', x) }}",
    "{% call ui.menu(x, x) %}{% endcall %}",
    "{{ ui.bar([(10, x)], x) }}",
])
def test_markup_in_a_name_is_shown_and_never_run(app: Flask, source: str) -> None:
    html = show(app, source, x=HOSTILE)
    assert "alert(1)" in html
    assert "<script" not in html
    assert "<b hx-get" not in html
    assert "1001000" not in html


@pytest.mark.parametrize("path", sorted(HOME.glob("templates/**/*.html")), ids=lambda path: path.name)
def test_no_page_carries_inline_code_or_style(path: Path) -> None:
    """The policy would refuse it; mails and printed documents are no pages."""
    if {"emails", "documents"} & set(path.parts):
        return
    source = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|<script(?![^>]*\ssrc=)", source)
    assert "|safe" not in source.replace(" ", "")


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    sprite = (HOME / "static" / "vendor" / "icons.svg").read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    named: set[str] = set()
    for path in HOME.glob("templates/**/*.html"):
        named |= set(re.findall(r"""icon\(["']([\w-]+)["']""", path.read_text(encoding="utf-8")))
    assert named <= known
