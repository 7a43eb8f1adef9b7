"""Which call is answered by what. Handlers take (book, params, *ids of the path) and answer a thing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.doubles.stripe import faults, params
from tests.doubles.stripe.book import Book, Thing, expanded

Handler = Callable[..., Thing]
ANSWERS_KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    kind: type
    handler: Handler


ROUTES: list[Route] = []


def route(method: str, path: str, kind: type) -> Callable[[Handler], Handler]:
    """Answer `method` `path` ("/v1/refunds/{}") with parameters of `kind`."""
    pattern = re.compile(re.escape(path).replace(r"\{\}", r"([^/]+)"))

    def keep(handler: Handler) -> Handler:
        ROUTES.append(Route(method, pattern, kind, handler))
        return handler

    return keep


def answer(book: Book, method: str, path: str, pairs: list[tuple[str, str]], key: str) -> tuple[int, Thing, bool]:
    """(status, body, whether it is the answer of an earlier call with this key)."""
    if method == "POST" and key:
        return _once(book, path, pairs, key)
    return *_call(book, method, path, pairs)[:2], False


def _once(book: Book, path: str, pairs: list[tuple[str, str]], key: str) -> tuple[int, Thing, bool]:
    if len(key) > 255:
        raise faults.invalid("Idempotency-Key", "Idempotency keys may have at most 255 characters.")
    asked = json.dumps([path, sorted(pairs)])
    known = book.answers.get(key)
    if known is not None and known["at"] > book.now() - ANSWERS_KEPT_SECONDS:
        if known["asked"] != asked:
            raise faults.ApiError(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request.",
                type=faults.IDEMPOTENCY)
        return known["status"], known["body"], True
    status, body, is_kept = _call(book, "POST", path, pairs)
    if is_kept:
        book.answers[key] = {"at": book.now(), "asked": asked, "status": status, "body": body}
    return status, body, False


def _call(book: Book, method: str, path: str, pairs: list[tuple[str, str]]) -> tuple[int, Thing, bool]:
    """(status, body, whether a key keeps it: not what failed before anything was begun)."""
    try:
        found, ids = _find(method, path)
        given = params.check(found.kind, params.decode(pairs))
        made = found.handler(book, given, *ids)
        return 200, expanded(book, made, given.get("expand", ())), True
    except faults.ApiError as error:
        return error.status, error.body, error.is_kept


def _find(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    for each in ROUTES:
        if each.method == method and (match := each.pattern.fullmatch(path)):
            return each, match.groups()
    raise faults.ApiError(f"Unrecognized request URL ({method}: {path}).", status=404)
