"""The double of Stripe, asked through the real `stripe` package: it answers, and refuses, as Stripe does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from tests.doubles.stripe import ASKS_ALWAYS, ASKS_ONCE, DECLINED, KEEPS_THEN_FAILS, POOR, SECRET, StripeDouble

NOW = datetime(2026, 12, 3, 16, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[StripeDouble]:
    with StripeDouble() as double:
        yield double


@pytest.fixture
def double(server: StripeDouble, request: pytest.FixtureRequest) -> Iterator[StripeDouble]:
    with server.at(NOW):
        yield server
    server.away = None


def client_of(double: StripeDouble, key: str) -> Any:
    return stripe.StripeClient(key, base_addresses={"api": double.url}, max_network_retries=0,
                               http_client=stripe.RequestsClient(timeout=5)).v1


@pytest.fixture
def api(double: StripeDouble, request: pytest.FixtureRequest) -> Any:
    """The API with a key, and so an account, of the test's own."""
    return client_of(double, f"sk_test_{request.node.name[:60].encode().hex()}")


def page(amount: int = 1_032_400, method: str = "card", **more: Any) -> Any:
    return {
        "mode": "payment", "allowed_payment_method_types": [method], "success_url": "https://fo.example/back?s={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://fo.example/", "expires_at": int((NOW + timedelta(hours=1)).timestamp()),
        "line_items": [{"quantity": 1, "price_data": {
            "currency": "mxn", "unit_amount": amount, "product_data": {"name": "Factura PLC-000412"}}}],
        "payment_intent_data": {"metadata": {"attempt": "k1"}}, **more}


def refusal(call: Any, *arguments: Any) -> stripe.StripeError:
    with pytest.raises(stripe.StripeError) as caught:
        call(*arguments)
    return caught.value


def intent_of(api: Any, session_id: str) -> Any:
    session = api.checkout.sessions.retrieve(session_id)
    return api.payment_intents.retrieve(session.payment_intent, {"expand": ["latest_charge"]})


def test_a_page_is_opened_and_paid_by_card(double, api) -> None:
    session = api.checkout.sessions.create(page())
    assert (session.status, session.payment_status, session.payment_intent, session.livemode) == (
        "open", "unpaid", None, False)
    double.pay(session.id)
    assert api.checkout.sessions.retrieve(session.id).payment_status == "paid"
    intent = intent_of(api, session.id)
    assert (intent.status, intent.amount_received, intent.metadata["attempt"]) == ("succeeded", 1_032_400, "k1")
    assert intent.latest_charge.payment_method_details.card.last4 == "4242"
    assert refusal(api.checkout.sessions.expire, session.id).http_status == 400


@pytest.mark.parametrize(("card", "reason"), [(DECLINED, "generic_decline"), (POOR, "insufficient_funds")])
def test_a_card_is_declined_and_another_one_pays(double, api, card, reason) -> None:
    session = api.checkout.sessions.create(page())
    double.pay(session.id, card=card)
    intent = intent_of(api, session.id)
    assert (intent.status, intent.last_payment_error.decline_code) == ("requires_payment_method", reason)
    double.pay(session.id)
    assert intent_of(api, session.id).id == intent.id


@pytest.mark.parametrize(("authorise", "status"), [(True, "succeeded"), (False, "requires_payment_method")])
def test_the_bank_asks_the_cardholder(double, api, authorise, status) -> None:
    session = api.checkout.sessions.create(page())
    double.pay(session.id, card=ASKS_ALWAYS)
    assert intent_of(api, session.id).status == "requires_action"
    double.answer_bank(session.id, authorise)
    assert intent_of(api, session.id).status == status


def test_pages_end_by_the_clock_or_when_they_are_closed(double, api) -> None:
    first, second = (api.checkout.sessions.create(page()) for _each in range(2))
    assert api.checkout.sessions.expire(first.id).status == "expired"
    with double.at(NOW + timedelta(minutes=61)):
        assert api.checkout.sessions.retrieve(second.id).status == "expired"
        with pytest.raises(Exception, match="expired"):
            double.pay(second.id)


@pytest.mark.parametrize(("change", "code", "param"), [
    ({"colour": "red"}, "parameter_unknown", "colour"),
    ({"mode": "gift"}, None, "mode"),
    ({"expires_at": "soon"}, "parameter_invalid_integer", "expires_at"),
    ({"expires_at": int((NOW + timedelta(minutes=29)).timestamp())}, None, "expires_at"),
    ({"expires_at": int((NOW + timedelta(hours=25)).timestamp())}, None, "expires_at"),
    ({"line_items": [{"quantity": 1, "price_data": {"unit_amount": 5, "product_data": {"name": "x"}}}]},
     "parameter_missing", "line_items[0][price_data][currency]"),
    ({"customer_email": ""}, "parameter_invalid_empty", "customer_email"),
    ({"metadata": {"k" * 41: "v"}}, None, f"metadata[{'k' * 41}]"),
    ({"allowed_payment_method_types": ["customer_balance"]}, "parameter_missing", "customer"),
])
def test_what_stripe_would_refuse_is_refused(api, change, code, param) -> None:
    error = refusal(api.checkout.sessions.create, page(**change))
    assert (error.http_status, error.code, error.param) == (400, code, param)


