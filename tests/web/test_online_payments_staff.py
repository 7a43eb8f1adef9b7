"""Online payments as the branch sees them: keys, tries to pay, differences, refunds, disputes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from fastoffice import audit, transaction
from fastoffice.audit.models import AuditEntry
from fastoffice.billing import jobs
from fastoffice.billing.models import PortalActivity
from fastoffice.billing.service import pay_links
from fastoffice.blueprints import activity
from fastoffice.extensions import db
from fastoffice.notifications.models import Delivery, Notice
from fastoffice.payments.gateway import DisputeState, GatewayAway, GatewayRefused, IntentState, SessionState
from fastoffice.payments.models import CardAccount, CardRefund, PayAttempt, Payment, ProviderDifference
from fastoffice.payments.service.online import accounts, beginning, disputes
from tests.factories.money import at, chain, invoices_of, pay
from tests.factories.online import a_difference, an_account, an_attempt, paid_online
from tests.services.test_card_refunds import FULL, INTENT, Processor
from tests.web.browser import Browser

pytestmark = pytest.mark.usefixtures("day_two")
SETTINGS, ONLINE = "/staff/settings/online", "/staff/payments/online"


@pytest.fixture
def processor(monkeypatch) -> Processor:
    found = Processor()
    monkeypatch.setattr(accounts, "gateway", lambda _account: found)
    return found


def save(browser: Browser, **values):
    return browser.post(SETTINGS, data={"version": "0", "methods": ["card", "oxxo"], "secret_key": "",
                                        "webhook_secret": "", **values})


# ---- settings ----

def test_without_keys_the_page_says_that_all_else_works(manager) -> None:
    page = manager.get(SETTINGS).text
    assert "Sin llaves nadie paga en línea" in page
    assert "/webhooks/stripe/" not in page


def test_the_keys_go_in_and_never_come_out(manager, cast) -> None:
    assert save(manager, is_enabled="y", secret_key="sk_test_abcdefgh4242", webhook_secret="whsec_one").status_code == 303
    account = db.session.scalars(sa.select(CardAccount)).one()
    page = manager.get(SETTINGS).text
    assert "sk_test_abcdefgh" not in page + account.secret_key_sealed + account.webhook_secrets_sealed
    assert "whsec_one" not in page
    assert "····4242" in page
    assert f"http://testserver/webhooks/stripe/{account.public_id}" in page
    assert "prueba: dinero que no es real" in page
    assert (account.is_enabled, account.methods) == (True, ["card", "oxxo"])
    said = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "card_account.changed")).one()
    assert "4242" not in str(said.data)


def test_a_new_signing_secret_works_beside_the_one_before_it(manager, cast) -> None:
    save(manager, secret_key="sk_test_abcdefgh4242", webhook_secret="whsec_one")
    for number, name in ((1, "whsec_two"), (2, "whsec_three")):
        save(manager, version=str(number), webhook_secret=name)
    account = db.session.scalars(sa.select(CardAccount)).one()
    assert accounts.webhook_secrets(account) == ["whsec_three", "whsec_two"]
    assert accounts.gateway(account) is not None
    assert "2 secretos de firma en uso" in manager.get(SETTINGS).text


@pytest.mark.parametrize(("typed", "field"), [
    ({"secret_key": "pk_test_public"}, "secret_key"), ({"secret_key": "sk_live_real4242"}, "secret_key"),
    ({"is_enabled": "y"}, "secret_key"), ({"webhook_secret": "secret"}, "webhook_secret")])
def test_what_is_no_key_is_refused_beside_its_field(manager, typed, field) -> None:
    answer = save(manager, **typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert db.session.scalars(sa.select(CardAccount)).all() == []


def test_the_second_of_two_tabs_is_told(manager) -> None:
    assert save(manager).status_code == 303
    assert save(manager).status_code == 409


def test_the_key_is_checked_with_the_processor_in_calm_words(manager, cast, processor, monkeypatch) -> None:
    an_account(cast.polanco)
    for outcome, words in ((None, "Stripe conoce esta llave"), (GatewayAway("x"), "no responde en este momento"),
                           (GatewayRefused("x"), "no acepta esta llave")):
        def check(outcome=outcome) -> None:
            if outcome is not None:
                raise outcome

        monkeypatch.setattr(processor, "check", check, raising=False)
        assert manager.post(f"{SETTINGS}/check").location == SETTINGS
        assert words in manager.get(SETTINGS).text


def test_a_receptionist_does_not_see_the_keys_page(mariana) -> None:
    assert mariana.get(SETTINGS).status_code == 403


# ---- attempts ----

def test_mariana_sees_what_became_of_every_try(mariana, cast, guemes) -> None:
    invoice = invoices_of(guemes)[0]
    an_attempt(cast.polanco, invoice, state="failed", error="insufficient_funds")
    an_attempt(cast.polanco, invoice, state="processing", method="oxxo")
    everything = mariana.get(ONLINE).text
    assert "saldo insuficiente" in everything
    assert invoice.number in everything
    failed = mariana.get(f"{ONLINE}?show=failed").text
    assert "saldo insuficiente" in failed
    assert "Efectivo en OXXO" not in failed
    assert "Efectivo en OXXO" in mariana.get(f"{ONLINE}?show=processing").text
    assert "saldo insuficiente" in mariana.get(f"/staff/clients/{guemes.id}/payments").text


def test_the_page_of_a_try_tells_its_story_and_looks_again(mariana, cast, guemes, processor, monkeypatch) -> None:
    attempt = an_attempt(cast.polanco, invoices_of(guemes)[0])
    address = f"{ONLINE}/{attempt.id}"
    assert invoices_of(guemes)[0].number in mariana.get(address).text
    session = SessionState(attempt.session_id, "", "complete", True, INTENT, attempt.key, at(2, 11))
    intent = IntentState(INTENT, "succeeded", FULL, FULL, "MXN", at(2), "card", "Visa ·· 4242", attempt.key, "")
    monkeypatch.setattr(processor, "session", lambda _key: session, raising=False)
    monkeypatch.setattr(processor, "intent", lambda _key: intent, raising=False)
    assert mariana.post(f"{address}/look").location == address
    page = mariana.get(address).text
    assert "Pagado y registrado" in page
    assert chain(guemes)[0][1] == "paid"
    payment = db.session.scalars(sa.select(Payment)).one()
    assert f"/staff/payments/{payment.id}" in page
    assert "Tarjeta en línea" in mariana.get(f"/staff/payments/{payment.id}").text
    assert "Tarjeta en línea" in mariana.get("/staff/payments/").text


def test_a_page_is_closed_so_that_they_can_pay_another_way(mariana, cast, guemes, processor, monkeypatch) -> None:
    attempt = an_attempt(cast.polanco, invoices_of(guemes)[0])
    state = {"now": "open"}

    def session(_key: str) -> SessionState:
        return SessionState(attempt.session_id, "", state["now"], False, None, attempt.key, at(2, 11))

    def expire(key: str) -> SessionState:
        state["now"] = "expired"
        return session(key)

    monkeypatch.setattr(processor, "session", session, raising=False)
    monkeypatch.setattr(processor, "expire", expire, raising=False)
    mariana.post(f"{ONLINE}/{attempt.id}/closing")
    assert db.session.get_one(PayAttempt, attempt.id).state == "expired"


def test_while_the_processor_is_away_nothing_changes(mariana, cast, guemes, processor, monkeypatch) -> None:
    attempt = an_attempt(cast.polanco, invoices_of(guemes)[0])

    def away(_key: str) -> SessionState:
        raise GatewayAway("APIConnectionError")

    monkeypatch.setattr(processor, "session", away, raising=False)
    address = f"{ONLINE}/{attempt.id}"
    assert mariana.post(f"{address}/look").location == address
    assert "no responde" in mariana.get(address).text
    assert db.session.get_one(PayAttempt, attempt.id).state == "open"


def test_a_try_of_another_branch_is_not_there(app, cast, guemes) -> None:
    attempt = an_attempt(cast.polanco, invoices_of(guemes)[0])
    stranger: Browser = app.test_client()
    stranger.sign_in(cast.stranger)
    assert stranger.get(f"{ONLINE}/{attempt.id}").status_code == 404


@pytest.mark.parametrize(("ending", "state"), [("cancellation", "cancelled"), ("write-off", "written_off")])
def test_before_an_invoice_is_ended_by_hand_its_page_is_closed(manager, cast, guemes, stripe, ending, state) -> None:
    an_account(cast.polanco)
    [invoice] = invoices_of(guemes)
    address, form = f"/staff/invoices/{invoice.id}/{ending}", {"reason": "Se facturó dos veces", "version": invoice.version}
    with stripe.at(at(2)):
        beginning.begin(cast.polanco.id, guemes.id, [invoice.id], "card", audit.Actor("client"), "http://testserver/pay/return")
        stripe.away = "500"
        refused = manager.post(address, data=form)
        assert (refused.status_code, chain(guemes)[0][1]) == (422, "issued")
        assert "Stripe no responde" in refused.text
        stripe.away = None
        assert manager.post(address, data={**form, "reason": " "}).status_code == 422
        assert stripe.sessions[-1]["status"] == "open"
        assert manager.post(address, data=form).status_code == 303
    assert (stripe.sessions[-1]["status"], chain(guemes)[0][1]) == ("expired", state)


# ---- differences ----

def test_a_difference_is_on_my_day_until_the_manager_says_what_it_was(manager, cast) -> None:
    found = a_difference(cast.polanco)
    assert "1 diferencia con Stripe" in manager.get("/staff/").text
    assert "Stripe cobró dinero que no registramos" in manager.get(f"{ONLINE}/differences").text
    address = f"{ONLINE}/differences/{found.id}"
    assert manager.post(address, data={"reason": " "}).status_code == 422
    assert manager.post(address, data={"reason": "Cobro de prueba en el panel"}).location == f"{ONLINE}/differences"
    assert manager.post(address, data={"reason": "Otra vez"}).status_code == 422
    assert db.session.get_one(ProviderDifference, found.id).note == "Cobro de prueba en el panel"
    assert "diferencia con Stripe" not in manager.get("/staff/").text


# ---- refunds and disputes ----

def test_the_manager_gives_a_part_back_to_the_card(manager, cast, guemes, processor) -> None:
    payment = paid_online(cast.polanco, invoices_of(guemes)[0], at(2), intent_id=INTENT)
    address = f"/staff/payments/{payment.id}/card-refunds"
    assert "10,324.00" in manager.get(f"{address}/new").text
    typed = {"amount": "2,000.00", "reason": "Sala que no se usó", "request_key": "form-1"}
    assert manager.post(address, data={**typed, "amount": "20,000.00"}).status_code == 422
    for _twice in range(2):
        assert manager.post(address, data=typed).location == f"/staff/payments/{payment.id}"
    assert db.session.scalars(sa.select(CardRefund.state)).all() == ["succeeded"]
    assert chain(guemes) == [("prompt", "partly_paid", FULL, FULL - 200_000)]
    page = manager.get(f"/staff/payments/{payment.id}").text
    assert "Sala que no se usó" in page
    assert "Stripe devolvió el dinero" in page
    assert "con devolución" in manager.get(f"{ONLINE}?show=refunded").text


def test_spei_goes_back_to_the_clients_account_and_oxxo_says_how(manager, cast, guemes, processor) -> None:
    invoice = invoices_of(guemes)[0]
    oxxo = paid_online(cast.polanco, invoice, at(2), method="oxxo", amount=100_000)
    assert "retírelo de su factura" in manager.get(f"/staff/payments/{oxxo.id}").text
    spei = paid_online(cast.polanco, invoice, at(2), method="spei", intent_id=INTENT)
    assert "Devolver por SPEI" in manager.get(f"/staff/payments/{spei.id}").text
    address = f"/staff/payments/{spei.id}/card-refunds"
    assert "45 días" in manager.get(f"{address}/new").text
    typed = {"amount": "1,000.00", "reason": "Pagó dos veces", "request_key": "form-1"}
    assert manager.post(address, data=typed).location == f"/staff/payments/{spei.id}"
    page = manager.get(f"/staff/payments/{spei.id}").text
    assert db.session.scalars(sa.select(CardRefund.email)).one() in page, "whom the processor asks for the account"
    assert "Dinero devuelto" in page, "and the client has a mail"


def test_a_refund_that_cannot_be_asked_for_now_goes_out_by_itself(manager, cast, guemes, processor) -> None:
    payment = paid_online(cast.polanco, invoices_of(guemes)[0], at(2), intent_id=INTENT)
    processor.is_away = True
    manager.post(f"/staff/payments/{payment.id}/card-refunds",
                 data={"amount": "100", "reason": "cortesía", "request_key": "form-1"})
    assert "sale por sí sola" in manager.get(f"/staff/payments/{payment.id}").text
    assert db.session.scalars(sa.select(CardRefund.state)).all() == ["created"]


def test_a_disputed_payment_says_so_everywhere(manager, cast, guemes, processor) -> None:
    payment = paid_online(cast.polanco, invoices_of(guemes)[0], at(2), intent_id=INTENT)
    account_id = accounts.of_branch(cast.polanco.id).id
    told = DisputeState("du_1", "needs_response", FULL, "MXN", INTENT, "fraudulent", at(9), at(2))
    transaction.run(disputes.told, account_id, told, at(2))
    assert "1 pago en disputa" in manager.get("/staff/").text
    page = manager.get(f"/staff/payments/{payment.id}").text
    assert "dice que no fue" in page
    assert "card-refunds" not in page
    assert "en disputa" in manager.get("/staff/payments/").text
    assert "en disputa" in manager.get(f"{ONLINE}?show=disputed").text


def test_the_system_page_tells_how_old_unread_events_are(app, cast, manager) -> None:
    an_account(cast.polanco)
    assert "Última comparación con Stripe" in manager.get("/staff/health/").text


# ---- the pay link, and what the client does with it ----

def test_mariana_sends_the_link_by_mail_and_pressed_twice_it_is_one_message(mariana, guemes) -> None:
    invoice = invoices_of(guemes)[0]
    dialog = mariana.get(f"/staff/pay-links/new?client={guemes.id}").text
    assert invoice.number in dialog
    for _twice in range(2):
        sent = mariana.post("/staff/pay-links/", data={"invoice": invoice.id, "channel": "email", "request_key": "a"})
        assert sent.location == f"/staff/invoices/{invoice.id}"
    assert db.session.scalars(sa.select(Notice.occasion).where(Notice.kind == "pay_link")).all() == ["e-a"]
    page = mariana.get(f"/staff/invoices/{invoice.id}").text
    assert page.count("Enlace de pago por correo") == 1


def test_a_link_in_wrong_hands_is_ended_and_the_next_message_carries_a_new_one(app, mariana, guemes, cast) -> None:
    invoice = invoices_of(guemes)[0]
    old = pay_links.urls([invoice.id])[invoice.id].removeprefix("http://testserver")
    finder, late = app.test_client(), app.test_client()
    assert finder.get(old, follow_redirects=True).status_code == 200
    address = f"/staff/pay-links/{invoice.id}/end"
    mark = pay_links.mark_of(invoice.id)
    assert mark in mariana.get(address).text
    for _twice in range(2):
        assert mariana.post(address, data={"mark": mark}).location == f"/staff/invoices/{invoice.id}"
    assert (finder.get("/pay/").status_code, late.get(old).status_code) == (404, 404)
    sent = mariana.post("/staff/pay-links/", data={"invoice": invoice.id, "channel": "whatsapp", "request_key": "n"})
    new = pay_links.urls([invoice.id])[invoice.id]
    assert new in mariana.get(sent.location).text
    assert late.get(new.removeprefix("http://testserver"), follow_redirects=True).status_code == 200
    assert mariana.get(f"/staff/invoices/{invoice.id}").text.count("ya no abre nada") == 1


def test_links_of_another_branch_are_neither_sent_nor_shown(app, cast, guemes) -> None:
    stranger: Browser = app.test_client()
    stranger.sign_in(cast.stranger)
    invoice = invoices_of(guemes)[0]
    for asked in (f"invoice={invoice.id}", f"client={guemes.id}"):
        assert stranger.get(f"/staff/pay-links/new?{asked}").status_code == 404
    assert stranger.post("/staff/pay-links/", data={"invoice": invoice.id, "channel": "email"}).status_code == 404


def test_by_whatsapp_the_message_opens_with_the_link_in_it(mariana, guemes) -> None:
    invoice = invoices_of(guemes)[0]
    sent = mariana.post("/staff/pay-links/", data={"invoice": invoice.id, "channel": "whatsapp", "request_key": "b"})
    assert sent.location.startswith("/staff/outbox/")
    page = mariana.get(sent.location).text
    assert pay_links.urls([invoice.id])[invoice.id] in page
    assert "$10,324.00" in page


def test_who_goes_back_and_chooses_the_other_way_gets_that_one(mariana, guemes) -> None:
    invoice = invoices_of(guemes)[0]
    for channel in ("email", "whatsapp"):
        sent = mariana.post("/staff/pay-links/", data={
            "invoice": invoice.id, "channel": channel, "request_key": " one  form " + "a" * 40})
        assert sent.status_code == 303
    assert sent.location.startswith("/staff/outbox/")
    assert db.session.scalars(sa.select(Delivery.channel).order_by(Delivery.id)).all()[-2:] == ["email", "whatsapp"]


@pytest.mark.parametrize(("channel", "pays"), [("email", True), ("post", False)])
def test_what_is_paid_or_cannot_travel_so_is_refused(mariana, cast, guemes, channel, pays) -> None:
    invoice = invoices_of(guemes)[0]
    if pays:
        pay(cast.polanco, guemes, FULL, at(2))
    sent = mariana.post("/staff/pay-links/", data={"invoice": invoice.id, "channel": channel, "request_key": "c"})
    assert sent.status_code == 422
    assert db.session.scalars(sa.select(Notice).where(Notice.kind == "pay_link")).all() == []


def test_the_history_shows_what_the_client_opened_once_an_hour(mariana, guemes) -> None:
    invoice = invoices_of(guemes)[0]
    for minute in (0, 7, 59):
        jobs.note_activity(invoice.id, "opened", "link", at(2, 11, minute).isoformat())
    jobs.note_activity(invoice.id, "opened", "link", at(2, 12).isoformat())
    jobs.note_activity(invoice.id, "downloaded", "account", at(2, 12).isoformat())
    page = mariana.get(f"/staff/invoices/{invoice.id}").text
    assert page.count("Se abrió el enlace") == 2
    assert page.count("Se descargó el PDF en el portal") == 1


def test_opening_a_link_writes_nothing_while_the_page_is_made(app, guemes, monkeypatch) -> None:
    rung: list[tuple[object, ...]] = []
    monkeypatch.setattr(activity.work_queue, "ring_now", lambda *args, **_more: rung.append(args))
    visitor: Browser = app.test_client()
    invoice = invoices_of(guemes)[0]
    address = pay_links.urls([invoice.id])[invoice.id].removeprefix("http://testserver")
    with monkeypatch.context() as patched:
        patched.setattr(transaction, "run", lambda *_args, **_more: pytest.fail("a unit of work"))
        assert visitor.get(address, follow_redirects=True).status_code == 200
    assert [args[1:4] for args in rung] == [(invoice.id, "opened", "link")]
    assert db.session.scalars(sa.select(PortalActivity)).all() == []
