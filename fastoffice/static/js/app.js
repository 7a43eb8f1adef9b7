/* FastOffice's own behaviour: small, optional, bound once to the document. Pages work without it. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const say = (name) => document.body.dataset["msg" + name] || "";

  /* ---- news ---- */
  const region = $("#toasts");
  function placeNews(host = $$("dialog[open]").pop() || document.body) { // outside an open dialog all is inert
    if (region.parentElement !== host) host.append(region);
  }
  function toast(message, kind = "info") {
    placeNews();
    const box = document.createElement("div");
    box.className = "toast";
    box.dataset.kind = kind;
    if (kind === "error") box.setAttribute("role", "alert");
    const text = document.createElement("p");
    text.textContent = message;
    const close = document.createElement("button");
    Object.assign(close, { type: "button", className: "btn", textContent: "×" });
    Object.assign(close.dataset, { dismiss: "", variant: "ghost", size: "icon-sm" });
    close.setAttribute("aria-label", say("Close"));
    box.append(text, close);
    region.append(box);
    expire(box);
  }
  function expire(box) {
    if (box.dataset.kind === "error") return; // stays until it is read
    let timer = setTimeout(() => box.remove(), 7000);
    box.addEventListener("pointerenter", () => clearTimeout(timer));
    box.addEventListener("pointerleave", () => { timer = setTimeout(() => box.remove(), 3000); });
  }

  /* ---- dialogs, search, menus ---- */
  function openSearch(event) {
    const dialog = $("#search");
    if (!dialog) return;
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
    $("input", dialog).select();
  }
  function closeMenus(except) {
    $$("details.menu[open]").forEach((menu) => { if (menu !== except) menu.open = false; });
  }
  function moveInSearch(event) {
    const hits = $$("[data-hit]", $("#search"));
    const at = hits.indexOf(document.activeElement);
    if (event.key === "Escape") { // a search field would only be emptied
      event.preventDefault();
      $("#search").close();
    } else if (event.key === "Enter" && at < 0 && hits.length) {
      event.preventDefault();
      hits[0].click();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      (next < 0 ? $("#search-q") : hits[Math.min(next, hits.length - 1)])?.focus();
    }
  }
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k")
      || (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey)) openSearch(event);
    else if (event.target.closest?.("#search")) moveInSearch(event);
    else if (event.key === "Escape") {
      const menu = event.target.closest?.("details.menu[open]");
      closeMenus();
      if (menu) $("summary", menu).focus();
    }
  });
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    closeMenus(at("details.menu"));
    let found;
    if (event.target.matches("dialog")) event.target.close(); // its backdrop
    else if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    else if (at("[data-open-search]")) openSearch(event);
    else if ((found = at("[data-dialog]"))) {
      const dialog = document.getElementById(found.dataset.dialog);
      if (dialog) { event.preventDefault(); dialog.showModal(); }
    } else if ((found = at("[data-close]"))) found.closest("dialog")?.close();
    else if ((found = at("[data-dismiss]"))) found.closest(".toast")?.remove();
    else if ((found = at("[data-copy]"))) {
      navigator.clipboard?.writeText(found.dataset.copy).then(() => toast(say("Copied"), "success"));
    } else if (at("[data-print]")) window.print();
  });

  /* ---- choosing rows: the box on top, and counts such as "Issue 61 drafts" ---- */
  function recount(name) {
    const boxes = $$(`input[type=checkbox][name="${CSS.escape(name)}"]:not(:disabled)`);
    const chosen = boxes.filter((box) => box.checked).length;
    $$(`[data-select-all="${CSS.escape(name)}"]`).forEach((all) => {
      all.checked = chosen > 0 && chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    });
    $$(`[data-count="${CSS.escape(name)}"]`).forEach((button) => {
      const outside = Number(button.dataset.countBase || 0);
      const form = chosen + outside === 1 ? button.dataset.one : button.dataset.many;
      button.textContent = form.replace("#", chosen + outside);
      button.disabled = chosen + outside === 0;
    });
  }
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.dataset.selectAll) {
      $$(`input[type=checkbox][name="${CSS.escape(box.dataset.selectAll)}"]:not(:disabled)`)
        .forEach((each) => { each.checked = box.checked; });
      recount(box.dataset.selectAll);
    } else if (box.type === "checkbox" && box.name) recount(box.name);
    if (box.matches("[data-dropzone] input[type=file]") && box.files.length) {
      $("[data-file-name]", box.closest("[data-dropzone]")).textContent = [...box.files].map((file) => file.name).join(", ");
    }
    if (box.matches("[data-autosubmit]")) box.form.requestSubmit();
    const form = box.closest("form[data-warn-unsaved]");
    if (form) form.dataset.dirty = "true";
  });

  /* ---- files dropped on their box ---- */
  ["dragenter", "dragover", "dragleave", "drop"].forEach((name) => document.addEventListener(name, (event) => {
    const zone = event.target.closest?.("[data-dropzone]");
    if (!zone) return;
    event.preventDefault();
    zone.toggleAttribute("data-over", name === "dragenter" || name === "dragover");
    if (name !== "drop" || !event.dataTransfer.files.length) return;
    const input = $("input[type=file]", zone);
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }));

  /* ---- one submit per form; a warning before typed text is lost ---- */
  document.addEventListener("submit", (event) => {
    if (event.submitter?.getAttribute("formtarget")) return; // the answer lands in a frame, the form stays as it is
    const form = event.target;
    const method = (form.getAttribute("method") || "get").toLowerCase(); // form.method may be a field of that name
    const sends = method === "post" || form.hasAttribute("hx-post");
    if (form.dataset.sent && sends) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    delete form.dataset.dirty;
    if (!sends || form.matches("[data-repeatable]")) return;
    form.dataset.sent = "true";
    setTimeout(() => $$("button:not([type=button])", form).forEach((button) => { button.setAttribute("aria-disabled", "true"); }));
  }, true);
  function release(form) {
    delete form.dataset.sent;
    $$("button[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  }
  addEventListener("pageshow", () => $$("form[data-sent]").forEach(release));
  addEventListener("beforeunload", (event) => { if ($("form[data-dirty]")) event.preventDefault(); });

  /* ---- htmx ---- */
  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.target.closest?.("form");
    if (form) release(form);
  });
  document.addEventListener("htmx:before:swap", (event) => {
    placeNews(document.body); // a swap must not take the news with it
    const status = event.detail.ctx?.response?.raw?.status ?? 0;
    if (status < 400) return;
    const headers = event.detail.ctx.response.raw.headers;
    if (status === 422 && headers.get("HX-Reswap") !== "none") return; // the form with its messages
    event.preventDefault(); // an error page does not belong inside a card
    if (headers.get("HX-Trigger")?.includes('"toasts"')) return; // the answer brought its own words
    const reference = headers.get("X-Request-Id");
    toast(say("Failed") + (reference ? ` ${say("Reference")}: ${reference}` : ""), "error");
  });
  document.addEventListener("htmx:error", (event) => {
    if (!event.detail.ctx?.response && event.detail.error?.name !== "AbortError") toast(say("Offline"), "error");
  });
  document.addEventListener("toasts", (event) => (event.detail.items || []).forEach((item) => toast(item.message, item.kind)));
  document.addEventListener("htmx:after:swap", () => { dress(); });

  function dress() {
    const modal = $("#modal");
    if (modal.childElementCount && !modal.open) modal.showModal();
    if (region.childElementCount) placeNews();
    new Set($$("[data-select-all]").map((box) => box.dataset.selectAll)).forEach(recount);
    const wrong = $("[data-focus]:not([data-seen])");
    if (wrong) { wrong.dataset.seen = "true"; wrong.focus(); }
  }
  document.addEventListener("close", (event) => {
    placeNews(document.body);
    if (event.target.id === "modal") event.target.replaceChildren();
  }, true);
  $$("#toasts .toast").forEach(expire);
  $$(".tabs [aria-current], .chips [aria-current], .steps .now").forEach((each) => { // what is chosen is in sight
    const strip = each.closest("nav.tabs, ul, ol");
    strip.scrollLeft += each.getBoundingClientRect().left - strip.getBoundingClientRect().left - 48;
  });
  dress();
})();
