/* Screens, words and fields. One screen shows at a time; the address never changes. */
import * as idle from "./idle.js";

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const entering = {}, leaving = {};
let here = "welcome";

export function onEnter(name, what) { entering[name] = what; }
export function onLeave(name, what) { leaving[name] = what; }
export function current() { return here; }
export function screen(name = here) { return $(`[data-screen="${name}"]`); }

export function show(name, { rest } = {}) {
  leaving[here]?.();
  $$("[data-screen]").forEach((each) => { each.hidden = each.dataset.screen !== name; });
  $$("[data-for]").forEach((each) => { each.hidden = each.dataset.for !== name; });
  here = name;
  idle.allow(name === "welcome" ? 0 : rest);
  entering[name]?.();
  const first = $("input:not([type=checkbox])", screen());
  if (first && first.offsetParent && !first.value) first.focus({ preventScroll: true });
  scrollTo(0, 0);
}

/* Both languages, from the page's own templates. */
export function words(name) { return document.getElementById(`say-${name}`).content.cloneNode(true); }
export function say(target, ...names) {
  target.replaceChildren(...names.map((name) => (typeof name === "string" ? words(name) : name)));
}
export function plain(text) { return document.createTextNode(text); }
export function news(name) {
  say($("#news-text"), name);
  if (!$("#news").open) $("#news").showModal();
}

export function input(name) { return $(`[data-field="${name}"]`); }
export function value(name) {
  const found = input(name);
  return found.type === "checkbox" ? (found.checked ? found.value : "") : found.value.trim();
}
export function when(name, is) { $$(`[data-when="${name}"]`).forEach((each) => { each.hidden = !is; }); }

export function clean(root = document) {
  $$(".error", root).forEach((each) => each.replaceChildren());
  $$("[aria-invalid]", root).forEach((each) => each.removeAttribute("aria-invalid"));
}
export function fail(name, message) {
  const place = document.getElementById(`e-${name}`);
  const field = input(name);
  if (!place) { news("again"); return; }
  say(place, message);
  field?.setAttribute("aria-invalid", "true");
  field?.focus();
}
/* Whether what must be filled in on this screen is; the first that is not says so. */
export function filled(root = screen()) {
  clean(root);
  const empty = $$("[data-needed]", root).find((each) => each.offsetParent && !each.value.trim());
  if (empty) fail(empty.dataset.field, "missing");
  return !empty;
}
/* One press at a time. */
export function pressing(what) {
  return async (event) => {
    event?.preventDefault();
    if (document.body.dataset.busy) return;
    document.body.dataset.busy = "y";
    try { await what(event); } finally { delete document.body.dataset.busy; }
  };
}
export function onSubmit(name, what) { $("form", screen(name)).addEventListener("submit", pressing(what)); }
