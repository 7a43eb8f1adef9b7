"""Named refusals of payments, in the user's words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from fastoffice.errors import Conflict, Refusal


class NothingReceived(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Write an amount greater than zero."), field="amount")


class UnknownMethod(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Choose how the money came."), field="method")


class UnknownCurrency(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Choose one of the currencies."), field="currency")


class DateInFuture(Refusal):
    def __init__(self, today: str) -> None:
        super().__init__(_l("The date can't be later than today, %(today)s.", today=today), field="value_date")


class DateTooOld(Refusal):
    def __init__(self, earliest: str) -> None:
        super().__init__(_l("That date is too long ago. The earliest is %(day)s.", day=earliest), field="value_date")


class DateBeforePayment(Refusal):
    def __init__(self, day: str) -> None:
        super().__init__(_l("The date can't be before the money arrived, on %(day)s.", day=day), field="value_date")


class TooLong(Refusal):
    def __init__(self, field: str, most: int) -> None:
        super().__init__(_l("Use at most %(most)s characters.", most=most), field=field)


class NotTheirInvoice(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("One of the invoices is not this client's. Choose them again."), field="invoices")


class SharedTooMuch(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("The amounts for the invoices add up to more than was received."), field="invoices")


class PartTooHigh(Refusal):
    def __init__(self, number: str, most: str) -> None:
        super().__init__(_l("%(number)s takes at most %(most)s.", number=number, most=most), field="invoices")


class OtherCurrency(Refusal):
    def __init__(self, number: str, currency: str) -> None:
        super().__init__(_l("%(number)s is in %(currency)s.", number=number, currency=currency), field="currency")


class NotOurClient(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Choose a client of this branch."), field="client")


class NoReceiptSeries(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("The branch has no active series for receipts. Add one in Settings."))


class SentBefore(Conflict):
    def __init__(self, amount: str) -> None:
        super().__init__(_l("This form was already sent and recorded a payment of %(amount)s. "
                            "Open a new one to record another.", amount=amount))


class ChangedMeanwhile(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("Somebody else changed this payment a moment ago. Check what it says now and try again."))


class ReasonMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Write the reason: it stays in the history."), field="reason")


class AlreadyReversed(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("This payment doesn't count any more: it was reversed or bounced."))


class PartRefunded(Refusal):
    def __init__(self, amount: str) -> None:
        super().__init__(_l("%(amount)s of this payment were already refunded, so it can't be reversed.",
                            amount=amount))


class CreditTooSmall(Refusal):
    def __init__(self, most: str) -> None:
        super().__init__(_l("The credit that is left is %(most)s.", most=most), field="amount")


class NoCredit(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("This client has no credit left."))


class NothingToPay(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("There is no open invoice that this credit could pay."), field="invoices")


class AlreadyTakenBack(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("That money was already taken back from the invoice."))


class WrittenOff(Refusal):
    def __init__(self, number: str) -> None:
        super().__init__(_l("%(number)s was written off; its money stays with it.", number=number))


class ChequeCannot(Refusal):
    def __init__(self, state: Any) -> None:
        super().__init__(_l("The cheque can't do that now: it is “%(state)s”.", state=state))


class UnknownReference(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(_l("No invoice of this branch has the reference or number “%(text)s”.", text=text),
                         field="reference")


class WrongCheckDigits(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(_l("“%(text)s” has a wrong digit: its check digits don't match.", text=text),
                         field="reference")


class OnlineOff(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("This branch does not take payments online yet. Pay by transfer."))


class NothingOwed(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("There is nothing left to pay on this invoice."))


class OxxoNotNow(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("A voucher can't be paid in time any more. Pay by card or by transfer."))


class OxxoAmount(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("OXXO takes from $10.00 to $10,000.00. Pay by card or by transfer."))


class StillUnderWay(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("A payment of this invoice is under way already. We tell you as soon as it is confirmed."))


class PageStillOpen(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("The client may be paying this online, and Stripe does not answer at this moment. Nothing "
                            "was changed: try again in a few minutes."))


class PriceChanged(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("The price has changed meanwhile, so nothing was charged. Look at today's amount and press "
                            "again."))


class WrongKey(Refusal):
    def __init__(self, field: str = "secret_key") -> None:
        super().__init__(_l("That is no secret key of Stripe: it begins with sk_ or rk_."), field=field)


class KeyOfOtherMode(Refusal):
    def __init__(self, *, live: bool) -> None:
        super().__init__(
            _l("Only a live key (sk_live_ or rk_live_) can be used here.") if live
            else _l("Only a test key (sk_test_ or rk_test_) can be used here."), field="secret_key")


class WrongWebhookSecret(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("That is no signing secret: it begins with whsec_."), field="webhook_secret")


class AccountChanged(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("Somebody else changed these settings meanwhile. Nothing was saved."))


class AlreadyResolved(Conflict):
    def __init__(self) -> None:
        super().__init__(_l("Somebody else resolved this a moment ago."))


class NotThroughProcessor(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Only what came by card or SPEI goes back through Stripe. Give this one back by transfer "
                            "or in cash."))


class TooOldToRefund(Refusal):
    def __init__(self, last: str) -> None:
        super().__init__(_l("Stripe gave this transfer back until %(day)s. Give it back by a transfer of your own.",
                            day=last))


class NoEmailForRefund(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Stripe asks the client by e-mail for the account, and this client has no address. "
                            "Write one in the client's file, or give the money back by a transfer of your own."))


class InDispute(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("The cardholder disputes this payment at the bank: it can't be refunded meanwhile."))


class RefundTooHigh(Refusal):
    def __init__(self, most: str) -> None:
        super().__init__(_l("At most %(most)s of this payment can go back.", most=most), field="amount")


class NoSuchCard(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("That card is not kept any more. Choose another one."), field="card")


class CardDeclined(Refusal):
    def __init__(self, *, bank_asks: bool) -> None:
        super().__init__(
            _l("Your bank wants you to confirm this payment. Press “use another card” and pay there.") if bank_asks
            else _l("Your bank declined the card. Nothing was charged. Use another card, or pay by transfer."))


class ConsentMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Tick the box: without your consent nothing is charged by itself."), field="consent")


class NoSuchDay(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Choose one of the days."), field="on_day")
