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

focusErrors();
listenForNotices();
window.addEventListener("pageshow", (event) => event.persisted && closeMenus());
document.addEventListener("htmx:afterSwap", focusErrors);
