/* The tablet's page: it begins here. */
import * as idle from "./idle.js";
import * as list from "./list.js";
import * as net from "./net.js";
import * as ui from "./ui.js";
import * as vault from "./vault.js";
import * as visits from "./visit.js";
import "./others.js";
import "./rooms.js";

const { $, $$ } = ui;
const SYNC_EVERY = 60000;

/* ---- languages ---- */
function speak(language) {
  document.documentElement.lang = language;
  $$("[data-language]").forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.language === language)));
}
let another = 0;
function sometime() { // whoever chose it on the first page and went on their way
  clearTimeout(another);
  another = setTimeout(() => { if (ui.current() === "welcome") speak(document.body.dataset.speaks); }, 60000);
}
/* ---- the clock of the branch ---- */
function tick() {
  const zone = document.body.dataset.zone;
  $("#clock").textContent = new Intl.DateTimeFormat("es-MX", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(new Date());
}
/* ---- reception, on every step; one call per step ---- */
const called = new Map();
async function reception() {
  const at = ui.current() + visits.visit.key;
  if (!called.has(at)) called.set(at, crypto.randomUUID());
  const told = await net.call("calls", { key: called.get(at), note: "" });
  ui.news(told && !told.refused ? "reception_called" : "reception_offline");
}

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  let found;
  if ((found = at("[data-language]"))) { speak(found.dataset.language); sometime(); }
  else if (at("[data-privacy]")) $("#privacy").showModal();
  else if (at("[data-reception]")) ui.pressing(reception)(event);
  else if (at("[data-home]")) visits.home();
  else if (at("[data-back]")) visits.back();
  else if ((found = at("[data-kind]:not(body)"))) { visits.begin(found.dataset.kind, { trail: ["welcome"] }); visits.go("who"); }
  else if ((found = at("[data-go]"))) start(found.dataset.go);
});
function start(name) {
  visits.wipe();
  $("[data-field=contact]").dataset.needed = "";
  if (name === "parcel") visits.begin("delivery");
  visits.go(name);
}

/* ---- no way out, no way back to somebody else ---- */
history.replaceState({ kiosk: 0 }, "");
history.pushState({ kiosk: 1 }, "");
addEventListener("popstate", () => { history.pushState({ kiosk: 1 }, ""); if (ui.current() !== "welcome") visits.back(); });
addEventListener("pageshow", (event) => { if (event.persisted) visits.home(); });
addEventListener("pagehide", () => visits.wipe());
addEventListener("contextmenu", (event) => event.preventDefault());
addEventListener("dragstart", (event) => event.preventDefault());
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && "psoujn".includes(event.key.toLowerCase())) event.preventDefault();
});

/* ---- with and without network ---- */
document.addEventListener("network", (event) => {
  $("#offline").hidden = event.detail;
  if (!event.detail) roomHint();
  if (event.detail) net.sendWaiting();
});
addEventListener("online", () => { sync(); });
async function sync() {
  await net.sendWaiting();
  const told = await net.call("sync", {});
  if (!told || told.refused) return;
  visits.setLobby(told);
  if (told.notice) $("#notice").textContent = told.notice;
  roomHint(told.rooms);
  await list.keep(told.list);
  await net.sendWaiting();
  if (told.version !== document.body.dataset.version && ui.current() === "welcome") renew(told.version);
}
/* Until when a room is free: said by the house a moment ago, or not at all. */
function roomHint(until) {
  const hint = $("#room-hint");
  if (!hint) return;
  if (until) ui.say(hint, "room_free", ui.plain(` ${until}`));
  else ui.say(hint, until === "" ? "room_busy" : "room_hint");
}
async function renew(version) { // once for each: what comes then may still be the page that was kept
  if (sessionStorage.getItem("renewed") === version) return;
  sessionStorage.setItem("renewed", version);
  await (await navigator.serviceWorker?.getRegistration())?.update();
  setTimeout(() => location.reload(), 3000);
}
net.whenEnded(async () => { // a stolen tablet keeps nothing, not even sealed
  visits.wipe();
  await vault.forgetAll().catch(() => {});
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  await (await navigator.serviceWorker?.getRegistration())?.unregister();
  location.reload();
});

speak(document.body.dataset.speaks);
tick();
setInterval(tick, 5000);
idle.begin(visits.home);
ui.onEnter("welcome", () => { visits.wipe(); speak(document.body.dataset.speaks); sync(); });
visits.wipe();
list.kept();
ui.$$("[data-screen]").forEach((each) => { each.hidden = each.dataset.screen !== "welcome"; });
sync();
setInterval(sync, SYNC_EVERY);
navigator.serviceWorker?.register("/kiosk/sw.js", { scope: "/kiosk/" });
document.body.dataset.ready = "y";
