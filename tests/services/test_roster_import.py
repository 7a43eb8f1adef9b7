"""A branch's contracts list becomes clients and contracts: previewed, whole or not at all, once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import transaction
from fastoffice.audit import Actor, verify_chain
from fastoffice.audit.models import AuditEntry
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client, ClientContact
from fastoffice.contracts.cli import import_group
from fastoffice.contracts.models import Contract, ContractLine, LinePrice, RosterImport
from fastoffice.contracts.roster import ParsedRoster, parse_roster
from fastoffice.contracts.service.roster import (
    RosterPreview,
    RosterRefused,
    apply_roster,
    confirm_import,
    default_prices_from,
    keep_upload,
    parse_import,
    preview_roster,
    remember_mapping,
    remembered_mapping,
)
from fastoffice.contracts.service.roster.texts import message_text
from fastoffice.errors import Conflict
from fastoffice.extensions import db
from fastoffice.workspaces.models import Office
from tests.factories.people import make_branch
from tests.unit.roster.sheets import FIXTURES, HEADER, OTHER, ROW, csv_text, sample

NOW = datetime(2026, 11, 30, 18, tzinfo=UTC)
DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)
MARIANA = Actor("Mariana Ruiz", 7)
FULL = (*HEADER, "Correo", "Contacto", "Teléfono", "Depósito", "Envío", "Horas de sala", "Grupo", "Notas")
FULL_ROW = (
    *ROW,
    "inigo@example.com",
    "Íñigo",
    "55 3028 4657",
    2300,
    "Correo y postal",
    4,
    "PyME",
    "Paga por SPEI",
)


@pytest.fixture
def polanco(app: Flask) -> Branch:
    """The Polanco branch, with nothing in it."""
    return make_branch("PLC")


def read(*rows: Any, header: tuple[str, ...] = FULL) -> ParsedRoster:
    return parse_roster(csv_text(header, *rows).encode(), "lista.csv")


def changed(**cells: object) -> tuple[object, ...]:
    """FULL_ROW with single cells by name."""
    keys = (
        "name",
        "rfc",
        "service",
        "office",
        "start",
        "end",
        "prompt",
        "list",
        "email",
        "contact",
        "phone",
        "deposit",
        "channels",
        "hours",
        "group",
        "notes",
    )
    return tuple(cells.get(key, value) for key, value in zip(keys, FULL_ROW, strict=True))


def preview(branch: Branch, parsed: ParsedRoster, prices_from: date = DECEMBER) -> RosterPreview:
    return preview_roster(branch, parsed, prices_from)


def apply(branch: Branch, parsed: ParsedRoster, prices_from: date = DECEMBER) -> RosterPreview:
    branch_id = branch.id
    return transaction.run(
        lambda: apply_roster(db.session.get_one(Branch, branch_id), parsed, MARIANA, NOW, prices_from)
    )


def count(model: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def everything() -> list[list[tuple[Any, ...]]]:
    """All rows that an import can touch."""
    models = (Client, ClientContact, Office, Contract, ContractLine, LinePrice, AuditEntry)
    return [
        [tuple(row) for row in db.session.execute(sa.select(model.__table__).order_by("id"))]
        if model is not AuditEntry
        else [(count(AuditEntry),)]
        for model in models
    ]


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that goes to the database inside the block."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK TO")):
            seen.append(statement)

    engine = db.session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def test_the_branch_s_real_list_becomes_sixty_four_contracts(polanco: Branch) -> None:
    done = apply(polanco, parse_roster(sample(), "contratos-polanco.xlsx"))
    assert done.counts.as_dict() == {"created": 64, "changed": 0, "unchanged": 0, "refused": 0, "ignored": 2}
    assert (count(Contract), count(Client), count(ContractLine), count(LinePrice)) == (64, 64, 64, 64)
    assert db.session.scalar(sa.select(sa.func.sum(LinePrice.prompt_price))) == 26_538_000
    assert db.session.scalar(sa.select(sa.func.sum(LinePrice.list_price))) == 32_296_000
    assert count(Office) == 34
    assert count(ClientContact) == 65


def test_a_contract_holds_all_that_its_row_says(polanco: Branch) -> None:
    apply(polanco, read(FULL_ROW))
    contract = db.session.scalars(sa.select(Contract)).one()
    assert (contract.code, contract.state, contract.currency) == ("C-0001", "active", "MXN")
    assert (contract.starts_on, contract.ends_on) == (date(2025, 7, 3), date(2027, 7, 3))
    assert (contract.channels, contract.deposit, contract.meeting_minutes) == (["email", "post"], 230000, 240)
    assert contract.notes == "Paga por SPEI"
    assert contract.office is not None
    assert contract.office.code == "104"
    line = contract.lines[0]
    assert (line.description, line.position, line.prorate) == ("Coworking", 1, True)
    price = line.prices[0]
    assert (price.valid_from, price.prompt_price, price.list_price) == (contract.starts_on, 230000, 280000)
    client = contract.client
    assert (client.legal_name, client.tax_id, client.group) == ("Íñigo Núñez Gómez", "NUGI6110226Y8", "PyME")
    assert [(c.name, c.email, c.phone, c.for_billing) for c in client.contacts] == [
        ("Íñigo", "inigo@example.com", "+525530284657", True)
    ]
    assert "nunez" in client.search_text
    assert "104" in client.search_text


def test_a_preview_writes_nothing(polanco: Branch) -> None:
    before = everything()
    shown = preview(polanco, parse_roster(sample(), "contratos-polanco.xlsx"))
    assert shown.counts.created == 64
    assert everything() == before


def test_importing_the_same_file_again_changes_nothing(polanco: Branch) -> None:
    parsed = parse_roster(sample(), "contratos-polanco.xlsx")
    apply(polanco, parsed)
    before = everything()
    again = apply(polanco, parsed, JANUARY)
    assert again.counts.as_dict() == {"created": 0, "changed": 0, "unchanged": 64, "refused": 0, "ignored": 2}
    assert everything() == before


def test_a_changed_price_holds_from_the_next_period_and_the_old_one_stays(polanco: Branch) -> None:
    apply(polanco, read(FULL_ROW, OTHER + ("",) * 8))
    raised = read(changed(prompt=2500, list=3000), OTHER + ("",) * 8)
    shown = preview(polanco, raised, JANUARY)
    assert [(c.field, c.old, c.new) for c in shown.plan.rows[0].changes] == [
        ("prompt_price", 230000, 250000),
        ("list_price", 280000, 300000),
    ]
    assert shown.plan.changes_prices
    apply(polanco, raised, JANUARY)
    contract = db.session.scalars(sa.select(Contract).order_by(Contract.id)).first()
    assert contract is not None
    assert [(p.valid_from, p.prompt_price) for p in contract.lines[0].prices] == [
        (date(2025, 7, 3), 230000),
        (JANUARY, 250000),
    ]
    assert apply(polanco, raised, JANUARY).counts.unchanged == 2


def test_a_price_corrected_twice_before_it_holds_is_one_price(polanco: Branch) -> None:
    apply(polanco, read(FULL_ROW))
    apply(polanco, read(changed(prompt=25000)), JANUARY)
    apply(polanco, read(changed(prompt=2500)), JANUARY)
    apply(polanco, read(changed(prompt=2400)), DECEMBER)
    prices = db.session.scalars(sa.select(LinePrice).order_by(LinePrice.valid_from)).all()
    assert [(price.valid_from, price.prompt_price) for price in prices] == [
        (date(2025, 7, 3), 230000),
        (JANUARY, 240000),
    ]


def test_changes_of_contract_and_client_are_shown_old_and_new_and_written(polanco: Branch) -> None:
    apply(polanco, read(FULL_ROW))
    file = read(
        changed(
            end="03/07/2028",
            channels="WhatsApp",
            hours="2:30",
            deposit=0,
            notes="Otra",
            name="Íñigo Núñez",
            group="Corporativo",
            phone="55 1111 2222",
            contact="Ana",
        )
    )
    assert [(c.field, c.old, c.new) for c in preview(polanco, file).plan.rows[0].changes] == [
        ("legal_name", "Íñigo Núñez Gómez", "Íñigo Núñez"),
        ("group", "PyME", "Corporativo"),
        ("contact_name", "Íñigo", "Ana"),
        ("phone", "+525530284657", "+525511112222"),
        ("ends_on", date(2027, 7, 3), date(2028, 7, 3)),
        ("channels", ("email", "post"), ("whatsapp",)),
        ("deposit", 230000, 0),
        ("meeting_minutes", 240, 150),
        ("notes", "Paga por SPEI", "Otra"),
    ]
    apply(polanco, file)
    contract = db.session.scalars(sa.select(Contract)).one()
    assert (contract.ends_on, contract.channels, contract.version) == (date(2028, 7, 3), ["whatsapp"], 2)
    assert (contract.client.legal_name, contract.client.version) == ("Íñigo Núñez", 2)
    assert [(c.name, c.phone) for c in contract.client.contacts] == [("Ana", "+525511112222")]
    assert apply(polanco, file).counts.unchanged == 1


def test_blank_cells_and_missing_columns_change_nothing(polanco: Branch) -> None:
    apply(polanco, read(FULL_ROW))
    before = everything()
    blank = changed(
        end="", email="", contact="", phone="", deposit="", channels="", hours="", group="", notes=""
    )
    assert apply(polanco, read(blank)).counts.unchanged == 1
    assert apply(polanco, read(ROW, header=HEADER)).counts.unchanged == 1
    assert everything() == before


def test_addresses_are_added_and_never_taken_away(polanco: Branch) -> None:
    apply(polanco, read(FULL_ROW))
    apply(polanco, read(changed(email="conta@example.com; inigo@example.com", contact="Conta")))
    emails = db.session.scalars(sa.select(ClientContact.email).order_by(ClientContact.id)).all()
    assert emails == ["inigo@example.com", "conta@example.com"]
    assert (
        apply(
            polanco, read(changed(email="conta@example.com; inigo@example.com", contact="Conta"))
        ).counts.unchanged
        == 1
    )


def test_a_client_with_two_contracts_is_one_client(polanco: Branch) -> None:
    apply(polanco, read(FULL_ROW, changed(office="105", email="dos@example.com", name="IÑIGO NÚÑEZ GÓMEZ")))
    assert (count(Client), count(Contract), count(ClientContact)) == (1, 2, 2)
    assert db.session.scalars(sa.select(Client.legal_name)).one() == "Íñigo Núñez Gómez"


def test_a_client_known_by_name_gets_its_rfc(polanco: Branch) -> None:
    apply(polanco, read(changed(rfc="")))
    shown = preview(polanco, read(changed(name="IÑIGO NUÑEZ GOMEZ")))
    assert [(c.field, c.old, c.new) for c in shown.plan.rows[0].changes][-1] == (
        "tax_id",
        None,
        "NUGI6110226Y8",
    )
    apply(polanco, read(FULL_ROW))
    assert db.session.scalars(sa.select(Client.tax_id)).all() == ["NUGI6110226Y8"]
    assert apply(polanco, read(changed(rfc=""))).counts.unchanged == 1


def test_the_generic_rfc_joins_nobody(polanco: Branch) -> None:
    file = read(changed(rfc="XAXX010101000"), changed(rfc="XAXX010101000", name="Otra Persona"))
    apply(polanco, file)
    assert db.session.scalars(sa.select(Client.tax_id)).all() == [None, None]
    assert apply(polanco, file).counts.unchanged == 2


def test_two_clients_of_one_name_need_the_rfc(polanco: Branch) -> None:
    apply(polanco, read(FULL_ROW, changed(rfc="ECO881113P87", office="105")))
    assert count(Client) == 2
    shown = preview(polanco, read(changed(rfc="")))
    assert shown.refused_rows == [2]
    assert not shown.can_apply
    assert "RFC" in message_text(shown.problems[0].message)


def test_an_archived_client_that_comes_again_is_taken_out_of_the_archive(polanco: Branch) -> None:
    apply(polanco, read(FULL_ROW))
    db.session.execute(sa.update(Client).values(archived_at=NOW))
    assert [change.field for change in preview(polanco, read(FULL_ROW)).plan.rows[0].changes] == ["archived"]
    apply(polanco, read(FULL_ROW))
    assert db.session.scalars(sa.select(Client.archived_at)).one() is None


def test_a_withdrawn_contract_is_not_brought_back(polanco: Branch) -> None:
    apply(polanco, read(FULL_ROW))
    db.session.execute(sa.update(Contract).values(state="ended"))
    shown = preview(polanco, read(FULL_ROW))
    assert shown.refused_rows == [2]
    assert "C-0001" in message_text(shown.problems[0].message)


def test_a_new_term_after_the_old_one_is_a_new_contract_and_both_stay_known(polanco: Branch) -> None:
    apply(polanco, read(FULL_ROW))
    renewed = read(changed(start="04/07/2027", end="03/07/2028", prompt=2500))
    assert apply(polanco, renewed).counts.created == 1
    assert db.session.scalars(sa.select(Contract.code).order_by(Contract.id)).all() == ["C-0001", "C-0002"]
    assert apply(polanco, renewed).counts.unchanged == 1
    assert apply(polanco, read(FULL_ROW)).counts.unchanged == 1


def test_a_start_that_moves_earlier_takes_its_price_along(polanco: Branch) -> None:
    apply(polanco, read(FULL_ROW))
    file = read(changed(start="01/06/2025"))
    apply(polanco, file)
    assert db.session.scalars(sa.select(LinePrice.valid_from)).one() == date(2025, 6, 1)
    assert apply(polanco, file).counts.unchanged == 1


def test_one_refused_row_stops_the_whole_file(polanco: Branch) -> None:
    before = everything()
    file = read(FULL_ROW, changed(office="105", prompt="gratis"), changed(office="106", rfc="NUGI6110226Y9"))
    with pytest.raises(RosterRefused) as refusal:
        apply(polanco, file)
    assert refusal.value.preview.counts.as_dict() == {
        "created": 1,
        "changed": 0,
        "unchanged": 0,
        "refused": 2,
        "ignored": 0,
    }
    assert everything() == before


def test_a_file_without_a_needed_column_stops_too(polanco: Branch) -> None:
    with pytest.raises(RosterRefused):
        apply(polanco, read(FULL_ROW[:5], header=FULL[:5]))
    assert count(Contract) == 0


def test_contracts_that_the_file_does_not_mention_are_named_and_left_alone(polanco: Branch) -> None:
    apply(polanco, read(FULL_ROW, changed(office="105")))
    done = apply(polanco, read(FULL_ROW))
    assert [contract.office for contract in done.plan.absent] == ["105"]
    assert db.session.scalars(sa.select(Contract.state)).all() == ["active", "active"]


def test_another_branch_s_clients_and_contracts_are_not_touched(polanco: Branch) -> None:
    tijuana = make_branch("TIJ")
    apply(tijuana, read(FULL_ROW))
    done = apply(polanco, read(changed(prompt=9999)))
    assert done.counts.created == 1
    assert [(c.branch_id, c.code) for c in db.session.scalars(sa.select(Contract).order_by(Contract.id))] == [
        (tijuana.id, "C-0001"),
        (polanco.id, "C-0001"),
    ]


def test_every_touched_contract_has_its_audit_entry_and_the_chain_holds(polanco: Branch) -> None:
    apply(polanco, read(FULL_ROW, changed(office="105")))
    apply(polanco, read(FULL_ROW, changed(office="105", prompt=2500)), JANUARY)
    entries = db.session.execute(
        sa.select(AuditEntry.action, AuditEntry.actor, AuditEntry.data)
        .where(AuditEntry.action != "branch.created")
        .order_by(AuditEntry.sequence)
    ).all()
    assert [entry.action for entry in entries] == [
        "roster.imported",
        "contract.imported",
        "contract.imported",
        "roster.imported",
        "contract.changed_by_import",
    ]
    assert {entry.actor for entry in entries} == {"Mariana Ruiz"}
    assert entries[-1].data == {"prompt_price": [230000, 250000]}
    assert verify_chain(polanco.id) in (None, [], True)


@pytest.mark.parametrize("rows", [1, 40])
def test_a_preview_takes_the_same_few_statements_whatever_the_size(polanco: Branch, rows: int) -> None:
    file = read(*[changed(office=str(number)) for number in range(rows)])
    apply(polanco, file)
    branch_id = polanco.id
    db.session.expire_all()
    branch = db.session.get_one(Branch, branch_id)
    with statements() as seen:
        preview(branch, file)
    assert len(seen) == 7


def test_applying_reads_and_updates_with_as_few_statements_however_many_rows(polanco: Branch) -> None:
    sizes = []
    for start, rows in ((0, 2), (100, 60)):
        numbers = range(start, start + rows)
        file = read(*[changed(office=str(n), rfc="", name=f"Cliente {n}") for n in numbers])
        with statements() as seen:
            apply(polanco, file)
        sizes.append(sum(not statement.startswith("INSERT") for statement in seen))
    assert sizes[1] <= sizes[0]


def test_prices_change_from_the_first_of_the_branch_s_next_month(polanco: Branch) -> None:
    assert default_prices_from(polanco, datetime(2026, 12, 1, 5, tzinfo=UTC)) == DECEMBER
    assert default_prices_from(polanco, datetime(2026, 12, 1, 7, tzinfo=UTC)) == JANUARY


def test_corrections_of_columns_are_remembered_per_branch(polanco: Branch) -> None:
    tijuana = make_branch("TIJ")
    remember_mapping(polanco.id, {"Cuenta": "legal_name", "Giro": "", "X": "password"})
    remember_mapping(polanco.id, {"Cuenta": "trade_name"})
    assert remembered_mapping(polanco.id) == {"Cuenta": "trade_name", "Giro": ""}
    assert remembered_mapping(tijuana.id) == {}


def upload(branch: Branch, data: bytes) -> RosterImport:
    branch_id = branch.id
    return transaction.run(
        lambda: keep_upload(db.session.get_one(Branch, branch_id), "lista.csv", data, {}, MARIANA, NOW)
    )


def confirm(branch: Branch, record: RosterImport, fingerprint: str) -> RosterImport:
    parsed = parse_import(record, "MXN")
    branch_id = branch.id
    return transaction.run(
        lambda: confirm_import(
            db.session.get_one(Branch, branch_id), record, parsed, fingerprint, MARIANA, NOW, DECEMBER
        )
    )


def test_a_kept_upload_is_applied_once_however_often_it_is_confirmed(polanco: Branch) -> None:
    record = upload(polanco, csv_text(FULL, FULL_ROW).encode())
    fingerprint = preview(polanco, parse_import(record, "MXN")).plan.fingerprint
    for _time in range(2):
        done = confirm(polanco, record, fingerprint)
        assert done.result["created"] == 1
        assert done.applied_at == NOW
    assert count(Contract) == 1


def test_a_preview_that_is_no_longer_true_is_not_applied(polanco: Branch) -> None:
    record = upload(polanco, csv_text(FULL, FULL_ROW).encode())
    fingerprint = preview(polanco, parse_import(record, "MXN")).plan.fingerprint
    apply(polanco, read(changed(prompt=9999)))
    before = everything()
    with pytest.raises(Conflict):
        confirm(polanco, record, fingerprint)
    assert everything() == before
    assert db.session.get_one(RosterImport, record.id).applied_at is None


def test_the_same_bytes_uploaded_twice_are_one_file(polanco: Branch) -> None:
    data = csv_text(FULL, FULL_ROW).encode()
    assert upload(polanco, data).sha256 == upload(polanco, data).sha256


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(import_group, ["contracts", *arguments])


def test_the_command_imports_and_tells_in_json(app: Flask, polanco: Branch) -> None:
    file = str(FIXTURES / "contratos-polanco.xlsx")
    result = run(app, file, "--branch", "plc", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.output) == {
        "file": "contratos-polanco.xlsx",
        "sheet": "Contratos vigentes",
        "rows": 64,
        "created": 64,
        "changed": 0,
        "unchanged": 0,
        "refused": 0,
        "ignored": 2,
        "problems": [],
        "applied": True,
    }
    again = json.loads(run(app, file, "--branch", "PLC", "--json").output)
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 64)


def test_the_command_writes_nothing_when_a_row_is_refused(
    app: Flask, polanco: Branch, tmp_path: Path
) -> None:
    file = tmp_path / "lista.csv"
    file.write_text(csv_text(FULL, FULL_ROW, changed(office="2", prompt="gratis")), encoding="cp1252")
    result = run(app, str(file), "--branch", "PLC", "--json")
    answer = json.loads(result.output)
    assert result.exit_code == 1
    assert (answer["created"], answer["refused"], answer["applied"]) == (1, 1, False)
    assert [(p["row"], p["column"], p["field"], p["severity"]) for p in answer["problems"]] == [
        (3, "G", "prompt_price", "error")
    ]
    assert count(Contract) == 0
    dry = run(app, str(file), "--branch", "PLC", "--dry-run", "--json")
    assert dry.exit_code == 0
    assert json.loads(dry.output)["refused"] == 1


def test_a_dry_run_writes_nothing(app: Flask, polanco: Branch) -> None:
    result = run(app, str(FIXTURES / "contratos-polanco.xlsx"), "--branch", "PLC", "--dry-run")
    assert result.exit_code == 0
    assert "64" in result.output
    assert count(Contract) == 0


@pytest.mark.parametrize(
    ("content", "branch"), [(b"%PDF-1.7", "PLC"), (csv_text(FULL, FULL_ROW).encode(), "NADA")]
)
def test_the_command_refuses_what_is_no_list_and_what_is_no_branch(
    app: Flask, polanco: Branch, tmp_path: Path, content: bytes, branch: str
) -> None:
    file = tmp_path / "lista.xlsx"
    file.write_bytes(content)
    result = run(app, str(file), "--branch", branch, "--json")
    assert result.exit_code == 1
    answer = json.loads(result.output)
    assert answer["applied"] is False
    assert answer["problems"][0]["message"]


def test_the_command_dates_changed_prices_as_asked(app: Flask, polanco: Branch, tmp_path: Path) -> None:
    file = tmp_path / "lista.csv"
    for price in (2300, 2500):
        file.write_text(csv_text(FULL, changed(prompt=price)), encoding="utf-8")
        assert run(app, str(file), "--branch", "PLC", "--prices-from", "2027-03-01").exit_code == 0
    assert date(2027, 3, 1) in db.session.scalars(sa.select(LinePrice.valid_from)).all()
