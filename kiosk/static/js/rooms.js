/* A room, now: who (with a PIN), how long, which one at which price. */
import * as net from "./net.js";
import * as ui from "./ui.js";
import * as visits from "./visit.js";

const { $, $$, value } = ui;
let member = "", minutes = 30, key = "";

async function who() {
  if (!ui.filled()) return;
  const told = await net.call("members", { text: value("member_company"), name: value("member_name"), pin: value("member_pin") });
  ui.input("member_pin").value = "";
  if (!told) { ui.news("room_offline"); return; }
  if (!told.member) { ui.fail("member_pin", "member_none"); return; }
  member = told.member;
  key = crypto.randomUUID();
  visits.go("rooms");
}
async function look() {
  const told = await net.call("rooms", { member, minutes, people: value("people") || "1" });
  if (ui.current() !== "rooms") return;
  if (!told || told.refused) { ui.news(told ? "again" : "room_offline"); return; }
  $("#rooms").replaceChildren(...told.rooms.map(row));
  if (!told.rooms.length) ui.say($("#rooms"), "room_none");
}
function row(room) {
  const item = document.createElement("li"), text = document.createElement("p"), name = document.createElement("b");
  name.textContent = room.name;
  text.append(name, ` · ${room.from}–${room.until} · ${room.capacity} `, ui.words("room_people"), document.createElement("br"));
  if (room.refusal) { text.append(room.refusal); item.append(text); return item; }
  if (room.price) text.append(`${room.price} · `); else text.append(ui.words("room_included"), " ");
  text.append(ui.words("room_left"), ` ${Math.floor(room.left / 60)}:${String(room.left % 60).padStart(2, "0")} h`);
  const take = document.createElement("button");
  take.type = "button";
  take.className = "main";
  ui.say(take, "room_take");
  take.append(" ");
  const whose = document.createElement("span");
  whose.className = "unseen";
  whose.textContent = room.name;
  take.append(whose);
  take.addEventListener("click", ui.pressing(() => book(room)));
  item.append(text, take);
  return item;
}
async function book(room) {
  const told = await net.call("bookings", { member, room: room.id, starts: room.starts, minutes, people: value("people") || "1", shown: room.shown, key });
  if (!told) { ui.news("room_offline"); return; }
  if (told.refused) {
    key = crypto.randomUUID();
    ui.say($("#news-text"), ui.plain(told.refused.message));
    $("#news").showModal();
    await look();
    return;
  }
  visits.wipe();
  visits.done(told.asks ? "room_asked" : "room_yours", ui.plain(`${told.room} · ${told.until}`));
}
function wipe() { member = ""; key = ""; minutes = 30; $("#rooms").replaceChildren(); chosen(); }
function chosen() {
  $$("[data-minutes]").forEach((each) => each.setAttribute("aria-pressed", String(Number(each.dataset.minutes) === minutes)));
}
$$("[data-minutes]").forEach((each) => each.addEventListener("click", () => { minutes = Number(each.dataset.minutes); chosen(); look(); }));
ui.input("people").addEventListener("change", look);
ui.onSubmit("member", who);
ui.onEnter("rooms", () => { chosen(); look(); });
document.addEventListener("wiped", wipe);
