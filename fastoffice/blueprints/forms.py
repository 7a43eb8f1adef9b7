"""Forms of the staff: refusals land beside their field, what was typed stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from fastoffice.errors import Conflict, NotFound, Refusal
from fastoffice.folding import clean_text


class _Cleaning(FlaskForm.Meta):
    """Lines of text arrive without line ends, control, zero-width or direction characters."""

    def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
        """The field; one of a single line cleans what was typed before its validators look at it."""
        if unbound_field.field_class is StringField:
            options = {**options, "filters": [*unbound_field.kwargs.get("filters", ()), _one_line]}
        return unbound_field.bind(form=form, **options)


def _one_line(typed: Any) -> Any:
    return clean_text(typed) if isinstance(typed, str) else typed


class StaffForm(FlaskForm):
    """A form whose refusals by the service are shown like those of its own validators."""

    Meta = _Cleaning

    def refuse(self, refusal: Refusal, **aliases: str) -> None:
        """Put the reason beside the field it names (`aliases`: the service's name -> ours), else on top."""
        name = aliases.get(refusal.field or "", refusal.field or "")
        field = self._fields.get(name)
        if field is None:
            self.form_errors.append(str(refusal.message))
        else:
            field.errors = [*field.errors, str(refusal.message)]


def attempt(form: StaffForm, work: Callable[[], object], **aliases: str) -> int | None:
    """Run `work` if the form is in order; None when it was done, else the status to answer with, the reason being
    in the form.
    """
    if not form.validate():
        return 422
    try:
        work()
    except NotFound:
        raise
    except Conflict as conflict:
        form.refuse(conflict, **aliases)
        return 409
    except Refusal as refusal:
        form.refuse(refusal, **aliases)
        return 422
    return None


def options(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Choices of a select or of radio buttons from (value, label)."""
    return [SelectChoice(value, label) for value, label in pairs]


def needed() -> DataRequired:
    """The field must be filled in."""
    return DataRequired(_l("Please fill this in."))


def chosen() -> InputRequired:
    """The field must have a value; 0 is one."""
    return InputRequired(_l("Please fill this in."))


def at_most(length: int) -> Length:
    """No longer than the column."""
    return Length(max=length, message=_l("At most %(max)d characters.", max=length))


def between(low: int, high: int) -> NumberRange:
    """A whole number in the range."""
    return NumberRange(low, high, _l("Choose a number from %(low)s to %(high)s.", low=low, high=high))


class WholeNumber(IntegerField):
    """An integer whose refusal is in our words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the typed text."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(_l("Write a whole number."))) from error


class HourField(TimeField):
    """HH:MM, or nothing."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the typed text; empty is None."""
        if not valuelist or not str(valuelist[0]).strip():
            self.data = None
            if valuelist:
                valuelist.clear()  # it is raw_data: blanks are no input, which chosen() refuses
            return
        try:
            super().process_formdata([str(valuelist[0])[:5]])
        except ValueError as error:
            raise ValueError(str(_l("Write an hour like 09:00."))) from error
