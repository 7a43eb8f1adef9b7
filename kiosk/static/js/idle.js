/* Nobody touches it: a warning, then everything is wiped. On the first screen there is nothing to wipe. */
const dialog = document.getElementById("idle");
const count = document.getElementById("idle-count");
const total = Number(document.body.dataset.idle) * 1000, warn = Number(document.body.dataset.warn) * 1000;
let last = Date.now(), limit = 0, wipe = () => {};

export function begin(whatWipes) {
  wipe = whatWipes;
  for (const name of ["pointerdown", "keydown", "input", "touchstart"]) {
    addEventListener(name, () => { if (!dialog.open) touched(); }, { capture: true, passive: true });
  }
  dialog.addEventListener("close", touched);
  setInterval(look, 250);
}
export function touched() { last = Date.now(); }
/* seconds: how long this screen may rest; 0 never ends it */
export function allow(seconds = total / 1000) { limit = seconds * 1000; touched(); if (dialog.open) dialog.close(); }
function look() {
  if (!limit) return;
  const left = limit - (Date.now() - last);
  if (left <= 0) { if (dialog.open) dialog.close(); wipe(); return; }
  if (left <= warn) {
    count.textContent = String(Math.ceil(left / 1000));
    if (!dialog.open) {
      document.querySelectorAll("dialog[open]").forEach((other) => other.close());
      dialog.showModal();
    }
  }
}
