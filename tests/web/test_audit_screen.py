"""The manager reads what was done, and sees when somebody tampered with the log."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from fastoffice import audit, clock, transaction
from fastoffice.audit.models import AuditEntry
from fastoffice.extensions import db
from tests.factories.people import Cast, make_cast
from tests.web.browser import Browser

MARIANA, SYSTEM = audit.Actor("Mariana Ruiz"), audit.Actor.system()


@pytest.fixture
def cast(app: object, client: Browser) -> Cast:
    found = make_cast()
    client.sign_in(found.manager)
    return found


def note(branch_id: int, count: int = 1, at: str = "2026-12-01T18:00:00+00:00") -> None:
    """`count` invoices issued at a moment."""

    def work() -> None:
        for number in range(count):
            data = {"number": f"PLC-{number:06d}", "total": 1_032_400, "due_on": "2026-12-05"}
            audit.record(MARIANA, "invoice.issued", ("invoice", number + 1), data, branch_id=branch_id)

    with clock.fixed_at(clock.parse_moment(at, "UTC")):
        transaction.run(work)


def test_an_entry_reads_as_a_sentence_with_its_page(cast: Cast, client: Browser) -> None:
    note(cast.polanco.id)
    page = client.get("/staff/audit/").text
    assert "emitió PLC-000000 por $10,324.00, vence el 5 dic 2026" in page
    assert 'href="/staff/invoices/1"' in page
    assert "1 dic 2026, 12:00" in page, "on the branch's clock"


def test_settings_show_what_was_before_and_after(cast: Cast, client: Browser) -> None:
    form = {"version": "1", "name": "Polanco Sur", "timezone": "America/Mexico_City", "language": "es"}
    client.post("/staff/settings/branch", data=form)
    page = client.get("/staff/audit/").text
    assert "cambió los datos de la sucursal" in page
    assert "Polanco → <b>Polanco Sur</b>" in page


def test_filters_by_who_what_when(cast: Cast, client: Browser) -> None:
    note(cast.polanco.id, at="2026-12-02T05:30:00+00:00")  # still the first of December in Mexico City
    assert "emitió" in client.get("/staff/audit/?actor=mariana").text
    assert "emitió" not in client.get("/staff/audit/?actor=carlos").text
    transaction.run(lambda: audit.record(audit.Actor.system(), "branch.changed", ("branch", 1),
                                         branch_id=cast.polanco.id))
    for words in ("en automático", "fastoffice", "system"):
        page = client.get("/staff/audit/", query_string={"actor": words}).text
        assert "cambió los datos de la sucursal" in page
        assert "emitió" not in page
    assert "emitió" in client.get("/staff/audit/?about=invoices").text
    assert "emitió" not in client.get("/staff/audit/?about=users").text
    assert "emitió" in client.get("/staff/audit/?since=2026-12-01&until=2026-12-01").text
    assert "emitió" not in client.get("/staff/audit/?since=2026-12-02").text
    assert "emitió" in client.get("/staff/audit/?subject=invoice&id=1").text
    assert "emitió" not in client.get("/staff/audit/?subject=invoice&id=2").text
    assert client.get("/staff/audit/?since=ayer&before=x&about=%25&actor=%25").status_code == 200


def test_older_pages_follow_without_gap_or_repetition(cast: Cast, client: Browser) -> None:
    note(cast.polanco.id, count=120)
    seen: list[int] = []
    url: str | None = "/staff/audit/?about=invoices"
    while url:
        page = client.get(url).text
        seen += [int(each) for each in re.findall(r"emitió PLC-(\d+)", page)]
        found = re.search(r'rel="next" href="([^"]+)"', page)
        url = found[1].replace("&amp;", "&") if found else None
    assert seen == list(range(119, -1, -1))


def test_the_chain_holds_until_somebody_alters_an_entry(cast: Cast, client: Browser) -> None:
    note(cast.polanco.id, count=3)
    assert "La cadena está íntegra" in client.get("/staff/audit/chain").text
    guard_off()
    last = sa.select(sa.func.max(AuditEntry.id)).where(AuditEntry.branch_id == cast.polanco.id)
    number = db.session.scalar(last)
    db.session.execute(sa.update(AuditEntry).where(AuditEntry.id == number).values(actor="Nadie"))
    db.session.commit()
    assert "La cadena está rota" in client.get("/staff/audit/chain").text


def guard_off() -> None:
    """Somebody with access to the database itself removes the triggers that keep history."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'").scalars().all()
        for name in names:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    else:
        connection.exec_driver_sql("ALTER TABLE audit_entry DISABLE TRIGGER USER")


def test_the_networks_own_log_is_for_its_administrators(cast: Cast, client: Browser) -> None:
    red = client.application.test_client()
    red.sign_in(cast.network)
    assert "red@fastoffice.example" in red.get("/staff/audit/?of=network").text
    assert "red@fastoffice.example" not in client.get("/staff/audit/?of=network").text


def test_what_strangers_typed_stays_text_in_the_log(cast: Cast, client: Browser) -> None:
    evil = audit.Actor("<script>alert(1)</script>")
    branch_id = cast.polanco.id
    transaction.run(lambda: audit.record(
        evil, "client.created", ("client", 1), {"name": "{{7*7}} %(x)s %s <b>"}, branch_id=branch_id))
    page = client.get("/staff/audit/").text
    assert "<script>alert" not in page
    assert "{{7*7}} %(x)s %s &lt;b&gt;" in page
