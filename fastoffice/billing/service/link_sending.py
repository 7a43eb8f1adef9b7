"""The pay link of a document: sent because a person asked for it, or ended because it came into wrong hands."""

from __future__ import annotations

from fastoffice import audit, clock
from fastoffice.billing import errors
from fastoffice.billing.models import Invoice
from fastoffice.billing.service import notices, pay_links
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.folding import clean_text

KIND, CHANNELS = "pay_link", ("email", "whatsapp")


def send_link(branch: Branch, invoice: Invoice, channel: str, actor: audit.Actor, *, request_key: str) -> bool:
    """Owe the client the link of an open document; whether it was new. The same form sends it once.

    Raises NothingToPay, UnknownChannel.
    """
    if channel not in CHANNELS:
        raise errors.UnknownChannel
    if not invoice.is_open or invoice.due_on is None:
        raise errors.NothingToPay(invoice.number or "")
    pay_links.make(branch.id, [invoice.id], clock.now())
    told = notices.Told(
        invoice.id, invoice.client_id, (channel,), invoice.number or "", invoice.reference or "", invoice.period,
        invoice.currency, invoice.total, invoice.list_total, invoice.balance, invoice.due_on, invoice.closes_at,
        invoice.client_data)
    new = notices.owe(branch, KIND, [(told, {}, [])], branches.document_data(branch),
                      occasion=occasion_of(request_key, channel))
    if new:
        audit.record(actor, "invoice.link_sent", ("invoice", invoice.id), {"channel": channel}, branch_id=branch.id)
    return bool(new)


def end_link(branch: Branch, invoice: Invoice, mark: str, actor: audit.Actor) -> bool:
    """The link with this mark opens nothing any more; whether it still did. What is sent later carries a new one."""
    ended = pay_links.renew(invoice.id, mark, clock.now())
    if ended:
        audit.record(actor, "invoice.link_ended", ("invoice", invoice.id), branch_id=branch.id)
    return ended


def occasion_of(request_key: str, channel: str) -> str:
    """What tells one sending from the next: the form, and the channel, for whoever goes back and chooses the other."""
    return clean_text(f"{channel[:1]}-{request_key}")[:40]
