/* The door: asks every few seconds how it stands. Without an answer it says since when, never a stale green. */
import * as asking from "./panel-asking.js";

const door = document.getElementById("door");
const at = (id) => document.getElementById(id);
const EVERY = 10000, AGAIN = 2000, SPEAKS = 60000;
let now = JSON.parse(door.dataset.stateNow);
let heard = now.clock, failed = 0, timer = 0, touched = Date.now();

function show(state) {
  now = state; heard = state.clock; failed = 0;
  door.className = state.kind;
  at("clock").textContent = state.clock;
  at("kind").textContent = state.text;
  at("title").textContent = state.title;
  at("until").textContent = state.until ? door.dataset.until.replace("#", state.until) : "";
  at("terms").textContent = state.terms;
  at("offline").hidden = true;
  at("book").hidden = !state.lengths.length;
  for (const button of at("book").children) button.hidden = !state.lengths.includes(Number(button.dataset.minutes));
  at("check-in").hidden = !state.may_check_in;
  at("busy").hidden = !state.may_end;
  at("nothing").hidden = state.next.length > 0;
  at("next").replaceChildren(...state.next.map((row) => {
    const item = document.createElement("li"), hour = document.createElement("b"), title = document.createElement("span");
    hour.textContent = `${row.from}–${row.to}`; title.textContent = row.title;
    item.append(hour, " ", title);
    return item;
  }));
}

function lost() {
  failed += 1;
  if (failed < 2) return;
  asking.close();
  door.className = "lost";
  at("kind").textContent = at("title").textContent = at("until").textContent = at("terms").textContent = "";
  at("offline").textContent = door.dataset.offline.replace("#", heard);
  at("offline").hidden = false;
  for (const id of ["book", "check-in", "busy", "refused"]) at(id).hidden = true;
}

/* {said}, {refused}, or undefined without an answer. */
async function call(path, fields) {
  const stop = new AbortController(), late = setTimeout(() => stop.abort(), 8000);
  const language = document.documentElement.lang;
  fields?.append("language", language);
  try {
    const answer = await fetch(`${door.dataset.url}${path}${fields ? "" : `?language=${language}`}`, {
      method: fields ? "POST" : "GET", body: fields, cache: "no-store", redirect: "error", credentials: "same-origin",
      signal: stop.signal, headers: { "X-Device-Call": "1" } });
    if (answer.status === 401) { location.reload(); return undefined; }
    const said = await answer.json();
    if (answer.ok) return { said };
    if (said.refused) return { refused: said.refused };
  } catch { /* answered below, as every silence */ } finally { clearTimeout(late); }
  return undefined;
}
async function look() {
  clearTimeout(timer);
  const answer = await call("state");
  if (answer?.said) show(answer.said); else lost();
  timer = setTimeout(look, failed === 1 ? AGAIN : EVERY);
}
function refuse(text) { at("refused").textContent = text; at("refused").hidden = !text; }

/* An act that needs no question: "" or why not. */
async function act(path, fields) {
  const form = new FormData();
  form.append("booking", now.booking);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const answer = await call(path, form);
  if (answer?.said?.kind) show(answer.said);
  if (!answer) look();
  return answer || { refused: door.dataset.noAnswer };
}

document.addEventListener("click", async (event) => {
  touched = Date.now();
  const button = event.target.closest("button");
  if (!button || document.body.dataset.busy) return;
  if (button.dataset.language && door.className === "lost") return; // what is not here could not be loaded either
  if (button.dataset.language) { location.replace(`${door.dataset.url}?language=${button.dataset.language}`); return; }
  const what = button.dataset.act;
  if (!what) return;
  refuse("");
  const minutes = Number(button.dataset.minutes || 0);
  document.body.dataset.busy = "y";
  try {
    if (what === "book" && now.free) refuse((await act("booking", { minutes, key: asking.key() })).refused || "");
    else if (what === "check-in") refuse((await act("check-in", {})).refused || "");
    else refuse(await asking.open(what, minutes, act));
  } finally { delete document.body.dataset.busy; }
});
for (const name of ["contextmenu", "dragstart"]) addEventListener(name, (event) => event.preventDefault());
addEventListener("input", () => { touched = Date.now(); });
addEventListener("offline", () => { failed = 1; lost(); });
addEventListener("online", look);
setInterval(() => { // whoever chose another language or wrote something went away
  if (Date.now() - touched < SPEAKS) return;
  asking.close();
  if (location.search && door.className !== "lost") location.replace(door.dataset.url);
}, 5000);
timer = setTimeout(look, EVERY);
