/* Signing in, step by step. What is typed lives in `visit` and in the fields, and goes with `wipe`. */
import * as camera from "./camera.js";
import * as net from "./net.js";
import * as ui from "./ui.js";
import SignaturePad from "/static/vendor/signature_pad.min.js";

const { $, show, say, input, value } = ui;
export let lobby = { photo: document.body.dataset.photo === "y", badge: false, rules: [] };
export let visit = fresh();
let pad = null, polling = 0;

function fresh() { return { key: crypto.randomUUID(), kind: "visit", host: "", signed: {}, toSign: null, photo: null, trail: [] }; }
export function setLobby(told) { lobby = told; }
export function begin(kind, more = {}) {
  visit = { ...fresh(), kind, ...more };
  document.body.dataset.kind = kind;
  if (kind === "supplier") input("company").dataset.needed = ""; else delete input("company").dataset.needed;
}

/* ---- the way through: which step follows which ---- */
export function go(name) {
  visit.trail.push(ui.current());
  show(name);
}
export function back() {
  const before = visit.trail.pop();
  if (!before || before === "welcome") home(); else show(before);
}
function afterYou() { return lobby.photo || visit.kind === "authority" ? "photo" : "rules"; }
async function afterPhoto() {
  if (visit.kind === "delivery") return send();
  visit.toSign ??= await rulesToSign();
  const open = visit.toSign.find((each) => !visit.signed[each.id]);
  if (!open) return send();
  visit.rules = open;
  return go("rules");
}
async function rulesToSign() {
  const asked = lobby.rules.filter((each) => each.kinds.includes(visit.kind));
  if (!asked.length) return [];
  const told = await net.call("rules", { kind: visit.kind, contact: value("contact") });
  return told?.rules ? asked.filter((each) => told.rules.includes(each.id)) : asked;
}

/* ---- whom ---- */
function hostState(state) { for (const each of ["found", "none"]) ui.when(each, each === state); }
async function who() {
  if (!ui.filled()) return;
  hostState("");
  const told = await net.call("hosts", { text: value("host"), company: value("host_company") });
  visit.host = "";
  if (!told || told.refused) { go("you"); return; } // without network reception sees what was written
  if (told.state === "ask_company") { ui.when("company", true); input("host_company").focus(); return; }
  if (told.state === "found") {
    visit.host = told.host;
    $("#host-label").textContent = told.label;
    $("#host-yes").focus();
  }
  hostState(told.state);
  $(told.state === "found" ? "#host-yes" : "#host-anyway").focus();
}

/* ---- who you are ---- */
async function recognized() {
  const contact = value("contact"), key = visit.key;
  if (contact.length < 8 || (value("name") && value("company"))) return;
  const told = await net.call("guests", { contact });
  if (key !== visit.key || value("contact") !== contact || !told?.name) return;
  if (!value("name")) input("name").value = told.name;
  if (!value("company")) input("company").value = told.company;
  input("remember").checked = true;
}
async function you() {
  if (!value("name")) await recognized();
  if (!ui.filled()) return;
  const contact = value("contact");
  const digits = contact.replace(/\D/g, "").length;
  if (contact && !(/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(contact) || (digits >= 8 && !contact.includes("@")))) { ui.fail("contact", "contact_wrong"); return; }
  if (!/\p{L}/u.test(value("name"))) { ui.fail("name", "name_missing"); return; }
  visit.toSign = null;
  if (afterYou() === "photo") go("photo"); else await afterPhoto();
}

