"""`flask outbox`: render what is owed and send what is queued."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from fastoffice import clock
from fastoffice.cli_options import at_option, has_offset, json_option, print_json, resolve_at
from fastoffice.documents import rendering
from fastoffice.notifications import queries, sending

outbox = AppGroup("outbox", help="Messages to clients.")


@outbox.command("send")
@at_option
@json_option
def send(at: str | None, as_json: bool) -> None:
    """Render due documents, then deliver what is queued."""
    if at and not has_offset(at):
        raise click.UsageError("--at: name the offset, as in 2026-12-06T00:00-06:00; the outbox serves all branches")
    with clock.fixed_at(resolve_at(at, "UTC")):
        rendered = rendering.render_due(clock.now())
        tally = sending.send_due(clock.now())
        answer = {
            "sent": tally.sent, "failed": tally.failed, "cancelled": tally.cancelled,
            "waiting": queries.waiting_mails(), "rendered": rendered,
        }
    if as_json:
        print_json(answer)
        return
    click.echo(f"{answer['rendered']} documents rendered; {answer['sent']} mails sent, {answer['failed']} failed, "
               f"{answer['cancelled']} no longer true, {answer['waiting']} waiting")