def test_a_key_answers_again_and_only_to_the_same_question(api) -> None:
    options = {"idempotency_key": "session-1"}
    first = api.checkout.sessions.create(page(), options)
    assert api.checkout.sessions.create(page(), options).id == first.id
    assert isinstance(refusal(api.checkout.sessions.create, page(amount=5000), options), stripe.IdempotencyError)
    refusal(api.checkout.sessions.create, page(mode="gift"), {"idempotency_key": "session-2"})
    assert api.checkout.sessions.create(page(), {"idempotency_key": "session-2"}).id != first.id


def test_accounts_know_nothing_of_each_other_and_strangers_are_refused(double, api) -> None:
    session = api.checkout.sessions.create(page())
    other = client_of(double, "sk_test_tijuana")
    assert refusal(other.checkout.sessions.retrieve, session.id).http_status == 404
    assert isinstance(refusal(client_of(double, "sk_live_x").customers.list), stripe.AuthenticationError)


def test_a_voucher_waits_for_its_shop_and_its_confirmation(double, api) -> None:
    session = api.checkout.sessions.create(page(500_000, "oxxo", payment_method_options={
        "oxxo": {"expires_after_days": 2}}))
    double.give_voucher(session.id)
    intent = intent_of(api, session.id)
    ends = datetime.fromtimestamp(intent.next_action.oxxo_display_details.expires_after, UTC)
    assert (intent.status, ends) == ("requires_action", datetime(2026, 12, 6, 5, 59, 59, tzinfo=UTC))
    with double.at(NOW + timedelta(days=2)):
        double.take_to_shop(session.id)
    with double.at(NOW + timedelta(days=4)):
        double.confirm_voucher(session.id)
        assert intent_of(api, session.id).status == "succeeded"
        assert refusal(api.refunds.create, {"payment_intent": intent.id}).code == "charge_not_refundable"


def test_a_voucher_that_nobody_paid_fails(double, api) -> None:
    session = api.checkout.sessions.create(page(500_000, "oxxo"))
    double.give_voucher(session.id)
    with double.at(NOW + timedelta(days=8)):
        assert intent_of(api, session.id).status == "requires_payment_method"
        with pytest.raises(Exception, match="no voucher"):
            double.pay_voucher(session.id)


@pytest.mark.parametrize("amount", [999, 1_000_001])
def test_shops_take_from_ten_to_ten_thousand_pesos(api, amount) -> None:
    assert refusal(api.checkout.sessions.create, page(amount, "oxxo")).http_status == 400


def by_transfer(api: Any, mode: str) -> tuple[Any, Any]:
    customer = api.customers.create({"name": "Logística Güemes", "cash_balance": {
        "settings": {"reconciliation_mode": mode}}})
    return customer, api.checkout.sessions.create(page(method="customer_balance", customer=customer.id, payment_method_options={
        "customer_balance": {"funding_type": "bank_transfer", "bank_transfer": {"type": "mx_bank_transfer"}}}))


def test_a_transfer_waits_to_be_applied_where_that_is_done_by_hand(double, api) -> None:
    customer, session = by_transfer(api, "manual")
    double.show_clabe(session.id)
    told = intent_of(api, session.id).next_action.display_bank_transfer_instructions
    assert len(told.financial_addresses[0].spei.clabe) == 18
    double.transfer(session.id, 1_000_000)
    assert api.customers.cash_balance.retrieve(customer.id).available["mxn"] == 1_000_000
    intent = api.payment_intents.apply_customer_balance(intent_of(api, session.id).id, {"amount": 1_000_000})
    assert intent.next_action.display_bank_transfer_instructions.amount_remaining == 32_400
    double.transfer(customer.id, 40_000)
    api.payment_intents.apply_customer_balance(intent.id)
    assert intent_of(api, session.id).status == "succeeded"
    assert [each.type for each in api.customers.cash_balance_transactions.list(customer.id).data] == [
        "applied_to_payment", "funded", "applied_to_payment", "funded"]


def test_a_transfer_pays_by_itself_where_that_is_chosen(double, api) -> None:
    _customer, session = by_transfer(api, "automatic")
    double.show_clabe(session.id)
    double.transfer(session.id, 1_032_400)
    assert api.checkout.sessions.retrieve(session.id).payment_status == "paid"


def kept_card(double: StripeDouble, api: Any, card: str) -> tuple[str, str]:
    """(customer, payment method) after a first payment with consent."""
    customer = api.customers.create({"name": "Logística Güemes"})
    session = api.checkout.sessions.create(page(customer=customer.id, payment_intent_data={
        "setup_future_usage": "off_session"}))
    double.pay(session.id, card=card)
    if card in (ASKS_ALWAYS, ASKS_ONCE):
        double.answer_bank(session.id)
    [method] = api.customers.payment_methods.list(customer.id).data
    return customer.id, method.id


