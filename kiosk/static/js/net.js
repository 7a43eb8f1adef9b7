/* Calls to the house. A call without network answers undefined; a refusal answers {refused: {message, field}}. */
import * as vault from "./vault.js";

const LIMIT = 8000;
export let online = true;
let ended = () => {};
export function whenEnded(what) { ended = what; }

function noticed(is) {
  if (is !== online) { online = is; document.dispatchEvent(new CustomEvent("network", { detail: is })); }
}
export async function call(path, fields, method = "POST") {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LIMIT);
  let body;
  if (fields) {
    body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value, ...(value instanceof Blob ? [name] : []));
    body.append("language", document.documentElement.lang);
  }
  try {
    const answer = await fetch(`/kiosk/${path}`, {
      method, body, signal: stop.signal, credentials: "same-origin", cache: "no-store", redirect: "error",
      headers: { "X-Device-Call": "1" } });
    if (answer.status === 401) { ended(); return undefined; }
    const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null;
    if (answer.ok && told) { noticed(true); return told; }
    if (told && answer.status >= 400 && answer.status < 500) { noticed(true); return { refused: told, status: answer.status }; }
    return undefined; // the house is ill, or asks for patience: as good as no network
  } catch {
    noticed(false);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/* A sign-in is written down first and crossed out when the house has it, whatever happens in between. */
export async function signIn(fields) {
  await vault.keep(fields.key, { ...fields, written: Date.now() });
  return send(fields.key, false);
}
const sending = new Set();
async function send(key, late) {
  if (sending.has(key)) return undefined;
  sending.add(key);
  try {
    const fields = await vault.read(key);
    if (!fields) return undefined;
    const { written, ...rest } = fields;
    const age = Math.max(0, Math.round((Date.now() - Number(written)) / 1000));
    const told = await call("visits", { ...rest, age, ...(late ? { kept: "y" } : {}) });
    if (told) await vault.drop(key);
    return told;
  } finally {
    sending.delete(key);
  }
}
export async function sendWaiting() {
  for (const key of await vault.waiting()) if (!(await send(key, true))) return;
}
