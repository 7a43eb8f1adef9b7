"""Laura pays on her phone: by card, at OXXO, two invoices at once, twice by mistake; booked once, one thank-you."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from fastoffice import money
from tests.browser.conftest import PHONE, fill
from tests.browser.house import House
from tests.browser.paying import LIST, PROMPT, Laura, goes_to_stripe, opens_her_mail, types_card
from tests.browser.watching import Watched
from tests.doubles.stripe import ASKS_ALWAYS, DECLINED, GOOD, StripeDouble
from tests.factories.money import at

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PAID = ("prompt", "paid", PROMPT, PROMPT)
_numbers = count(1)
Phone = Callable[..., Watched]


@pytest.fixture(scope="module")
def double() -> Iterator[StripeDouble]:
    with StripeDouble() as stripe:
        yield stripe


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, worker_name: str, double: StripeDouble) -> Iterator[House]:
    """Served under another name than Stripe's pages: coming back crosses sites, as it does in life."""
    house = House(tmp_path_factory.mktemp("house"), worker_name, host="localhost", STRIPE_API_BASE=double.url)
    double.clock = lambda: house.now.timestamp()
    yield house
    house.stop()


@pytest.fixture
def phone(chromium: Browser, house: House) -> Iterator[Phone]:
    """A phone that nobody used before: `phone()`, `phone(scripts=False)`."""
    contexts: list[BrowserContext] = []

    def take(*, scripts: bool = True) -> Watched:
        contexts.append(chromium.new_context(
            locale="es-MX", base_url=house.url, viewport=PHONE, java_script_enabled=scripts))  # type: ignore[arg-type]
        return Watched(contexts[-1])

    yield take
    for context in contexts:
        context.close()


@pytest.fixture
def laura(house: House, double: StripeDouble) -> Laura:
    """It is 3 December; she owes one invoice at its prompt price."""
    return Laura(house, double, next(_numbers))


@pytest.fixture
def words(house: House) -> dict[str, str]:
    """What her screens say."""
    say = house.says
    return {
        "card": say("Pay %(amount)s by card", amount=money.display(PROMPT, "MXN")),
        "list": say("Pay %(amount)s by card", amount=money.display(LIST, "MXN")),
        "touch": say("Pay %(amount)s with %(card)s", amount=money.display(PROMPT, "MXN"), card="Visa ·· %s"),
        "oxxo": say("Pay with cash at OXXO"), "several": say("Pay what is ticked by card"),
        "thanks": say("We received your payment of %(amount)s. Thank you!", amount=money.display(PROMPT, "MXN")),
        "paid": say("Paid. Thank you!"), "again": say("Look again"), "confirming": say("We are confirming your payment"),
    }


def test_from_the_mail_to_a_paid_invoice(laura: Laura, phone: Phone, words: dict[str, str]) -> None:
    eyes = phone()
    opens_her_mail(eyes, laura)
    eyes.look()
    goes_to_stripe(eyes, words["card"])
    types_card(eyes.page)
    eyes.sees(words["confirming"])
    expect(eyes.page.get_by_role("button", name=words["card"])).to_have_count(0)
    eyes.look()
    with eyes.page.expect_response("**/pay/return*"):
        pass  # the page asks by itself, and goes on asking
    laura.told()
    eyes.sees(words["thanks"])
    eyes.sees(words["paid"])
    eyes.look()
    laura.has_paid(PAID)


def test_a_declined_card_and_then_another(laura: Laura, phone: Phone, words: dict[str, str]) -> None:
    eyes = phone()
    opens_her_mail(eyes, laura)
    goes_to_stripe(eyes, words["card"])
    types_card(eyes.page, DECLINED)
    expect(eyes.page.get_by_role("alert")).to_be_visible()
    laura.told()
    laura.has_not_paid()
    types_card(eyes.page)
    eyes.page.wait_for_url("**/pay/return*")
    laura.told()
    eyes.sees(words["thanks"])
    laura.has_paid(PAID)
    assert eyes.complaints == []


