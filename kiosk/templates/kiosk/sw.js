/* Keeps the tablet's page and files, so that it opens without network. Nothing that a visitor typed passes here. */
"use strict";
const KEPT = "kiosk-{{ version }}";
const FILES = {{ kept }};
const PAGE = "/kiosk/";

async function keepAll() {
  const cache = await caches.open(KEPT);
  await cache.addAll(FILES);
  await page(new Request(PAGE, { credentials: "same-origin" }));
}
async function forget() { // also what waits sealed: the tablet may have been off when it was ended
  indexedDB.deleteDatabase("kiosk");
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  await self.registration.unregister();
}
async function page(request) {
  const answer = await fetch(request, { cache: "no-store" });
  const cache = await caches.open(KEPT);
  if (answer.ok && answer.headers.get("X-Kiosk-Shell")) await cache.put(PAGE, answer.clone());
  else if (answer.ok) await forget(); // paired no more
  return answer;
}
function soon(promise) { // a network that hangs is none
  return Promise.race([promise, new Promise((_, no) => { setTimeout(() => no(new Error("slow")), 4000); })]);
}
self.addEventListener("install", (event) => event.waitUntil(keepAll().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)));
  await self.clients.claim();
})()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && path === PAGE) {
    event.respondWith(soon(page(request)).catch(async () => (await caches.match(PAGE)) || Response.error()));
  } else if (FILES.some((file) => file.split("?")[0] === path)) {
    event.respondWith((async () => (await caches.match(request, { ignoreSearch: true })) || fetch(request))());
  }
});
