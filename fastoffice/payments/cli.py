"""flask payments record: money that is known by its reference."""

from __future__ import annotations

from datetime import date
from typing import Any

import click
from flask.cli import with_appcontext

from fastoffice import audit, clock, money, transaction
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.cli_options import at_option, json_option, print_json, resolve_at
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.payments import queries, rules
from fastoffice.payments.models import Payment
from fastoffice.payments.rules import PaymentSpec
from fastoffice.payments.service import Outcome, record_payment

ACTOR = audit.Actor("command line")
payments_group = click.Group("payments", help="Money that was received.")


def _amount(_context: click.Context, _option: click.Parameter, text: str) -> int:
    try:
        return money.parse_amount(text)
    except money.AmountError as error:
        raise click.ClickException(f"“{text}” is not an amount like 4060.00") from error


def _day(_context: click.Context, _option: click.Parameter, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise click.ClickException(f"“{text}” is not a date like 2026-12-04") from error


@payments_group.command("record")
@click.option("--branch", "code", required=True, metavar="CODE", help="Code of the branch.")
@click.option("--reference", required=True, help="Payment reference or number of the invoice it names.")
@click.option("--amount", required=True, callback=_amount, help="As in 4060.00.")
@click.option("--method", required=True, type=click.Choice(rules.METHODS), help="How it came.")
@click.option("--value-date", "day", callback=_day, metavar="YYYY-MM-DD", help="The branch's today unless given.")
@click.option("--currency", help="The branch's unless given.")
@click.option("--note", default="", help="For the history.")
@click.option("--request-key", help="The same key is the same payment, however often it is sent.")
@at_option
@json_option
@with_appcontext
def record(code: str, reference: str, amount: int, method: str, day: date | None, currency: str | None, note: str,
           request_key: str | None, at: str | None, as_json: bool) -> None:
    """Record a payment that names an invoice; what the invoice doesn't take stays as the client's credit."""
    try:
        branch = branches.branch_by_code(code)
        branch_id = branch.id
        now = resolve_at(at, branch.timezone) or clock.now()
        values: dict[str, Any] = {
            "method": method, "amount": amount, "value_date": day or clock.local_date(now, branch.timezone),
            "currency": (currency or branch.currency).upper(), "note": note, "taken_by": ACTOR.name,
            "request_key": request_key}

        def work() -> Outcome:
            row = db.session.get_one(Branch, branch_id)
            invoice = queries.find_invoice_by_reference(row, reference)
            spec = PaymentSpec(client_id=invoice.client_id, reference=reference.strip()[:rules.REFERENCE_LENGTH],
                               wishes=((invoice.id, None),), **values)
            return record_payment(row, spec, ACTOR, now)

        with clock.fixed_at(now):
            outcome = transaction.run(work)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    _print(_answer(outcome), as_json)


def _answer(outcome: Outcome) -> dict[str, Any]:
    payment = db.session.get_one(Payment, outcome.payment_id)
    paid = queries.paid_by([payment.credit_id]).get(payment.credit_id, []) if payment.credit_id else []
    applied = sum(row.amount for row in paid)
    return {
        "payment": payment.id, "new": outcome.is_new, "client": payment.client.legal_name, "state": payment.state,
        "amount": money.plain(payment.amount), "currency": payment.currency, "value_date": payment.value_date,
        "applied": [{"invoice": row.number, "amount": money.plain(row.amount)} for row in paid],
        "credit": money.plain(payment.amount - applied if payment.credit_id else 0),
        "restored": list(outcome.restored), "replaced": list(outcome.replaced),
        "receipt": payment.receipt.number if payment.receipt else None,
    }


def _print(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    applied = ", ".join(f"{row['invoice']} {row['amount']}" for row in answer["applied"]) or "nothing"
    click.echo(f"{answer['amount']} {answer['currency']} of {answer['client']} recorded: pays {applied}; "
               f"credit {answer['credit']}; receipt {answer['receipt'] or 'none until the cheque clears'}")

