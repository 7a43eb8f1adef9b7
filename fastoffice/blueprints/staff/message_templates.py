"""The texts of messages: the branch's own wording with fixed placeholders, preview, test mail, back to built-in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import UnprocessableEntity
from wtforms import HiddenField, StringField, TextAreaField

from fastoffice import htmx
from fastoffice.blueprints.forms import StaffForm, needed
from fastoffice.blueprints.shell import LANGUAGE_NAMES
from fastoffice.blueprints.staff.outbox import framed
from fastoffice.blueprints.staff.outbox_view import CHANNEL_NAMES
from fastoffice.blueprints.unit import writes
from fastoffice.errors import NotFound, Refusal
from fastoffice.identity.access import current_actor, current_branch, require, signed_in_user
from fastoffice.notifications import kinds, preview, queries, service, wordings
from fastoffice.notifications.models import MessageTemplate
from fastoffice.notifications.service.wording import check_wording
from fastoffice.notifications.wordings import Wording
from fastoffice.sent import version_in

blueprint = Blueprint("message_templates", __name__, url_prefix="/staff/message-templates")
ONE = "/<kind>/<channel>/<language>"
EDIT = "staff/message_templates/edit.html"
Key = tuple[str, str, str]


class WordingForm(StaffForm):
    """A text. `version` is that of the branch's own row when the form was opened."""

    subject = StringField(_l("Subject"), [needed()])
    body = TextAreaField(_l("Message"), [needed()])
    version = HiddenField(default="0")


def _key(kind: str, channel: str, language: str) -> Key:
    """The path's key. Raises NotFound for a text that does not exist."""
    known = kinds.EDITABLE.get(kind)
    if known is None or channel not in known.channels or language not in kinds.LANGUAGES:
        raise NotFound(_l("There is no such text."))
    return kind, channel, language


def _own(key: Key) -> MessageTemplate | None:
    return queries.own_wordings(current_branch().id).get(key)


def _sample(language: str) -> dict[str, str]:
    branch = current_branch()
    return {**kinds.sample(language), "branch_name": f"Fast Office {branch.name}",
            "branch_phone": branch.phone or kinds.sample(language)["branch_phone"]}


@blueprint.get("/")
@require("templates.edit")
def index() -> Response:
    """All texts and which of them the branch changed."""
    page = "staff/message_templates/index.html"
    columns = [(_("Message"),), (_("Channel"),), *((name,) for name in LANGUAGE_NAMES.values())]
    return htmx.page_or_fragment(page, page, own=queries.own_wordings(current_branch().id), kinds=kinds.EDITABLE,
                                 channels=CHANNEL_NAMES,
                                 languages=LANGUAGE_NAMES, columns=columns)


@blueprint.get(ONE)
@require("templates.edit")
def edit(kind: str, channel: str, language: str) -> Response:
    """One text."""
    key = _key(kind, channel, language)
    own = _own(key)
    text = Wording(own.subject, own.body) if own else wordings.built_in(*key)
    form = _form(channel, formdata=None, subject=text.subject, body=text.body, version=str(own.version if own else 0))
    return htmx.page_or_fragment(EDIT, EDIT, **_context(key, form, own))


def _form(channel: str, **values: Any) -> WordingForm:
    """The form of a channel's text; only mails have a subject."""
    form = WordingForm(**values)
    if channel != kinds.EMAIL:
        del form.subject
    return form


def _typed(form: WordingForm) -> Wording:
    return Wording((form.subject.data or "") if form.subject else "", form.body.data or "")


def _context(key: Key, form: WordingForm, own: MessageTemplate | None) -> dict[str, Any]:
    kind, channel, language = key
    sample = _sample(language)
    words = [(name, kinds.PLACEHOLDERS[name][0], sample[name]) for name in kinds.KINDS[kind].placeholders]
    user = signed_in_user()
    return {
        "form": form, "own": own, "key": {"kind": kind, "channel": channel, "language": language}, "words": words,
        "label": kinds.KINDS[kind].label, "channel_name": CHANNEL_NAMES[channel], "languages": LANGUAGE_NAMES,
        "channels": [(name, CHANNEL_NAMES[name]) for name in kinds.KINDS[kind].channels],
        "to": user.email if user else "",
    }


@blueprint.post(ONE)
@require("templates.edit")
@writes
def save(kind: str, channel: str, language: str) -> Response:
    """Keep the branch's own text."""
    key, form = _key(kind, channel, language), _form(channel)
    wording, version = _typed(form), form.version.data or ""
    try:
        service.save_wording(current_branch().id, key, wording.subject, wording.body, current_actor(),
                             version_in(version))
    except Refusal as refusal:
        if form.validate():  # an empty field has said so itself
            form.refuse(refusal)
        own = _own(key)
        form.version.data = str(own.version if own else 0)  # saving once more is knowing of the other text
        return htmx.invalid(EDIT, **_context(key, form, own))
    htmx.toast(_("Saved. New messages use this text."))
    return htmx.redirect(url_for(".edit", kind=kind, channel=channel, language=language))


@blueprint.post(ONE + "/preview")
@require("templates.edit")
def show_preview(kind: str, channel: str, language: str) -> Response:
    """What is typed, with sample values. It changes nothing."""
    kind, channel, language = _key(kind, channel, language)
    wording = _typed(_form(channel))
    try:
        check_wording(kind, channel, wording.subject, wording.body)
        return framed(preview.render(wording, _sample(language), language, channel))
    except Refusal as refusal:
        return framed(preview.Message(_("Preview"), str(refusal)))


@blueprint.get(ONE + "/preview")
@require("templates.edit")
def preview_in_force(kind: str, channel: str, language: str) -> Response:
    """The text in force, with sample values."""
    key = _key(kind, channel, language)
    own = _own(key)
    wording = Wording(own.subject, own.body) if own else wordings.built_in(*key)
    return framed(preview.render(wording, _sample(language), language, channel))


@blueprint.post(ONE + "/default")
@require("templates.edit")
@writes
def reset(kind: str, channel: str, language: str) -> Response:
    """Back to the built-in text."""
    key = _key(kind, channel, language)
    if service.reset_wording(current_branch().id, key, current_actor()):
        htmx.toast(_("The built-in text is in force again."))
    return htmx.redirect(url_for(".edit", kind=kind, channel=channel, language=language))


@blueprint.post(ONE + "/test-mails")
@require("templates.edit")
@writes
def send_test(kind: str, channel: str, language: str) -> Response:
    """Send the saved text, with sample values, to oneself."""
    kind, channel, language = _key(kind, channel, language)
    user = signed_in_user()
    if channel != kinds.EMAIL or user is None:
        raise UnprocessableEntity
    service.owe_test_mail(current_branch().id, kind, language, user.email, f"Fast Office {current_branch().name}")
    htmx.toast(_("The test mail is on its way to %(email)s.", email=user.email))
    return htmx.redirect(url_for(".edit", kind=kind, channel=channel, language=language))
