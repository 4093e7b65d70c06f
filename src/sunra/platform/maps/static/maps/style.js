// How the map looks: colours come from the style sheet, so night and day follow the page.

const FONT = ["Pretendard GOV"];

/** The colours as the page has them now. */
export function colours() {
  const css = getComputedStyle(document.documentElement);
  const of = (name) => css.getPropertyValue(`--${name}`).trim();
  return {
    land: of("map-land"), water: of("map-water"), border: of("map-border"), street: of("map-street"),
    label: of("map-label"), halo: of("map-land"), mark: of("mark"), surface: of("surface"),
    grades: Array.from({ length: 10 }, (_, i) => of(`grade-${i + 1}`)),
    inks: Array.from({ length: 10 }, (_, i) => (i < 5 ? of("ink-low") : i === 5 ? of("ink-six") : of("ink-high"))),
    series: [1, 2, 3, 4, 5, 6].map((n) => of(`series-${n}`)),
  };
}

const names = (kind, size, extra = {}) => ({
  id: `names-${kind}`, type: "symbol", source: "base", "source-layer": "names",
  filter: ["==", ["get", "kind"], kind],
  layout: { "text-field": ["get", "ko"], "text-font": FONT, "text-size": size, "text-max-width": 8, "text-padding": 6 },
  paint: { "text-halo-width": 1.5 },
  ...extra,
});

/** The base map: areas, borders, streets, names. */
export function style(config) {
  const sources = {
    base: { type: "vector", url: `pmtiles://${new URL(config.base, location.href)}`, attribution: config.attribution },
  };
  const layers = [
    { id: "water", type: "background" },
    { id: "land-province", type: "fill", source: "base", "source-layer": "province", maxzoom: 7 },
    { id: "land-district", type: "fill", source: "base", "source-layer": "district", minzoom: 7 },
    // closes the hairline gaps that simplifying leaves between neighbours
    { id: "border-gap", type: "line", source: "base", "source-layer": "district", minzoom: 7, paint: { "line-width": 8 } },
  ];
  if (config.streets) {
    sources.streets = { type: "vector", url: `pmtiles://${new URL(config.streets, location.href)}` };
    layers.push({
      id: "streets", type: "line", source: "streets", "source-layer": "streets", layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 11, 0.5, 14, 2, 17, 9] },
    });
  }
  const border = (id, layer, low, high, width, extra = {}) => ({
    id: `border-${id}`, type: "line", source: "base", "source-layer": layer, minzoom: low, maxzoom: high,
    ...(layer === "border" ? { filter: ["==", ["get", "kind"], id] } : {}),
    layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-width": width, ...extra },
  });
  layers.push(
    border("dong", "border", 10, 24, 1, { "line-dasharray": [2, 3], "line-opacity": 0.8 }),
    border("district", "border", 7, 24, ["interpolate", ["linear"], ["zoom"], 7, 0.5, 13, 2]),
    border("province", "province", 4, 7, 1),
    names("dong", 12, { minzoom: 12 }),
    names("district", ["interpolate", ["linear"], ["zoom"], 8, 11, 12, 16], { maxzoom: 12 }),
    names("province", 14, { maxzoom: 8 }),
  );
  return { version: 8, sources, layers };
}

/** Add a layer of the page: drawing, mark and figures. */
export function addLayer(map, layer, data, before) {
  map.addSource(layer.id, { type: "geojson", data, promoteId: "id" });
  const marked = ["boolean", ["feature-state", "marked"], false];
  const base = { source: layer.id };
  if (layer.kind === "cell") {
    map.addLayer({ ...base, id: layer.id, type: "fill", paint: { "fill-opacity": 0.78 } }, before);
    map.addLayer({ ...base, id: `${layer.id}-mark`, type: "line", paint: { "line-width": ["case", marked, 4, 0] } });
    map.addLayer({
      ...base, id: `${layer.id}-figure`, type: "symbol", minzoom: 14.2,
      layout: { "text-font": FONT, "text-size": 13, "text-allow-overlap": false },
    });
  } else if (layer.kind === "line") {
    const lined = { "line-cap": "round", "line-join": "round" };
    map.addLayer({ ...base, id: `${layer.id}-case`, type: "line", layout: lined, paint: { "line-width": ["case", marked, 11, 7] } });
    map.addLayer({ ...base, id: layer.id, type: "line", layout: lined, paint: { "line-width": ["case", marked, 6, 4] } });
  } else {
    map.addLayer({
      ...base, id: layer.id, type: "circle",
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 10, ["case", marked, 8, 2.5], 14, ["case", marked, 11, 6], 17, ["case", marked, 14, 9]],
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 10, 0.5, 14, 2],
      },
    });
    map.addLayer({
      ...base, id: `${layer.id}-label`, type: "symbol", minzoom: 14,
      layout: { "text-field": ["coalesce", ["get", "short"], ["get", "label"]], "text-font": FONT, "text-size": 12, "text-anchor": "top", "text-offset": [0, 0.9], "text-optional": true },
      paint: { "text-halo-width": 1.5 },
    });
  }
}

const bySeries = (series) => ["match", ["%", ["-", ["coalesce", ["get", "series"], 1], 1], 6], ...[1, 2, 3, 4, 5].flatMap((n) => [n, series[n]]), series[0]];
const byGrade = (key, values, none) => ["match", ["to-number", ["get", key], 0], ...values.flatMap((value, i) => [i + 1, value]), none];

/** The property that holds a feature's grade in the slot shown. */
export const gradeKey = (layer, slot) => (layer.slots ? `g${slot}` : "grade");

/** Colour everything; called at the start, when the slot changes and when night falls. */
export function paint(map, layers, slot) {
  const c = colours();
  const set = (id, values) => {
    if (map.getLayer(id)) for (const [key, value] of Object.entries(values)) map.setPaintProperty(id, key, value);
  };
  set("water", { "background-color": c.water });
  for (const id of ["land-province", "land-district"]) set(id, { "fill-color": c.land });
  set("border-gap", { "line-color": c.land });
  set("streets", { "line-color": c.street });
  for (const id of ["dong", "district", "province"]) set(`border-${id}`, { "line-color": c.border });
  for (const id of ["dong", "district", "province"]) set(`names-${id}`, { "text-color": c.label, "text-halo-color": c.halo });
  for (const layer of layers) {
    const key = gradeKey(layer, slot);
    if (layer.kind === "cell") {
      set(layer.id, { "fill-color": byGrade(key, c.grades, "rgba(0,0,0,0)"), "fill-outline-color": c.land });
      set(`${layer.id}-mark`, { "line-color": c.mark });
      set(`${layer.id}-figure`, { "text-color": byGrade(key, c.inks, c.label) });
      if (map.getLayer(`${layer.id}-figure`)) map.setLayoutProperty(`${layer.id}-figure`, "text-field", ["case", [">", ["to-number", ["get", key], 0], 0], ["to-string", ["get", key]], ""]);
    } else if (layer.kind === "line") {
      set(layer.id, { "line-color": bySeries(c.series) });
      set(`${layer.id}-case`, { "line-color": ["case", ["boolean", ["feature-state", "marked"], false], c.mark, c.surface] });
    } else {
      const marked = ["boolean", ["feature-state", "marked"], false];
      set(layer.id, { "circle-color": ["case", marked, c.mark, bySeries(c.series)], "circle-stroke-color": c.surface });
      set(`${layer.id}-label`, { "text-color": c.label, "text-halo-color": c.halo });
    }
  }
}
