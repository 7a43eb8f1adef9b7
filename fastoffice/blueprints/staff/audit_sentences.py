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
    "blackout.added": _l("closed a room for a while"),
    "blackout.removed": _l("opened a room again"),
    "booking.approved": _l("approved the booking of a room"),
    "booking.forgiven": _l("asked nothing for a booking that is over; reason: %(reason)s"),
    "booking.cancelled": _l("cancelled the booking of a room; %(kept_percent)s percent of its price stays"),
    "booking.changed": _l("changed what the booking of a room says"),
    "booking.checked_in": _l("noted that they came to the room"),
    "booking.confirmed": _l("confirmed a room that was held"),
    "booking.ended_early": _l("freed the room before its hour"),
    "booking.hold_expired": _l("let go a room that was held"),
    "booking.made": _l("booked a room from %(starts)s"),
    "booking.moved": _l("moved the booking of a room to %(starts)s"),
    "booking.offer_declined": _l("did not want the room that was offered"),
    "booking.no_show": _l("freed a room that nobody came to"),
    "booking.offered": _l("held a room for somebody who waits"),
    "booking.series_made": _l("booked a room on %(dates)s dates"),
    "booking.waits": _l("waits for a room that is taken"),
    "booking.waits_no_more": _l("waits for a room no longer"),
    "bookings.policy": _l("changed the rules for bookings"),
    "calendar.ended": _l("ended the address of a calendar"),
    "calendar.opened": _l("made a private address for a calendar"),
    "guest.cancelled": _l("called off the room that a guest had paid; %(refunded)s goes back"),
    "guest.credit_left": _l("could not give %(amount)s back to a guest: it stays as credit"),
    "guest.ended": _l("let go a room that a guest did not pay"),
    "guest.held": _l("keeps a room while a guest pays"),
    "guest.lost": _l("a guest paid for a room that was gone; %(refunded)s goes back"),
    "resource.changed": _l("changed the room %(name)s"),
    "resource.created": _l("added the room %(name)s"),
    "resource.photo": _l("changed the photo of a room"),
    "resource.parts": _l("said what a room is made of"),
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
    "device.code_made": _l("made a code to pair the device “%(name)s”"),
    "device.ended": _l("ended the device “%(name)s”"),
    "device.paired": _l("paired the device “%(name)s”"),
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
    "mail.alias_added": _l("takes mail to “%(alias)s” as the client's from now on"),
    "mail.alias_removed": _l("takes mail to “%(alias)s” as the client's no longer"),
    "mail.announced": _l("told %(clients)s clients of %(items)s pieces of mail"),
    "mail.asked": _l("asked for something to be done with a piece of mail, for %(amount)s"),
    "mail.assigned": _l("said whose the piece of mail is"),
    "mail.callers_forgotten": _l("erased a caller's data from %(count)s calls"),
    "mail.call_logged": _l("took a call or a message"),
    "mail.handed_over": _l("handed mail over to %(taken_by)s; allowed by: %(authorised_by)s"),
    "mail.handover_undone": _l("took a hand-over of mail back"),
    "mail.logged": _l("logged a piece of mail"),
    "mail.nominee_added": _l("let %(name)s collect the client's mail"),
    "mail.nominee_ended": _l("lets %(name)s collect the client's mail no longer"),
    "mail.policy_changed": _l("changed days and prices of the mail room"),
    "mail.request_done": _l("did what the client asked with its mail: %(answer)s"),
    "mail.request_refused": _l("did not do what the client asked with its mail: %(answer)s"),
    "mail.request_undone": _l("took back what was done with the client's mail"),
    "mail.request_withdrawn": _l("withdrew what was asked with the mail"),
    "mail.return_undone": _l("took back that a piece of mail was returned"),
    "mail.returned": _l("returned a piece of mail to its sender: %(reason)s"),
    "mail.sheet_changed": _l("changed how the client's calls are answered"),
    "mail.unassigned": _l("put a piece of mail into the unassigned tray"),
    "mail.undone": _l("took back a piece of mail that was logged by mistake"),
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
    "block.added": _l("put a name on the block list"),
    "block.removed": _l("took a name off the block list"),
    "host_setting.changed": _l("changed who is told of visitors"),
    "house_rules.changed": _l("wrote version %(number)s of what visitors sign"),
    "house_rules.ended": _l("asks visitors for that signature no more"),
    "invitation.cancelled": _l("called off the invitation of a visitor"),
    "invitation.made": _l("invited a visitor"),
    "legal_notice.read": _l("confirmed to have read the legal notice: %(name)s"),
    "legal_notice.received": _l("received the legal notice %(document)s"),
    "visit.answered": _l("answered about a visitor"),
    "visit.closed": _l("closed a visit at closing time"),
    "visit.escalated": _l("called reception: nobody answered about a visitor"),
    "visit.host_told": _l("told the host of a visitor"),
    "visit.let_in": _l("let a visitor in"),
    "visit.signed_in": _l("signed a visitor in"),
    "visit.signed_out": _l("signed a visitor out"),
    "visit_policy.changed": _l("changed the settings of the lobby"),
    "visitor.exported": _l("handed out the data of a visitor who asked for it"),
    "visitor.erased": _l("erased a person's data from %(count)s records"),
    "visits.forgotten": _l("forgot the personal data of %(count)s visits"),
}
GROUPS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "invoices": (_l("Invoices"), ("invoice.", "draft.", "run.", "charge.")),
    "payments": (_l("Payments"), ("payment.", "credit.", "receipt.", "refund.", "attempt.", "difference.",
                                       "autopay.", "card.")),
    "clients": (_l("Clients and contracts"), ("client.", "contract.", "office.", "roster.", "portal.", "request.")),
    "desk": (_l("Front desk"), ("mail.",)),
    "rooms": (_l("Rooms"), ("booking.", "bookings.", "blackout.", "calendar.", "resource.", "guest.")),
    "messages": (_l("Messages"), ("outbox.", "template.", "document.")),
    "settings": (_l("Settings"), (
        "branch.", "network.", "franchisee.", "issuer.", "bank_account.", "policy.", "holiday.", "series.",
        "tax_profile.", "card_account.", "device.")),
    "visits": (_l("Visits"), ("visit.", "visits.", "visitor.", "visit_policy.", "invitation.", "block.",
                              "host_setting.", "house_rules.", "legal_notice.")),
    "users": (_l("Users"), ("user.",)),
}
_MONEY = {"amount", "refunded", "total", "subtotal", "unit_price", "prompt_unit"}


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