def test_the_bank_asks_and_she_authorises(laura: Laura, phone: Phone, words: dict[str, str]) -> None:
    eyes = phone()
    opens_her_mail(eyes, laura)
    goes_to_stripe(eyes, words["card"])
    types_card(eyes.page, ASKS_ALWAYS)
    eyes.press("Autorizar")
    eyes.page.wait_for_url("**/pay/return*")
    laura.told()
    laura.has_paid(PAID)
    assert eyes.complaints == []


def test_the_bank_asks_and_she_refuses_then_pays_by_another_card(
        laura: Laura, phone: Phone, words: dict[str, str]) -> None:
    eyes = phone()
    opens_her_mail(eyes, laura)
    hosted = goes_to_stripe(eyes, words["card"])
    types_card(eyes.page, ASKS_ALWAYS)
    eyes.press("Rechazar")
    expect(eyes.page.get_by_role("alert")).to_be_visible()
    laura.told()
    laura.has_not_paid()
    eyes.press("Volver sin pagar", "link")
    assert goes_to_stripe(eyes, words["card"]) == hosted
    types_card(eyes.page, GOOD)
    eyes.page.wait_for_url("**/pay/return*")
    laura.told()
    laura.has_paid(PAID)
    assert eyes.complaints == []


def test_a_voucher_is_paid_in_the_shop(laura: Laura, house: House, phone: Phone, words: dict[str, str]) -> None:
    eyes = phone()
    opens_her_mail(eyes, laura)
    goes_to_stripe(eyes, words["oxxo"])
    fill(eyes.page, name="Laura Güemes", email=laura.address)
    eyes.press("Obtener la ficha de OXXO")
    eyes.press("Continuar", "link")
    eyes.page.wait_for_url("**/pay/return*")
    laura.told()
    eyes.page.reload()
    eyes.sees(house.says("Your voucher is ready"))
    eyes.look()
    laura.has_not_paid()
    eyes.press(house.says("See the voucher"), "link")
    eyes.press("Pagar en la tienda (prueba)")
    eyes.page.wait_for_url("**/pay/return*")
    laura.told()
    laura.has_paid(PAID, method="oxxo")
    eyes.page.reload()
    eyes.sees(words["thanks"])
    assert eyes.complaints == []


def test_two_invoices_are_paid_at_once_from_the_portal(
        house: House, double: StripeDouble, phone: Phone, words: dict[str, str]) -> None:
    laura, eyes = Laura(house, double, next(_numbers), contracts=2), phone()
    laura.invited()
    comes_in(eyes, laura, eyes.look)
    eyes.page.goto("/portal/access")
    eyes.look()
    eyes.page.goto("/portal/")
    eyes.look()
    goes_to_stripe(eyes, words["several"])
    expect(eyes.page.locator("main")).to_contain_text("8,120.00")
    types_card(eyes.page)
    eyes.page.wait_for_url("**/portal/return*")
    laura.told()
    eyes.sees(house.says("We received your payment of %(amount)s. Thank you!", amount=money.display(2 * PROMPT, "MXN")))
    eyes.look()
    laura.has_paid(PAID, PAID)


def test_one_touch_with_the_card_she_kept(
        house: House, double: StripeDouble, phone: Phone, words: dict[str, str]) -> None:
    laura, eyes = Laura(house, double, next(_numbers), contracts=2), phone()
    keeps_a_card(eyes, laura, words)
    eyes.look()
    eyes.press(words["touch"] % "4242")
    eyes.page.wait_for_url("**/portal/return*")
    eyes.sees(words["thanks"])
    eyes.look()
    laura.told()
    laura.has_paid(PAID, PAID, payments=2)


def test_the_bank_wants_to_ask_about_the_kept_card_and_she_pays_on_the_page(
        house: House, double: StripeDouble, phone: Phone, words: dict[str, str]) -> None:
    laura, eyes = Laura(house, double, next(_numbers), contracts=2), phone()
    keeps_a_card(eyes, laura, words, ASKS_ALWAYS)
    eyes.press(words["touch"] % "3184")
    expect(eyes.page.get_by_role("alert")).to_be_visible()
    eyes.complaints.clear()  # the refusal itself: 422
    eyes.look()
    laura.told()
    goes_to_stripe(eyes, house.says("Use another card"))
    types_card(eyes.page, ASKS_ALWAYS)
    eyes.press("Autorizar")
    eyes.page.wait_for_url("**/portal/return*")
    laura.told()
    laura.has_paid(PAID, PAID, payments=2)
    assert eyes.complaints == []


