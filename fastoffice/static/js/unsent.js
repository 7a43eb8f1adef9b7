/* A form that was sent after the session had ended comes back with what was typed in it.
   It waits in this tab's storage until the next page: the sign-in page keeps it, any other drops it. Passwords
   and files are never kept, and only the person who typed gets it back. */
(() => {
  "use strict";
  const KEY = "unsent";
  const here = location.pathname + location.search;
  const signingIn = /^\/(sign-in|recover)/.test(location.pathname);
  const user = document.body.dataset.user || "";
  const ticks = (field) => field.type === "checkbox" || field.type === "radio";
  const kept = (field) => field.name && !field.disabled && !["csrf_token", "version"].includes(field.name)
    && !["password", "file", "submit", "button", "reset"].includes(field.type) && field.tagName !== "BUTTON";
  const store = (value) => { try { sessionStorage.setItem(KEY, JSON.stringify(value)); } catch { /* full or forbidden: nothing is kept */ } };
  const actionOf = (form) => form.getAttribute("action") || form.getAttribute("hx-post") || here;

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const posts = form.hasAttribute("hx-post") || form.getAttribute("method")?.toLowerCase() === "post";
    if (signingIn || !posts || !user) return;
    const fields = [...form.elements].filter(kept).map((field) => [field.name, field.value, ticks(field) ? field.checked : null]);
    store({ page: here, action: actionOf(form), user, fields });
  }, true);

  function give(form, fields) {
    const left = [...fields];
    for (const field of [...form.elements].filter(kept)) {
      const at = left.findIndex(([name, value]) => name === field.name && (!ticks(field) || value === field.value));
      if (at < 0) continue;
      const [, value, checked] = left.splice(at, 1)[0];
      if (ticks(field)) field.checked = checked;
      else if (field.type !== "hidden") field.value = value;
    }
  }

  let unsent = null;
  try { unsent = JSON.parse(sessionStorage.getItem(KEY) || "null"); } catch { /* not ours */ }
  if (!unsent) return;
  if (signingIn) { store({ ...unsent, lost: true }); return; }
  sessionStorage.removeItem(KEY);
  if (!unsent.lost || unsent.page !== here || unsent.user !== user) return;
  const form = [...document.forms].find((each) => actionOf(each) === unsent.action);
  if (!form) return;
  give(form, unsent.fields);
  form.dispatchEvent(new Event("change", { bubbles: true }));
  const message = document.body.dataset.msgUnsent;
  document.dispatchEvent(new CustomEvent("toasts", { detail: { items: [{ message, kind: "warning" }] } }));
})();