/* ---- photo ---- */
async function enterPhoto() {
  const of = { delivery: "of-parcel", authority: "of-document" }[visit.kind] || "of-visitor";
  for (const each of ["of-visitor", "of-parcel", "of-document"]) ui.when(each, each === of);
  $("#no-camera").hidden = true;
  showShot();
  if (visit.photo) return;
  const key = visit.key;
  const is = await camera.open($("#camera"), of === "of-visitor" ? "user" : "environment");
  if (ui.current() !== "photo" || key !== visit.key) { camera.close($("#camera")); return; }
  $("#shoot").hidden = !is;
  $("#camera").hidden = !is;
  $("#no-camera").hidden = is;
}
function showShot() {
  const shot = $("#shot");
  if (shot.src) URL.revokeObjectURL(shot.src);
  if (visit.photo) shot.src = URL.createObjectURL(visit.photo); else shot.removeAttribute("src");
  shot.hidden = !visit.photo;
  $("#camera").hidden = Boolean(visit.photo);
  $("#shoot").hidden = Boolean(visit.photo);
  $("#again").hidden = !visit.photo;
  $("#with-photo").hidden = !visit.photo;
  $("#no-photo").hidden = Boolean(visit.photo);
}
async function shoot() {
  visit.photo = await camera.shoot($("#camera"), ["delivery", "authority"].includes(visit.kind) ? 1280 : 640);
  camera.close($("#camera"));
  showShot();
}

/* ---- what is signed ---- */
function enterRules() {
  say($("#rules-title"), visit.rules.kind);
  const texts = visit.rules.texts;
  $("#rules-text").replaceChildren(...Object.keys(texts).map((language) => {
    const part = document.createElement("span");
    part.lang = language;
    part.textContent = texts[language] || texts.es;
    return part;
  }));
  $("#rules-text").scrollTop = 0;
  const canvas = $("#pad"), ratio = Math.max(devicePixelRatio || 1, 1);
  canvas.width = canvas.offsetWidth * ratio;
  canvas.height = canvas.offsetHeight * ratio;
  canvas.getContext("2d").scale(ratio, ratio);
  pad?.off();
  pad = new SignaturePad(canvas, { minWidth: 1, maxWidth: 3.2, penColor: "#06303a" });
}
async function rules() {
  ui.clean();
  if (!pad || pad.isEmpty()) { say($("#e-signature"), "sign_missing"); return; }
  visit.signed[visit.rules.id] = await new Promise((done) => { $("#pad").toBlob(done, "image/png"); });
  await afterPhoto();
}

/* ---- sending and waiting ---- */
const DETAILS = { supplier: ["purpose", "vehicle"], interview: ["position"], authority: ["authority", "identification", "document"] };
function told() {
  const fields = { key: visit.key, kind: visit.kind, host: visit.host, host_text: visit.hostText ?? value("host"),
    host_company: value("host_company"), name: value("name"), company: value("company"), contact: value("contact"),
    remember: value("remember"), invitation: visit.invitation || "" };
  for (const name of DETAILS[visit.kind] || []) fields[name] = value(name);
  if (visit.kind === "delivery") Object.assign(fields, { company: value("courier"), host_text: value("addressee"), name: "", contact: "" });
  if (visit.photo) fields.photo = visit.photo;
  for (const [id, picture] of Object.entries(visit.signed)) fields[`signature-${id}`] = picture;
  return fields;
}
export async function send() {
  const answer = await net.signIn(told());
  if (answer?.refused) { await refusal(answer.refused); return; }
  if (visit.kind === "delivery") { done(answer ? "parcel_done" : "parcel_kept", "parcel_done_hint"); return; }
  visit.answer = answer;
  show("wait", { rest: 180 });
}
async function refusal(reason) {
  if (reason.rules?.length) { // they changed while the visitor was reading
    const newest = await net.call("sync", {});
    if (newest?.rules) setLobby(newest);
    visit.toSign = lobby.rules.filter((each) => reason.rules.includes(each.id));
    await afterPhoto();
    return;
  }
  show(visit.kind === "delivery" ? "parcel" : "you");
  const place = { company: visit.kind === "delivery" ? "courier" : "company", host: "host" }[reason.field] || reason.field;
  if (place && input(place)) ui.fail(place, ui.plain(reason.message)); else ui.news("again");
}
function enterWait() {
  const answer = visit.answer;
  ui.when("badge", Boolean(answer?.qr));
  if (answer?.qr) { $("#badge-qr").src = answer.qr; $("#badge-code").textContent = answer.badge; }
  $("#print").hidden = !(answer && lobby.badge);
  showAnswer(answer);
  forget(); // from here on nothing of the visitor is needed but the key
  clearInterval(polling);
  polling = setInterval(look, 3000);
}
async function look() {
  const key = visit.key;
  const answer = await net.call(`visits/${key}`, null, "GET");
  if (ui.current() !== "wait" || key !== visit.key || !answer || answer.refused) return;
  showAnswer(answer);
}
const ANSWERS = { coming: ["coming"], wait: ["wait"], refused: ["refused", "refused_hint"], in: ["inside"], out: ["out_done"] };
let shown = "";
function showAnswer(answer) {
  let words = ANSWERS[answer?.state];
  if (!answer) words = ["kept", "kept_hint"];
  else if (!words) words = answer.escalated ? ["escalated"] : answer.told ? ["told", "told_hint"] : ["reception_comes", "reception_comes_hint"];
  const note = answer?.note || "";
  if (shown === words[0] + note) return;
  if (shown && ANSWERS[answer?.state]) import("./idle.js").then((idle) => idle.allow(60)); // time to read the answer
  shown = words[0] + note;
  say($("#wait-title"), words[0]);
  if (words[1]) say($("#wait-text"), words[1]); else $("#wait-text").replaceChildren();
  $("#wait-note").textContent = note;
}
async function askBadge() { // never by this browser: its dialog leads out
  const told = await net.call(`visits/${visit.key}/badge`, {});
  ui.news(told?.asked ? "badge_asked" : "reception_offline");
  if (told?.asked) $("#print").hidden = true;
}
export function done(title, text) {
  say($("#done-title"), title);
  say($("#done-text"), text);
  show("done", { rest: 12 });
}

