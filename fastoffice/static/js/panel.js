/* The door: asks every few seconds how it stands. Without an answer it says since when, never a stale green. */
const door = document.getElementById("door");
const at = (id) => document.getElementById(id);
let now = JSON.parse(door.dataset.stateNow);
let heard = now.clock;
let failed = 0;

function show(state) {
  now = state; heard = state.clock; failed = 0;
  door.className = state.kind;
  at("clock").textContent = state.clock;
  at("kind").textContent = state.text;
  at("title").textContent = state.title;
  at("until").textContent = state.until ? door.dataset.until.replace("#", state.until) : "";
  at("offline").hidden = true;
  at("book").hidden = !state.lengths.length;
  for (const button of at("book").children) button.hidden = !state.lengths.includes(Number(button.dataset.minutes));
  at("check-in").hidden = !state.may_check_in;
  at("busy").hidden = !state.may_end;
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
  door.className = "lost";
  at("offline").textContent = door.dataset.offline.replace("#", heard);
  at("offline").hidden = false;
  for (const id of ["book", "check-in", "busy"]) at(id).hidden = true;
}

async function call(path, fields) {
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 8000);
  try {
    const answer = await fetch(path, { method: fields ? "POST" : "GET", body: fields, cache: "no-store", redirect: "error",
      credentials: "same-origin", signal: stop.signal, headers: { "X-Device-Call": "1" } });
    if (answer.status === 401) { location.reload(); return; }
    const said = await answer.json();
    if (answer.ok) { at("refused").hidden = true; show(said); return; }
    if (!said.refused) throw new Error(String(answer.status));
    at("refused").textContent = said.refused; at("refused").hidden = false;
  } catch { lost(); } finally { clearTimeout(timer); }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-post]");
  if (!button || button.disabled) return;
  const fields = new FormData();
  fields.append("booking", now.booking);
  fields.append("key", crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2));
  if (button.dataset.minutes) fields.append("minutes", button.dataset.minutes);
  button.disabled = true;
  await call(button.dataset.post, fields);
  button.disabled = false;
});
setInterval(() => call(door.dataset.state), 10000);
window.addEventListener("offline", () => { failed = 1; lost(); });
window.addEventListener("online", () => call(door.dataset.state));
