// The address bar holds what the map shows, so that a link shows the same.

/** What the address says: view [zoom, lat, lon], slot, layers; missing parts are undefined. */
export function read(prefix) {
  const query = new URLSearchParams(location.search);
  const at = query.get(`${prefix}-at`)?.split("/").map(Number);
  const slot = Number(query.get(`${prefix}-slot`) ?? NaN);
  return {
    view: at?.length === 3 && at.every(Number.isFinite) ? at : undefined,
    slot: Number.isInteger(slot) && slot >= 0 && slot < 12 ? slot : undefined,
    layers: query.has(`${prefix}-layers`) ? query.get(`${prefix}-layers`).split(".").filter(Boolean) : undefined,
  };
}

/** Write the same back without a new step in the history; parameters of others stay as they are. */
export function write(prefix, { view, slot, layers }) {
  const query = new URLSearchParams(location.search);
  if (view) query.set(`${prefix}-at`, view.join("/"));
  if (slot !== undefined) query.set(`${prefix}-slot`, String(slot));
  if (layers) query.set(`${prefix}-layers`, layers.join("."));
  history.replaceState(history.state, "", `${location.pathname}?${query}${location.hash}`);
}
