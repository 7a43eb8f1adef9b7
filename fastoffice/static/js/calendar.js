/* The rooms' calendar by keyboard: Tab enters it once, arrows move between hours and rooms, Enter books or opens. */
(() => {
  "use strict";
  const table = document.querySelector(".cal");
  if (!table) return;
  const links = [...table.querySelectorAll("tbody a")];
  const place = (link) => Number(link.closest("td")?.dataset.col ?? -1);
  const middle = (link) => { const box = link.getBoundingClientRect(); return box.top + box.height / 2; };
  function only(link) { // one of them is reached by Tab
    links.forEach((each) => { each.tabIndex = each === link ? 0 : -1; });
  }
  function beside(link, step) {
    const most = Math.max(...links.map(place));
    for (let column = place(link) + step; column >= 0 && column <= most; column += step) {
      const there = links.filter((each) => place(each) === column);
      if (there.length) return there.reduce((best, each) => (
        Math.abs(middle(each) - middle(link)) < Math.abs(middle(best) - middle(link)) ? each : best));
    }
    return null;
  }
  function along(link, key) {
    const column = links.filter((each) => place(each) === place(link));
    const at = column.indexOf(link);
    return { ArrowDown: column[at + 1], ArrowUp: column[at - 1], Home: column[0], End: column[column.length - 1] }[key];
  }
  table.addEventListener("focusin", (event) => { if (links.includes(event.target)) only(event.target); });
  table.addEventListener("keydown", (event) => {
    const link = event.target;
    if (!links.includes(link) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "PageDown" || event.key === "PageUp") {
      const page = document.querySelector(`.calbar [rel=${event.key === "PageDown" ? "next" : "prev"}]`);
      if (page) { event.preventDefault(); page.click(); }
      return;
    }
    const next = event.key === "ArrowLeft" ? beside(link, -1) : event.key === "ArrowRight" ? beside(link, 1) : along(link, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  const wrap = table.parentElement;
  const today = table.querySelector("thead [aria-current]"); // in sight also where the week is wider than the screen
  if (today && wrap.scrollWidth > wrap.clientWidth) wrap.scrollLeft = today.offsetLeft - table.querySelector("thead th").offsetWidth;
  if (links.length) only(links.find((each) => each.closest("tr.now")) || links[0]);
})();
