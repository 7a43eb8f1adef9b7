/* What must survive: sign-ins that wait for the network, and the sealed list. Encrypted with a key that this browser
   made, keeps and never hands out; the database on disk holds nothing readable. */
const NAME = "kiosk", KEY = "key", WAITING = "waiting", THINGS = "things";

function asked(request) {
  return new Promise((yes, no) => { request.onsuccess = () => yes(request.result); request.onerror = () => no(request.error); });
}
let opened;
function database() {
  opened ??= new Promise((yes, no) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(WAITING);
      request.result.createObjectStore(THINGS);
    };
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });
  return opened;
}
async function store(name, mode = "readonly") {
  return (await database()).transaction(name, mode).objectStore(name);
}
async function secret() {
  const kept = await asked((await store(THINGS)).get(KEY));
  if (kept) return kept;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await asked((await store(THINGS, "readwrite")).put(made, KEY));
  return made;
}

/* Fields are texts or Blobs; they are kept as one sealed block. */
async function packed(fields) {
  const said = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Blob) said.push([name, value.type, [...new Uint8Array(await value.arrayBuffer())]]);
    else said.push([name, "", String(value)]);
  }
  return new TextEncoder().encode(JSON.stringify(said));
}
function unpacked(bytes) {
  const said = JSON.parse(new TextDecoder().decode(bytes));
  return Object.fromEntries(said.map(([name, type, value]) => [name, type ? new Blob([new Uint8Array(value)], { type }) : value]));
}
export async function keep(key, fields) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await secret(), await packed(fields));
  await asked((await store(WAITING, "readwrite")).put({ iv, data }, key));
}
export async function waiting() {
  return asked((await store(WAITING)).getAllKeys());
}
export async function read(key) {
  const kept = await asked((await store(WAITING)).get(key));
  if (!kept) return null;
  return unpacked(await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv }, await secret(), kept.data));
}
export async function drop(key) {
  await asked((await store(WAITING, "readwrite")).delete(key));
}
export async function remember(name, thing) {
  await asked((await store(THINGS, "readwrite")).put(thing, name));
}
export async function recall(name) {
  return asked((await store(THINGS)).get(name));
}
export async function forgetAll() {
  (await database()).close();
  opened = undefined;
  await asked(indexedDB.deleteDatabase(NAME));
}
