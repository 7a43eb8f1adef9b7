/* What the door asks before something costs: who, then the price; or what follows from ending. Nothing typed stays. */
const at = (id) => document.getElementById(id);
const dialog = at("ask"), form = dialog.querySelector("form");
let job = null;

export function key() { return crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2); }
function field(name) { return dialog.querySelector(`[data-field=${name}]`); }
function tell(lines) {
  at("says").replaceChildren(...lines.map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  }));
}
function fail(text) { at("ask-error").textContent = text || ""; at("ask-error").hidden = !text; }
function step(name) {
  job.step = name;
  at("who").hidden = name !== "who";
  for (const each of dialog.querySelectorAll("[data-on]")) each.hidden = each.dataset.on !== name;
}

/* Opens the question; "" or why there is none. act(path, fields) makes the call. */
export async function open(what, minutes, act) {
  job = { what, minutes, act, key: key(), member: "", shown: "" };
  fail("");
  tell([]);
  at("ask-title").textContent = at(`title-${what}`).content.textContent.replace("#", `${minutes} min`);
  if (what === "extend") {
    const answer = await act("longer", { minutes });
    if (answer.refused) return answer.refused;
    job.shown = answer.said.shown;
    tell(answer.said.says);
  }
  if (what === "end") at("says").replaceChildren(at("says-end").content.cloneNode(true));
  step(what === "book" ? "who" : what);
  dialog.showModal();
  return "";
}
export function close() { if (dialog.open) dialog.close(); }

async function offer() {
  const told = job.member ? { member: job.member } : { company: field("company").value, name: field("name").value, pin: field("pin").value };
  const answer = await job.act("offer", { minutes: job.minutes, ...told });
  field("pin").value = "";
  if (answer.refused) { fail(answer.refused); return; }
  job.member = answer.said.member;
  job.shown = answer.said.shown;
  tell(answer.said.says);
  step("book");
}
async function confirm() {
  const path = { book: "booking", extend: "extension", end: "end" }[job.what];
  const answer = await job.act(path, { minutes: job.minutes, key: job.key, member: job.member, shown: job.shown });
  if (!answer.refused) { close(); return; }
  fail(answer.refused);
  job.key = key();
  if (job.what === "book") await offer();
}
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!job || job.busy) return;
  job.busy = true;
  at("ask-on").disabled = true;
  fail("");
  try { await (job.step === "who" ? offer() : confirm()); } finally { if (job) job.busy = false; at("ask-on").disabled = false; }
});
at("ask-close").addEventListener("click", close);
dialog.addEventListener("close", () => { job = null; form.reset(); tell([]); fail(""); });
