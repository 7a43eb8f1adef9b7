/* Invited, delivering, leaving, and the evacuation list. */
import * as camera from "./camera.js";
import * as idle from "./idle.js";
import * as list from "./list.js";
import * as net from "./net.js";
import * as ui from "./ui.js";
import * as visits from "./visit.js";

const { $, input, value, when } = ui;
const READS = 300; // seconds

/* ---- an invitation ---- */
async function invited() {
  if (!ui.filled()) return;
  const code = value("code");
  const told = await net.call("invitations", { code, key: visits.visit.key });
  if (!told) { ui.news("code_offline"); return; }
  if (told.refused) { ui.news("again"); return; }
  if (told.standing !== "ok") { ui.news("code_calm"); input("code").value = ""; return; }
  const trail = visits.visit.trail;
  visits.begin(told.kind, { invitation: code, host: told.host, hostText: told.label, trail });
  input("name").value = told.name;
  input("company").value = told.company;
  $("#hello-host").textContent = told.label;
  when("hello", true);
  delete input("contact").dataset.needed;
  visits.go("you");
}
/* ---- a parcel ---- */
async function parcel() {
  if (!ui.filled()) return;
  visits.go("photo");
}
/* ---- leaving ---- */
async function leave() {
  if (!ui.filled()) return;
  const told = await net.call("exits", { text: value("leaver"), host: value("left_host") });
  if (!told) { ui.news("out_offline"); return; }
  if (told.gone) { visits.wipe(); visits.done("out_done", "out_done_hint"); return; }
  when("out-host", true);
  ui.fail("leaver", "out_none");
}
/* ---- who is inside ---- */
async function people() {
  if (!ui.filled()) return;
  if (!(await list.kept())) { ui.fail("pin", "list_none"); return; }
  const told = await list.open(value("pin"));
  input("pin").value = "";
  if (!told) { ui.fail("pin", "list_wrong"); return; }
  ui.say($("#list-made"), "list_made", ui.plain(` ${told.made}`));
  const rows = told.people.map((each) => {
    const row = document.createElement("li");
    const name = document.createElement("b");
    name.textContent = each.name;
    row.append(name, [each.company, each.host].filter(Boolean).map((text) => ` · ${text}`).join(""), " · ",
      ui.words("list_since"), ` ${each.since}`);
    if (each.unsure) row.append(" · ", ui.words("list_unsure"));
    return row;
  });
  if (!rows.length) { const row = document.createElement("li"); ui.say(row, "list_empty"); rows.push(row); }
  $("#people").replaceChildren(...rows);
  idle.allow(READS); // a roll call takes its time
}

function scans(name, field) {
  ui.onEnter(name, () => camera.scan($("[data-scan]", ui.screen(name)), (text) => {
    input(field).value = text;
    camera.stopScan();
    $("form", ui.screen(name)).requestSubmit();
  }));
  ui.onLeave(name, camera.stopScan);
}
scans("code", "code");
scans("out", "leaver");
ui.onSubmit("code", invited);
ui.onSubmit("parcel", parcel);
ui.onSubmit("out", leave);
ui.onSubmit("list", people);
