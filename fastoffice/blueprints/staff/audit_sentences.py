"""What the log says, in sentences people read. An action without a sentence is shown by its name."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import money
from fastoffice.audit.models import AuditEntry
from fastoffice.blueprints.shell import ROLE_NAMES
from fastoffice.locale import date_short

SENTENCES: dict[str, Any] = {
    "attempt.expired": _l("the try to pay online was not finished"),
    "attempt.failed": _l("the try to pay online came to nothing %(error)s"),
    "attempt.paid": _l("booked an online payment of %(amount)s"),
    "attempt.started": _l("began to pay %(amount)s online for %(invoices)s"),
    "autopay.ended": _l("ended the automatic payment by card"),
    "autopay.ordered": _l("ordered the automatic payment with %(card)s on day %(on_day)s"),
    "bank_account.changed": _l("changed the bank account to %(clabe)s %(bank)s"),
    "branch.changed": _l("changed the branch's data"),
    "branch.created": _l("created the branch %(code)s"),
    "branch.logo_changed": _l("uploaded a new logo"),
    "branch.logo_removed": _l("removed the logo"),
    "card_account.changed": _l("changed the settings of online payments"),
    "card.removed": _l("took away the kept card %(card)s"),
    "charge.added": _l("added a charge of %(unit_price)s for the client"),
    "charge.dropped": _l("dropped a charge of the client"),
    "client.archived": _l("archived the client"),
    "client.changed": _l("changed the client's file"),
    "client.created": _l("opened the file of %(name)s"),
    "client.reopened": _l("took the client out of the archive"),
    "contract.changed": _l("changed the contract"),
    "contract.changed_by_import": _l("changed the contract by an import"),
    "contract.created": _l("agreed the contract %(code)s"),
    "contract.ended": _l("ended the contract on %(last_day)s"),
    "contract.imported": _l("brought the contract in from row %(row)s of a file"),
    "contract.line_added": _l("added a service to the contract"),
    "contract.line_changed": _l("changed the service %(line)s"),
    "contract.line_ended": _l("ended a service of the contract"),
    "contract.price_changed": _l("set new prices"),
    "contract.price_dropped": _l("took back a change of prices"),
    "contract.renewed": _l("renewed the contract"),
    "contract.resumed": _l("resumed the contract from %(from)s"),
    "contract.suspended": _l("suspended the contract from %(from)s"),
    "contract.withdrawn": _l("withdrew the contract"),
    "credit.applied": _l("applied the client's credit"),
    "credit.refunded": _l("refunded the client's credit: %(amount)s"),
    "difference.resolved": _l("resolved a difference of %(amount)s with Stripe: %(reason)s"),
    "document.try_again": _l("asked for the PDF again"),
    "draft.excluded": _l("excluded the draft: %(reason)s"),
    "draft.failed": _l("could not draft: %(error)s"),
    "draft.included": _l("took the draft back into the month"),
    "draft.line_added": _l("added the line %(description)s: %(subtotal)s"),
    "draft.line_adjusted": _l("adjusted a line to %(prompt_unit)s"),
    "draft.line_removed": _l("removed the line %(description)s"),
    "draft.made": _l("made the draft: %(total)s"),
    "draft.refreshed": _l("made the draft anew: %(total)s"),
    "franchisee.renamed": _l("renamed the franchisee %(before)s to %(name)s"),
    "holiday.added": _l("added the holiday of %(day)s"),
    "holiday.removed": _l("took off the holiday of %(day)s"),
    "invoice.cancelled": _l("cancelled the invoice %(reason)s"),
    "invoice.held": _l("put the invoice on hold: %(reason)s"),
    "invoice.hold_released": _l("released the hold"),
    "invoice.issued": _l("issued %(number)s for %(total)s, due on %(due_on)s"),
    "invoice.link_ended": _l("ended the pay link that was sent"),
    "invoice.link_sent": _l("sent the pay link: %(channel)s"),
    "invoice.money_applied": _l("applied %(amount)s to the invoice"),
    "invoice.money_taken_back": _l("took money back from the invoice %(reason)s"),
    "invoice.reminder_owed": _l("queued the reminder of %(day)s"),
    "invoice.written_off": _l("wrote off %(amount)s: %(reason)s"),
    "issuer.changed": _l("changed the fiscal issuer"),
    "network.renamed": _l("renamed the network %(before)s to %(name)s"),
    "office.created": _l("added the office %(code)s"),
    "outbox.mailed": _l("marked the letter as mailed"),
    "outbox.send_again": _l("sent the message again"),
    "outbox.whatsapp_sent": _l("marked the WhatsApp as sent"),
    "outbox.withdrawn": _l("withdrew the message"),
    "payment.cheque_bounced": _l("noted that the cheque bounced: %(reason)s"),
    "payment.cheque_cleared": _l("noted that the cheque cleared"),
    "payment.cheque_deposited": _l("deposited the cheque"),
    "payment.cheque_received": _l("received a cheque of %(amount)s"),
    "payment.disputed": _l("a cardholder disputes the payment of %(amount)s"),
    "payment.dispute_lost": _l("the dispute of %(amount)s was lost"),
    "payment.dispute_won": _l("the dispute of %(amount)s was won"),
    "payment.recorded": _l("recorded a payment of %(amount)s"),
    "payment.refund_asked": _l("asked Stripe to give %(amount)s back: %(reason)s"),
    "payment.refund_failed": _l("the refund of %(amount)s failed: %(error)s"),
    "payment.refund_kept": _l("the refund of %(amount)s found no account: it lies in the client's balance at Stripe"),
    "payment.refunded": _l("Stripe gave %(amount)s back"),
    "payment.reversed": _l("reversed the payment of %(amount)s: %(reason)s"),
    "policy.changed": _l("changed the billing policy"),
    "request.accepted": _l("accepted the client's request %(answer)s"),
    "request.data": _l("asked to correct the client's data"),
    "request.dispute": _l("raised a question about the invoice"),
    "request.instalments": _l("proposed to pay in instalments"),
    "request.rejected": _l("did not accept the client's request: %(answer)s"),
    "request.transfer": _l("said that a transfer of %(amount)s is on its way"),
    "request.withdrawn": _l("withdrew the request"),
    "portal.changed": _l("changed what %(email)s sees in the portal"),
    "portal.invited": _l("invited %(email)s to the portal"),
    "portal.opened": _l("came into the portal for the first time, by the client's mail: %(email)s"),
    "portal.revoked": _l("revoked the portal access of %(email)s"),
    "portal.view_ended": _l("stopped viewing the portal as the client"),
    "portal.view_started": _l("viewed the portal as the client"),
    "roster.imported": _l("imported a list of contracts"),
    "run.started": _l("started to issue %(drafts)s drafts of %(period)s"),
    "series.added": _l("began the series %(prefix)s"),
    "series.used": _l("went back to the series %(prefix)s"),
    "tax_profile.added": _l("added the tax %(name)s"),
    "tax_profile.default": _l("made %(name)s the default tax"),
    "tax_profile.retired": _l("retired the tax %(name)s"),
    "tax_profile.used": _l("took the tax %(name)s into use again"),
    "template.reset": _l("went back to the built-in text %(template)s"),
    "template.saved": _l("changed the text %(template)s"),
    "user.changed": _l("changed the access of %(email)s: %(role)s"),
    "user.created": _l("created the user %(email)s: %(role)s"),
    "user.deactivated": _l("deactivated %(email)s"),
    "user.invited": _l("sent a link to %(email)s"),
    "user.password_changed": _l("changed the own password"),
    "user.password_set": _l("set a password by the link in the mail"),
    "user.second_factor_off": _l("turned the second factor off"),
    "user.second_factor_on": _l("turned the second factor on"),
    "user.reactivated": _l("activated %(email)s again"),
    "user.second_factor_reset": _l("reset the second factor of %(email)s"),
}
GROUPS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "invoices": (_l("Invoices"), ("invoice.", "draft.", "run.", "charge.")),
    "payments": (_l("Payments"), ("payment.", "credit.", "receipt.", "refund.", "attempt.", "difference.",
                                       "autopay.", "card.")),
    "clients": (_l("Clients and contracts"), ("client.", "contract.", "office.", "roster.", "portal.", "request.")),
    "messages": (_l("Messages"), ("outbox.", "template.", "document.")),
    "settings": (_l("Settings"), (
        "branch.", "network.", "franchisee.", "issuer.", "bank_account.", "policy.", "holiday.", "series.",
        "tax_profile.", "card_account.")),
    "users": (_l("Users"), ("user.",)),
}
_MONEY = {"amount", "total", "subtotal", "unit_price", "prompt_unit"}


class _Words(dict[str, str]):
    """Values of a sentence; what an entry does not say is left out."""

    def __missing__(self, key: str) -> str:
        return ""


def sentence(entry: AuditEntry) -> str:
    """What the actor did, e.g. "issued PLC-000412 for $10,324.00, due on 5 Dec 2026"."""
    known = SENTENCES.get(entry.action)
    if known is None:
        return entry.action.replace("_", " ").replace(".", " · ")
    words = _Words({name: _word(name, value) for name, value in entry.data.items()})
    return re.sub(r"\s+", " ", str(known) % words).strip(" :,")


def _word(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "role":
        return str(ROLE_NAMES.get(value, value))
    if name in _MONEY and isinstance(value, int):
        return money.display(value)
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return date_short(date.fromisoformat(value))
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT.+", value):
        return date_short(datetime.fromisoformat(value).date())
    return str(value)


def changes(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """(field, before, after) of an entry that keeps them."""
    kept = entry.data.get("changes")
    if not isinstance(kept, dict):
        return []
    return [(name.replace("_", " "), _value(pair[0]), _value(pair[1]))
            for name, pair in kept.items() if isinstance(pair, list) and len(pair) == 2]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _word("", value) or "—"
