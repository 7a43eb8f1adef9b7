/* A form that was sent after the session had ended comes back with what was typed in it.
   It waits in this tab's storage until the next page: the sign-in page keeps it, any other drops it. A client's
   link comes by mail and opens in a tab of its own, so the portal's sign-in page keeps it for every tab, for as long
   as the link lasts. Passwords and files are never kept, and only the person who typed gets it back. */
(() => {
  "use strict";
  const KEY = "unsent";
  const here = location.pathname + location.search;
  const comingIn = /^\/portal\/(sign-in|enter|passkey$)/.test(location.pathname);
  const signingIn = comingIn || /^\/(sign-in|recover)/.test(location.pathname);
  const LINK_LASTS = 30 * 60 * 1000;
  const user = document.body.dataset.user || "";
  const ticks = (field) => field.type === "checkbox" || field.type === "radio";
  const kept = (field) => field.name && !field.disabled && !["csrf_token", "version"].includes(field.name)
    && !["password", "file", "submit", "button", "reset"].includes(field.type) && field.tagName !== "BUTTON";
  const store = (value, where = sessionStorage) => { try { where.setItem(KEY, JSON.stringify(value)); } catch { /* full or forbidden: nothing is kept */ } };
  const stored = (where) => { try { return JSON.parse(where.getItem(KEY) || "null"); } catch { return null; /* not ours */ } };
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

  const unsent = stored(sessionStorage) || stored(localStorage);
  if (!unsent) return;
  if (signingIn) {
    const kept = { ...unsent, lost: true, until: unsent.until || Date.now() + LINK_LASTS };
    store(kept);
    if (comingIn) store(kept, localStorage);
    return;
  }
  sessionStorage.removeItem(KEY);
  localStorage.removeItem(KEY);
  if (!unsent.lost || unsent.until < Date.now() || unsent.page !== here || unsent.user !== user) return;
  const form = [...document.forms].find((each) => actionOf(each) === unsent.action);
  if (!form) return;
  give(form, unsent.fields);
  form.dispatchEvent(new Event("change", { bubbles: true }));
  const message = document.body.dataset.msgUnsent;
  document.dispatchEvent(new CustomEvent("toasts", { detail: { items: [{ message, kind: "warning" }] } }));
})();