def one_touch(api: Any, customer: str, method: str) -> Any:
    return api.payment_intents.create({"amount": 500_000, "currency": "mxn", "customer": customer,
                                       "payment_method": method, "off_session": True, "confirm": True})


@pytest.mark.parametrize("card", ["4242424242424242", ASKS_ONCE])
def test_a_kept_card_pays_without_its_holder_until_it_is_taken_away(double, api, card) -> None:
    customer, method = kept_card(double, api, card)
    assert one_touch(api, customer, method).status == "succeeded"
    api.payment_methods.detach(method)
    assert api.customers.payment_methods.list(customer).data == []
    assert refusal(one_touch, api, customer, method).http_status == 400


@pytest.mark.parametrize(("card", "code"), [(ASKS_ALWAYS, "authentication_required"), (KEEPS_THEN_FAILS, "card_declined")])
def test_a_kept_card_that_is_refused_says_which_payment_it_was(double, api, card, code) -> None:
    customer, method = kept_card(double, api, card)
    error = refusal(one_touch, api, customer, method)
    assert isinstance(error, stripe.CardError)
    assert error.code == code
    assert api.payment_intents.retrieve(error.error.payment_intent.id).status == "requires_payment_method"


def test_money_goes_back_in_parts_and_never_more_than_came(double, api) -> None:
    session = api.checkout.sessions.create(page())
    double.pay(session.id)
    intent = intent_of(api, session.id).id
    refund = api.refunds.create({"payment_intent": intent, "amount": 32_400})
    assert (refund.status, refusal(api.refunds.create, {"payment_intent": intent, "amount": 1_000_001}).http_status) == (
        "succeeded", 400)
    api.refunds.create({"payment_intent": intent})
    assert refusal(api.refunds.create, {"payment_intent": intent}).code == "charge_already_refunded"
    double.finish_refund(refund.id, "failed")
    assert intent_of(api, session.id).latest_charge.amount_refunded == 1_000_000
    assert len(api.refunds.list({"payment_intent": intent}).data) == 2


@pytest.mark.parametrize("end", ["won", "lost"])
def test_a_dispute_is_opened_and_decided(double, api, end) -> None:
    session = api.checkout.sessions.create(page())
    double.pay(session.id)
    intent = intent_of(api, session.id)
    dispute = double.dispute(intent.id)
    assert refusal(api.refunds.create, {"payment_intent": intent.id}).code == "charge_disputed"
    double.dispute(intent.id, end)
    assert api.disputes.retrieve(dispute["id"]).status == end
    assert [each.type for each in api.events.list({"type": "charge.dispute.*"}).data][-1] == "charge.dispute.created"


def test_payments_are_listed_a_page_at_a_time(api) -> None:
    made = []
    for minute in range(5):
        made.append(api.payment_intents.create({"amount": 5_000 + minute, "currency": "mxn"}).id)
    first = api.payment_intents.list({"limit": 3, "created": {"gte": int(NOW.timestamp())}})
    rest = api.payment_intents.list({"limit": 3, "starting_after": first.data[-1].id, "expand": ["data.latest_charge"]})
    assert [each.id for each in [*first.data, *rest.data]] == made[::-1]
    assert (first.has_more, rest.has_more) == (True, False)
    assert api.payment_intents.list({"created": {"gt": int(NOW.timestamp())}}).data == []
    assert api.payment_intents.cancel(made[0]).status == "canceled"


def test_a_payment_of_a_page_is_given_up_with_its_page_only(double, api) -> None:
    session = api.checkout.sessions.create(page())
    double.pay(session.id, card=DECLINED)
    assert refusal(api.payment_intents.cancel, intent_of(api, session.id).id).http_status == 400
    api.checkout.sessions.expire(session.id)
    assert intent_of(api, session.id).status == "canceled"


def test_events_are_signed_and_told_twice_backwards_or_never(double, api) -> None:
    told: list[str] = []

    def shop(body: bytes, signature: str) -> int:
        stripe.WebhookSignature.verify_header(body, signature, SECRET)
        told.append(stripe.Event.construct_from(json.loads(body), None).type)
        return 200 if len(told) != 2 else 500

    double.webhook_to(shop, SECRET)
    session = api.checkout.sessions.create(page())
    double.pay(session.id)
    double.deliver(drop=["charge.*"], reverse=True, duplicate=1)
    assert told == [type for type in (
        "checkout.session.completed", "payment_intent.succeeded", "payment_intent.created") for _copy in range(2)]
    assert double.deliver() == [("checkout.session.completed", 200)]
    assert double.waiting == []


@pytest.mark.parametrize("kind", ["500", "drop", "lost"])
def test_stripe_is_away(double, api, kind) -> None:
    double.go_away(kind, calls=1)
    options = {"idempotency_key": "away"}
    error = refusal(api.checkout.sessions.create, page(), options)
    assert isinstance(error, stripe.APIError if kind == "500" else stripe.APIConnectionError)
    known = len(api.checkout.sessions.list().data)
    assert known == (1 if kind == "lost" else 0)
    api.checkout.sessions.create(page(), options)
    assert len(api.checkout.sessions.list().data) == 1
