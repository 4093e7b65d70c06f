// The list of what is in view: the map's content for those who do not see it.

const MOST = 30;

/** Where a feature lies: the middle of its box. */
export function middle(feature) {
  const points = feature.geometry.coordinates.flat(Infinity);
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    west = Math.min(west, points[i]);
    east = Math.max(east, points[i]);
    south = Math.min(south, points[i + 1]);
    north = Math.max(north, points[i + 1]);
  }
  return [(west + east) / 2, (south + north) / 2];
}

function cell(tag, text) {
  const made = document.createElement(tag);
  if (tag === "th") made.scope = "row";
  made.append(text);
  return made;
}

function chip(grade, none) {
  const made = document.createElement("span");
  made.className = `grade grade-${grade || 0}`;
  made.textContent = grade ? String(grade) : "–";
  if (!grade) made.setAttribute("aria-label", none), made.setAttribute("role", "img");
  return made;
}

/** Show at most 30 of `found` ({feature, layer, grade}), the highest grades first; returns nothing. */
export function show(frame, found, chosen, texts) {
  const view = frame.querySelector("[data-view]");
  const rows = [...found].sort((a, b) => (b.grade ?? -1) - (a.grade ?? -1)).slice(0, MOST);
  view.querySelector("[data-view-count]").textContent =
    `(${texts.view.replace("{shown}", rows.length.toLocaleString()).replace("{all}", found.length.toLocaleString())})`;
  const body = view.querySelector("[data-view-rows]");
  body.replaceChildren(
    ...rows.map(({ feature, layer, grade }) => {
      const row = document.createElement("tr");
      const id = String(feature.properties.id ?? "");
      const pick = document.createElement("button");
      pick.type = "button";
      pick.className = "bare pick";
      pick.textContent = feature.properties.label ?? id;
      pick.setAttribute("aria-pressed", String(id === chosen));
      row.dataset.row = id;
      if (id === chosen) row.classList.add("marked");
      const last = cell("td", grade === undefined ? "" : chip(grade, texts.none));
      last.className = "number";
      row.append(cell("th", pick), cell("td", layer.label), last);
      return row;
    }),
  );
  view.hidden = false;
}
