// Small helps on every page; nothing here is needed for a page to work.

const summary = () => document.querySelector(".error-summary");

/** Put the reader at the list of errors after a form came back. */
function focusErrors() {
  summary()?.focus();
}

/** Count notices as they come, without a reload. */
function listenForNotices() {
  const bell = document.querySelector("[data-stream]");
  if (!bell || !window.EventSource) return;
  const count = bell.querySelector("[data-count]");
  const source = new EventSource(bell.dataset.stream);
  const show = (event) => {
    let unread = Number(event.data);
    try {
      const data = JSON.parse(event.data);
      if (data && typeof data === "object") unread = Number(data.unread ?? data.count ?? Number(count.textContent) + 1);
    } catch {
      // not JSON: the number itself was sent
    }
    if (Number.isNaN(unread)) return;
    count.textContent = String(unread);
    count.hidden = unread === 0;
  };
  source.addEventListener("message", show);
  source.addEventListener("notice", show);
  window.addEventListener("pagehide", () => source.close());
}

/** Close the sheet of all pages after a link in it was followed by htmx or the back button. */
function closeMenus() {
  for (const open of document.querySelectorAll("[popover]:popover-open")) open.hidePopover();
}

/** On a phone a table's rows become cards: give each cell its column's name, and keep it a table for readers. */
function stackTables() {
  for (const table of document.querySelectorAll("main table:not(.stacked, .matrix)")) {
    const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
    const odd = table.querySelector("[colspan], [rowspan]") || table.closest("[data-view], .chart");
    if (!heads.length || heads.length > 9 || odd) continue;
    table.setAttribute("role", "table");
    for (const part of table.querySelectorAll("thead, tbody")) part.setAttribute("role", "rowgroup");
    for (const row of table.rows) {
      row.setAttribute("role", "row");
      [...row.cells].forEach((cell, i) => {
        const head = cell.parentElement.parentElement.tagName === "THEAD";
        cell.setAttribute("role", head ? "columnheader" : cell.tagName === "TH" ? "rowheader" : "cell");
        if (!head) cell.dataset.label ??= heads[i] ?? "";
      });
    }
    table.classList.add("stacked");
  }
}

stackTables();
focusErrors();
listenForNotices();
window.addEventListener("pageshow", (event) => event.persisted && closeMenus());
document.addEventListener("htmx:afterSettle", () => {
  stackTables();
  focusErrors();
});
