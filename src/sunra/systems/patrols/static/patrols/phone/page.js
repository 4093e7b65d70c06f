// What the page's parts share: its words, its elements, a line that is said aloud.

const WORDS = JSON.parse(document.getElementById("words").textContent);

export const at = (id) => document.getElementById(id);

export function words(key, values = {}) {
  return (WORDS[key] ?? key).replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
}

export function show(id, visible = true) {
  at(id).hidden = !visible;
}

export function write(id, text) {
  if (at(id).textContent !== text) at(id).textContent = text;
}

/** One short line at the top, read out by screen readers. */
export function tell(text) {
  write("say", text);
  at("say").scrollIntoView({ block: "nearest" });
}

export function element(name, kind, text) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Shows one part of the page; the button below that leads there is marked. */
export function open(name) {
  for (const panel of document.querySelectorAll("[data-panel]")) panel.hidden = panel.id !== name;
  for (const button of at("tabs").children) button.setAttribute("aria-current", String(button.dataset.for === name));
  write("say", "");
  scrollTo(0, 0);
}
