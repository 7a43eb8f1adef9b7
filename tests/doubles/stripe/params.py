"""Parameters as the `stripe` package sends them (form, nested in brackets), checked against the types it publishes."""

from __future__ import annotations

import re
import sys
import types
import typing
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

import typing_extensions as extensions
from stripe._request_options import RequestOptions

from tests.doubles.stripe import faults

OPTIONS = frozenset(RequestOptions.__annotations__)
WRAPPERS = (typing.NotRequired, typing.Required, extensions.NotRequired, extensions.Required, typing.Annotated)
LITERALS = (typing.Literal, extensions.Literal)
LONGEST = 5000  # a text that is longer is refused whatever it is for


def decode(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """{"a": {"b": {"0": "x"}}} for a[b][0]=x. Raises ApiError when a name is both a text and a group."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        first, *rest = re.findall(r"[^\[\]]+", name) or [name]
        place, last = found, first
        for step in rest:
            place = place.setdefault(last, {})
            if not isinstance(place, dict):
                raise faults.invalid(name, f"Invalid {name}: it is a text elsewhere")
            last = step
        place[last] = value
    return found


def check(kind: type, raw: dict[str, Any]) -> dict[str, Any]:
    """The parameters with the types that `kind`, a TypedDict of stripe.params, gives them. Raises ApiError."""
    return _group(kind, raw, "")


@cache
def _fields(kind: type) -> dict[str, Any]:
    """Names and types, without the options of a request, which travel as headers."""
    own = {name: hint for name, hint in kind.__annotations__.items() if name not in OPTIONS}
    holder = types.new_class("Holder")
    holder.__annotations__ = own
    return extensions.get_type_hints(holder, sys.modules[kind.__module__].__dict__, include_extras=True)


def _group(kind: Any, raw: Any, path: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise faults.invalid(path, f"Invalid object: {raw}", "parameter_invalid_object")
    known = _fields(kind)
    for name in raw:
        if name not in known:
            raise faults.unknown(_join(path, name))
    for name in known:
        if name in kind.__required_keys__ and name not in raw:
            raise faults.missing(_join(path, name))
    return {name: _value(known[name], value, _join(path, name)) for name, value in raw.items()}


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _value(hint: Any, raw: Any, path: str) -> Any:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in WRAPPERS:
        return _value(inner[0], raw, path)
    if origin in (typing.Union, types.UnionType):
        return _one_of(inner, raw, path)
    if origin in LITERALS:
        return _word(inner, raw, path)
    if origin in (list, tuple) or hint is list:
        return _row(inner[0] if inner else str, raw, path)
    if origin is dict:
        return _mapping(inner[1], raw, path)
    if typing.is_typeddict(hint) or extensions.is_typeddict(hint):
        return _group(hint, raw, path)
    return _plain(hint, raw, path)


def _one_of(hints: tuple[Any, ...], raw: Any, path: str) -> Any:
    fault = None
    if any(set(typing.get_args(hint)) - {""} for hint in hints if typing.get_origin(hint) in LITERALS):
        hints = tuple(hint for hint in hints if hint is not str)  # words that the package knows, open for new ones
    for hint in sorted(hints, key=lambda each: each is str):  # a text is what everything could be
        try:
            return _value(hint, raw, path)
        except faults.ApiError as error:
            deeper = fault is None or len(error.body["error"].get("param") or "") > len(path)
            fault = error if deeper else fault
    assert fault is not None
    raise fault


def _word(words: tuple[Any, ...], raw: Any, path: str) -> Any:
    if raw in words:
        return raw
    shown = ", ".join(str(word) for word in words)
    raise faults.invalid(path, f"Invalid {path}: must be one of {shown}")


def _row(hint: Any, raw: Any, path: str) -> list[Any]:
    if not isinstance(raw, dict) or sorted(raw, key=_place) != [str(place) for place in range(len(raw))]:
        raise faults.invalid(path, "Invalid array", "parameter_invalid_array")
    return [_value(hint, raw[str(place)], f"{path}[{place}]") for place in range(len(raw))]


def _place(text: str) -> int:
    return int(text) if text.isdigit() else sys.maxsize


def _mapping(hint: Any, raw: Any, path: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise faults.invalid(path, "Invalid hash", "parameter_invalid_hash")
    return {name: _value(hint, value, _join(path, name)) for name, value in raw.items()}


def _plain(hint: Any, raw: Any, path: str) -> Any:
    if isinstance(raw, dict):
        if hint in (int, bool, str, float, Decimal):
            raise faults.invalid(path, f"Invalid {hint.__name__}: an object", "parameter_invalid_string")
        return raw
    if hint is int:
        if not re.fullmatch(r"-?\d{1,18}", raw):
            raise faults.invalid(path, f"Invalid integer: {raw}", "parameter_invalid_integer")
        return int(raw)
    if hint is bool:
        if raw not in ("true", "false"):
            raise faults.invalid(path, f"Invalid boolean: {raw}")
        return raw == "true"
    if hint in (float, Decimal):
        return _number(raw, path)
    return _text(raw, path)


def _number(raw: str, path: str) -> str:
    try:
        return str(Decimal(raw))
    except InvalidOperation as error:
        raise faults.invalid(path, f"Invalid decimal: {raw}") from error


def _text(raw: str, path: str) -> str:
    if raw == "":
        raise faults.empty(path)
    if len(raw) > LONGEST:
        raise faults.invalid(path, f"Invalid string: {raw[:20]}…; must be at most {LONGEST} characters")
    return raw