/* ---- nothing of the last visitor stays ---- */
function forget() {
  ui.$$("form").forEach((form) => form.reset());
  ui.$$("input").forEach((each) => { if (each.type !== "checkbox") each.value = ""; });
  ui.clean();
  for (const each of ["company", "found", "none", "out-host", "hello"]) ui.when(each, false);
  $("#host-label").textContent = $("#hello-host").textContent = "";
  const shot = $("#shot");
  if (shot.src) URL.revokeObjectURL(shot.src);
  shot.removeAttribute("src");
  pad?.clear();
  const canvas = $("#pad");
  canvas.width = canvas.height = 1;
  camera.close($("#camera"));
  camera.stopScan();
  visit.photo = null;
  visit.signed = {};
}
export function wipe() {
  clearInterval(polling);
  shown = "";
  forget();
  for (const id of ["people", "rooms", "list-made", "wait-title", "wait-text", "wait-note", "badge-code", "done-title", "done-text"]) document.getElementById(id).replaceChildren();
  $("#badge-qr").removeAttribute("src");
  visit = fresh();
  delete document.body.dataset.kind;
  document.dispatchEvent(new Event("wiped"));
}
export function home() {
  ui.$$("dialog[open]").forEach((each) => each.close());
  wipe();
  show("welcome");
}

ui.onSubmit("who", who);
$("#host-yes").addEventListener("click", () => { hostState(""); go("you"); });
$("#host-anyway").addEventListener("click", () => { hostState(""); go("you"); });
$("#host-no").addEventListener("click", () => { hostState(""); visit.host = ""; input("host").value = ""; input("host").focus(); });
input("host").addEventListener("input", () => hostState(""));
input("contact").addEventListener("change", recognized);
ui.onSubmit("you", you);
ui.onEnter("photo", enterPhoto);
ui.onLeave("photo", () => camera.close($("#camera")));
$("#shoot").addEventListener("click", ui.pressing(shoot));
$("#again").addEventListener("click", () => { visit.photo = null; enterPhoto(); });
$("#no-photo").addEventListener("click", ui.pressing(() => { visit.photo = null; return afterPhoto(); }));
$("#with-photo").addEventListener("click", ui.pressing(afterPhoto));
ui.onEnter("rules", enterRules);
$("#clear").addEventListener("click", () => pad?.clear());
ui.onSubmit("rules", rules);
ui.onEnter("wait", enterWait);
ui.onLeave("wait", () => clearInterval(polling));
$("#print").addEventListener("click", ui.pressing(askBadge));
