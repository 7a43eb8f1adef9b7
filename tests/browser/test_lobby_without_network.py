"""The network is cut at every step, the tablet is left alone, ended or stolen: nothing is lost and nothing is left."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from fastoffice import clock
from fastoffice.extensions import db
from fastoffice.identity import devices
from fastoffice.visitors import service
from tests.browser.conftest import fill
from tests.browser.house import House
from tests.browser.lobby import NO_CAMERA, Reception, Stand
from tests.browser.watching import Watched
from tests.factories.devices import offer, paired
from tests.factories.lobby import TEN
from tests.factories.people import ACTOR, PASSWORD, make_user
from tests.factories.rooms import make_room

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
Open = Callable[..., Stand]
KEPT = "indexedDB.databases().then(all => all.length)"
EVERYTHING_KEPT = """async () => {
  const open = await new Promise((yes) => { const r = indexedDB.open("kiosk"); r.onsuccess = () => yes(r.result); });
  const all = (name) => new Promise((yes) => { const r = open.transaction(name).objectStore(name).getAll(); r.onsuccess = () => yes(r.result); });
  const waiting = await all("waiting"), things = await all("things");
  open.close();
  const text = (data) => new TextDecoder("latin1").decode(data);
  return {count: waiting.length, text: waiting.map(each => text(each.data)).join() + JSON.stringify(things) + JSON.stringify({...localStorage, ...sessionStorage}),
    extractable: things.filter(each => each instanceof CryptoKey).map(each => each.extractable)};
}"""


@pytest.fixture(scope="module")
def reception(tmp_path_factory: pytest.TempPathFactory, worker_name: str) -> Iterator[Reception]:
    house = House(tmp_path_factory.mktemp("house"), worker_name, host="localhost")
    found = Reception(house)
    found.do(lambda branch: service.write_rules(branch, "rules", {"es": "No fumar", "en": "No smoking"}, ["visit"], ACTOR, TEN))
    with house.app.app_context(), clock.fixed_at(TEN):
        make_room(found.lobby.branch)
        db.session.remove()
    yield found
    house.stop()


def named(reception: Reception, name: str) -> list[Any]:
    return [visit for visit in reception.visits() if visit.visitor_name == name]


def until(is_so: Callable[[], bool], page: Page) -> None:
    """Wait for what only the browser knows."""
    for _ in range(60):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come to that")


def signs_in(tablet: Stand, name: str, cut_at: str) -> None:
    """The whole way, the network being cut as the step `cut_at` shows."""
    def step(screen: str) -> None:
        tablet.at(screen)
        if screen == cut_at:
            tablet.context.set_offline(True)

    number = f"55{zlib.crc32(name.encode()) % 10**8:08d}"
    step("welcome")
    tablet.tap("[data-go=begin]")
    step("begin")
    tablet.tap("[data-kind=visit]:not(body)")
    step("who")
    tablet.write("host", "Laura Güemes Ñuño")
    tablet.on()
    tablet.page.locator("#host-yes:visible, [data-screen=you]:visible").first.wait_for()
    if tablet.page.locator("#host-yes").is_visible():
        tablet.tap("#host-yes")
    step("you")
    tablet.says_who(name, number)
    step("photo")
    tablet.tap("#no-photo")
    step("rules")
    tablet.signs()
    tablet.at("wait")


@pytest.mark.parametrize("cut_at", ["welcome", "begin", "who", "you", "photo", "rules"])
def test_the_network_is_cut_at_a_step_and_the_visit_is_sent_once_later(stand: Open, reception: Reception, cut_at: str) -> None:
    tablet, name = stand().kept(), f"Corte en {cut_at}"
    signs_in(tablet, name, cut_at)
    tablet.reads("You are registered.")
    assert named(reception, name) == []
    kept = tablet.page.evaluate(EVERYTHING_KEPT)
    assert kept["count"] == 1
    assert kept["extractable"] == [False]
    assert not re.search("Corte|Consultores|Laura|visit", kept["text"]), "only sealed"
    tablet.context.set_offline(False)
    expect(tablet.page.locator("#offline")).to_be_hidden(timeout=15_000)
    expect(tablet.page.locator("#wait-title")).not_to_contain_text(reception.house.says("You are registered."), timeout=15_000)
    assert len(named(reception, name)) == 1
    assert tablet.page.evaluate(EVERYTHING_KEPT)["count"] == 0


def test_a_parcel_that_comes_without_network_is_not_said_to_be_known_and_is_sent_once(stand: Open, reception: Reception) -> None:
    tablet = stand().kept()
    tablet.tap("[data-go=parcel]")
    tablet.write("courier", "Mensajería del Corte")
    tablet.context.set_offline(True)
    tablet.on()
    tablet.tap("#no-photo")
    tablet.reads("Thank you. There is no network now: it is noted here and sent as soon as it returns.")
    assert not re.search("Mensajería", tablet.page.evaluate(EVERYTHING_KEPT)["text"])
    tablet.context.set_offline(False)
    tablet.page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: tablet.page.evaluate(EVERYTHING_KEPT)["count"] == 0, tablet.page)
    assert [visit.company for visit in reception.visits()].count("Mensajería del Corte") == 1


def test_the_answer_is_lost_on_its_way_and_it_is_one_visit(stand: Open, reception: Reception) -> None:
    tablet = stand()
    lost: list[str] = []

    def swallow(route: Any) -> None:
        if not lost:
            route.fetch()
            lost.append("the house has it, the tablet does not know")
            route.abort()
        else:
            route.continue_()

    tablet.page.route("**/kiosk/visits", swallow)
    signs_in(tablet, "Respuesta Perdida", "none")
    expect(tablet.page.locator("#wait-title")).to_contain_text(reception.house.says("We told your host."), timeout=15_000)
    assert lost
    assert len(named(reception, "Respuesta Perdida")) == 1


def test_the_page_opens_without_network_and_what_waited_survives_it(stand: Open, reception: Reception) -> None:
    tablet = stand().kept()
    signs_in(tablet, "Apagón Total", "welcome")
    tablet.page.reload()
    tablet.at("welcome")
    assert "Apagón" not in tablet.typed_anywhere()
    tablet.context.set_offline(False)
    tablet.page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: tablet.page.evaluate(EVERYTHING_KEPT)["count"] == 0, tablet.page)
    assert len(named(reception, "Apagón Total")) == 1


def test_left_alone_it_warns_and_then_forgets(stand: Open) -> None:
    tablet = stand(watch=lambda page: page.clock.install())
    tablet.begins()
    tablet.write("host", "Secreto Bien Guardado")
    tablet.page.clock.run_for(19_000)
    expect(tablet.page.locator("#idle")).to_be_hidden()
    tablet.page.clock.run_for(2_000)
    tablet.reads("Are you still there?")
    tablet.tap("#idle .main")
    expect(tablet.page.locator("[data-field=host]")).to_have_value("Secreto Bien Guardado")
    tablet.page.clock.run_for(31_000)
    tablet.at("welcome")
    assert "Secreto" not in tablet.typed_anywhere()
    for step in ("code", "parcel", "out", "member", "list"):
        tablet.tap(f"[data-go={step}]")
        for field in tablet.page.locator(f"[data-screen={step}] input:visible").all():
            field.fill("4711")
        tablet.tap("[data-language=en]")
        tablet.page.clock.run_for(31_000)
        tablet.at("welcome")
        assert "4711" not in tablet.typed_anywhere(), step
        assert tablet.page.evaluate("document.documentElement.lang") == "es"
    tablet.tap("[data-language=ro]")
    tablet.page.clock.run_for(61_000)
    assert tablet.page.evaluate("document.documentElement.lang") == "es", "nobody went on: the next speaks the house's"


def test_back_and_reload_show_nothing_of_the_last_visitor(stand: Open, reception: Reception) -> None:
    tablet = stand()
    signs_in(tablet, "Última Visita", "none")
    tablet.tap("[data-screen=wait] [data-home]")
    for move in ("back", "back", "forward", "reload"):
        tablet.page.reload() if move == "reload" else tablet.page.evaluate(f"history.{move}()")
        tablet.page.wait_for_timeout(150)
        tablet.at("welcome")
        assert not re.search("Última|Consultores|Laura", tablet.typed_anywhere())
    tablet.begins()
    tablet.write("host", "A medias")
    tablet.page.reload()
    assert "A medias" not in tablet.typed_anywhere()
    found = tablet.page.evaluate("""async () => (await Promise.all((await caches.keys()).map(async name =>
      (await Promise.all((await (await caches.open(name)).matchAll()).map(each => each.text()))).join()))).join()""")
    assert not re.search("Última|Consultores|A medias", found)
    fields = tablet.page.evaluate("[...document.querySelectorAll('input')].filter(e => e.type !== 'checkbox').map(e => [e.autocomplete, e.name])")
    assert {tuple(each) for each in fields} == {("off", "")}
    kinds = set(tablet.page.evaluate("[...document.querySelectorAll('input')].map(e => e.type)"))
    assert kinds == {"text", "checkbox"}, "nothing that the browser offers to remember"


def test_back_goes_one_step_back_while_somebody_is_at_it(stand: Open) -> None:
    tablet = stand()
    tablet.begins()
    tablet.page.evaluate("history.back()")
    tablet.at("begin")
    tablet.page.evaluate("history.back()")
    tablet.at("welcome")


def test_no_address_leads_out_and_long_presses_and_printing_do_nothing(stand: Open) -> None:
    tablet = stand()
    for typed in ("/admin", "/staff/", "/"):
        tablet.page.goto(typed)
        assert tablet.page.url.endswith("/kiosk/")
    tablet.at("welcome")
    prevented = tablet.page.evaluate("""() => [new MouseEvent("contextmenu", {bubbles: true, cancelable: true}),
      new KeyboardEvent("keydown", {key: "p", ctrlKey: true, bubbles: true, cancelable: true})]
      .map(each => { document.querySelector("h1").dispatchEvent(each); return each.defaultPrevented; })""")
    assert prevented == [True, True]
    tablet.page.emulate_media(media="print")
    assert tablet.page.evaluate("getComputedStyle(document.body).display") == "none"


def test_the_evacuation_list_opens_without_network_by_its_pin(chromium: Browser, reception: Reception) -> None:
    reception.house.now = TEN
    with reception.house.app.app_context(), clock.fixed_at(TEN):
        code = offer(reception.lobby.branch)
        reception.lobby.arrive(name="Adentro Está", by="reception")
    context = chromium.new_context(locale="es-MX", base_url=reception.house.url)
    context.add_init_script(NO_CAMERA)
    eyes = Watched(context)
    eyes.page.goto("/kiosk/")
    fill(eyes.page, code="MALMALMA")
    eyes.page.get_by_role("button").click()
    expect(eyes.page.locator("#e-code")).not_to_be_empty()
    fill(eyes.page, code=code.spoken.lower())
    with eyes.page.expect_response("**/kiosk/sync"):
        eyes.page.get_by_role("button").click()
    expect(eyes.page.locator("[data-screen=welcome]")).to_be_visible()
    eyes.page.wait_for_timeout(300)
    inside = [visit.visitor_name for visit in reception.visits() if visit.left_at is None]
    assert inside
    context.set_offline(True)
    eyes.page.locator("[data-go=list]").click()
    pin = eyes.page.locator("[data-field=pin]")
    for typed, opens in (("9999-9999", False), (code.spoken_pin.lower(), True)):
        pin.fill(typed)
        eyes.page.locator("[data-screen=list] .main").click()
        if opens:
            expect(eyes.page.locator("#people li").first).to_be_visible()
        else:
            expect(eyes.page.locator("#e-pin")).to_contain_text(reception.house.says("This key does not open the list."))
    listed = eyes.page.inner_text("#people")
    assert all(name in listed for name in inside)
    context.close()


@pytest.mark.parametrize("was", ["on", "off"])
def test_a_stolen_tablet_is_ended_and_keeps_nothing(stand: Open, reception: Reception, was: str) -> None:
    with reception.house.app.app_context():
        device, token = paired(reception.lobby.branch)
        stolen = device.id
    tablet = stand(token=token).kept()
    tablet.context.set_offline(True)
    signs_in(tablet, f"Robada y {was}", "none")
    if was == "off":
        tablet.page.goto("about:blank")
    reception.do(lambda branch: devices.end_device(branch, stolen, ACTOR, TEN))
    tablet.context.set_offline(False)
    if was == "off":
        tablet.page.goto("/kiosk/")
    else:
        tablet.page.evaluate("dispatchEvent(new Event('online'))")
    expect(tablet.page.locator("form[action^='/kiosk/pairing']")).to_be_visible(timeout=15_000)
    until(lambda: tablet.page.evaluate(KEPT) == 0, tablet.page)
    until(lambda: tablet.page.evaluate("caches.keys()") == [], tablet.page)
    assert tablet.page.evaluate("navigator.serviceWorker.getRegistration().then(each => each === undefined)")


def test_the_manager_pairs_a_tablet_from_her_settings(chromium: Browser, reception: Reception) -> None:
    reception.house.now = TEN
    with reception.house.app.app_context():
        email = make_user("manager", [reception.lobby.branch]).email
    desk = chromium.new_context(locale="es-MX", base_url=reception.house.url)
    eyes = Watched(desk)
    eyes.page.goto("/sign-in?next=/staff/settings/devices")
    fill(eyes.page, email=email, password=PASSWORD)
    eyes.page.locator("form [type=submit], form button").first.click()
    eyes.page.goto("/staff/settings/devices")
    eyes.look()
    fill(eyes.page, name="Lobby norte")
    eyes.press(reception.house.says("Make a code"))
    code = eyes.page.locator("[data-copy]").get_attribute("data-copy") or ""
    eyes.look()
    tablet = chromium.new_context(locale="es-MX", base_url=reception.house.url).new_page()
    tablet.goto("/kiosk/")
    fill(tablet, code=code)
    tablet.get_by_role("button").click()
    expect(tablet.locator("[data-screen=welcome]")).to_be_visible()
    eyes.page.goto("/staff/settings/devices")
    eyes.sees("Lobby norte")
    tablet.context.close()
    desk.close()