def keeps_a_card(eyes: Watched, laura: Laura, words: dict[str, str], number: str = GOOD) -> None:
    """She pays the first of her invoices from the portal and lets us keep the card; then she sees what is left."""
    laura.invited()
    comes_in(eyes, laura)
    eyes.page.goto(f"/portal/invoices/{laura.invoice_ids()[0]}")
    eyes.page.locator("[name=save_card]").check()
    goes_to_stripe(eyes, words["card"])
    types_card(eyes.page, number)
    if number == ASKS_ALWAYS:
        eyes.press("Autorizar")
    eyes.page.wait_for_url("**/portal/return*")
    laura.told()
    laura.reads()
    eyes.page.goto("/portal/")


def comes_in(eyes: Watched, laura: Laura, look: Callable[[], None] = lambda: None) -> None:
    """By a link in a mail that she asked for; it works once. `look` is called on every page of the way."""
    say = laura.house.says
    eyes.page.goto("/portal/sign-in")
    look()
    fill(eyes.page, email=laura.address)
    eyes.press(say("Send me the link"))
    laura.house.tick()
    [mail] = laura.unread
    laura.reads()
    eyes.page.goto(laura.link(mail))
    look()
    eyes.press(say("Come in"))
    eyes.heading(say("Your account"))


def test_the_old_link_pays_the_replacement(laura: Laura, phone: Phone, words: dict[str, str]) -> None:
    eyes = phone()
    laura.later(at(6, 0))
    laura.later(at(7))
    opens_her_mail(eyes, laura)
    eyes.look()
    goes_to_stripe(eyes, words["list"])
    expect(eyes.page.locator("main")).to_contain_text(money.display(LIST, "MXN").lstrip("$"))
    types_card(eyes.page)
    eyes.page.wait_for_url("**/pay/return*")
    laura.told()
    laura.has_paid(("prompt", "cancelled", PROMPT, 0), ("list", "paid", LIST, LIST))
    assert eyes.complaints == []


def test_two_tabs_stand_on_one_page_and_the_second_learns_that_it_is_paid(
        laura: Laura, house: House, phone: Phone, words: dict[str, str]) -> None:
    first = phone()
    second, third = Watched(first.page.context), Watched(first.page.context)
    for tab in (first, second, third):
        opens_her_mail(tab, laura)
    assert goes_to_stripe(first, words["card"]) == goes_to_stripe(second, words["card"])
    types_card(first.page)
    first.page.wait_for_url("**/pay/return*")
    laura.told()
    types_card(second.page)
    expect(second.page.locator("main")).to_contain_text("Este pago ya se hizo.")
    second.press("Volver", "link")
    second.sees(words["thanks"])
    assert (first.complaints, second.complaints) == ([], [])
    third.press(words["card"])
    third.sees(words["paid"])
    third.complaints.clear()  # the refusal itself: 422
    third.look()
    laura.has_paid(PAID)


@pytest.mark.parametrize("events", [True, False], ids=["Stripe tells", "nobody tells, a worker looks"])
def test_the_tab_is_closed_before_the_return(
        laura: Laura, house: House, phone: Phone, words: dict[str, str], events: bool) -> None:
    eyes = phone()
    opens_her_mail(eyes, laura)
    goes_to_stripe(eyes, words["card"])
    eyes.page.route("**/pay/return*", lambda route: route.abort())
    types_card(eyes.page)
    eyes.page.close()
    if events:
        laura.told()
    else:
        laura.stripe.deliver(drop=["*"])
        house.move_to(house.now + timedelta(minutes=11))
    laura.has_paid(PAID)


def test_without_scripts_up_to_and_including_payment(
        laura: Laura, house: House, phone: Phone, words: dict[str, str]) -> None:
    eyes = phone(scripts=False)
    opens_her_mail(eyes, laura)
    goes_to_stripe(eyes, words["card"])
    types_card(eyes.page)
    eyes.sees(words["confirming"])
    laura.told()
    eyes.press(words["again"], "link")
    eyes.sees(words["thanks"])
    laura.has_paid(PAID)
    assert eyes.complaints == []
