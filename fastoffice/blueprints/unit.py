"""One handler, one unit of work."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Response, g, make_response, request, session

from fastoffice import transaction

View = TypeVar("View", bound=Callable[..., Any])


class _Refused(Exception):
    """Carries an answer that is a refusal out of the unit, so that what it wrote is undone."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def writes(view: View) -> View:
    """Decorator for handlers that write: committed when they answer below 400, undone otherwise.

    The whole handler runs again when the database refuses it for a passing reason, with the same input.
    Put it below `@require(…)`.
    """

    @functools.wraps(view)
    def unit(*args: Any, **kwargs: Any) -> Response:
        news = (list(session.get("_flashes", [])), list(g.get("toasts", [])))

        def once() -> Response:
            _start_over(news)
            response = make_response(view(*args, **kwargs))
            if response.status_code >= 400:
                raise _Refused(response)
            return response

        try:
            return transaction.run(once)
        except _Refused as refused:
            return refused.response

    return cast(View, unit)


def _start_over(news: tuple[list[Any], list[Any]]) -> None:
    """The input as it came: messages of an earlier attempt forgotten, files at their first byte."""
    flashes, toasts = news
    if flashes or "_flashes" in session:
        session["_flashes"] = list(flashes)
    g.toasts = list(toasts)
    g.pop("allowed_branches", None)
    for file in request.files.values():
        file.stream.seek(0)
