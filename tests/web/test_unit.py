"""A handler that writes is one unit: kept when it answers well, undone when it refuses, whole when retried."""

from __future__ import annotations

import sqlite3
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask, Response, request, session
from sqlalchemy.exc import OperationalError

from fastoffice import htmx
from fastoffice.blueprints.unit import writes
from fastoffice.branches.models import Network
from fastoffice.errors import Refusal
from fastoffice.extensions import db


def networks() -> list[str]:
    return list(db.session.scalars(sa.select(Network.name)))


def busy() -> OperationalError:
    return OperationalError("UPDATE", {}, sqlite3.OperationalError("database is locked"))


@pytest.mark.parametrize(("status", "kept"), [(200, ["Norte"]), (303, ["Norte"]), (422, []), (409, []), (500, [])])
def test_what_it_wrote_is_kept_only_when_it_answers_well(app: Flask, status: int, kept: list[str]) -> None:
    @writes
    def handler() -> Response:
        db.session.add(Network(name="Norte"))
        db.session.flush()
        return Response("", status)

    with app.test_request_context(method="POST"):
        assert handler().status_code == status
    assert networks() == kept


def test_a_refusal_that_nobody_caught_undoes_it_too(app: Flask) -> None:
    @writes
    def handler() -> Response:
        db.session.add(Network(name="Norte"))
        raise Refusal("no")

    with app.test_request_context(method="POST"), pytest.raises(Refusal):
        handler()
    assert networks() == []


def test_a_busy_database_gets_the_whole_form_again(app: Flask) -> None:
    turns: list[bytes] = []

    @writes
    def handler() -> Response:
        turns.append(request.files["list"].read())
        htmx.toast("Saved.")
        db.session.add(Network(name=f"Norte {len(turns)}"))
        if len(turns) < 3:
            raise busy()
        return Response("done")

    form = {"list": (BytesIO(b"the file"), "list.csv")}
    with app.test_request_context("/", method="POST", data=form):
        assert handler().status_code == 200
        assert [message for _kind, message in session["_flashes"]] == ["Saved."], "said once"
    assert turns == [b"the file"] * 3, "from its first byte each time"
    assert networks() == ["Norte 3"]
