// A map beside its table. All words come from the page; without this file the table alone stands.

import { read, write } from "./address.js";
import { addLayer, gradeKey, paint, style } from "./style.js";
import { middle, show } from "./view.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
let registered = false;

class SunraMap {
  constructor(frame, config, maplibre) {
    this.frame = frame;
    this.config = config;
    this.maplibre = maplibre;
    this.asked = read(frame.id);
    this.slot = this.asked.slot ?? config.slot ?? 11;
    this.shown = new Set(this.asked.layers ?? config.layers.filter((layer) => layer.shown).map((layer) => layer.id));
    this.data = new Map();
    this.chosen = "";
    this.status = frame.querySelector("[data-status]");
  }

  start() {
    const { config, frame, asked } = this;
    const place = document.createElement("div");
    frame.querySelector("[data-canvas]").append(place);
    const view = asked.view
      ? { zoom: asked.view[0], center: [asked.view[2], asked.view[1]] }
      : config.bounds
        ? { bounds: [config.bounds.slice(0, 2), config.bounds.slice(2)], fitBoundsOptions: { padding: 24 } }
        : { center: config.center, zoom: config.zoom };
    this.map = new this.maplibre.Map({
      container: place, style: style(config), ...view, minZoom: 5, maxZoom: 18, dragRotate: false, pitchWithRotate: false,
      touchPitch: false, locale: config.texts, localIdeographFontFamily: '"Pretendard GOV", "Noto Sans KR", sans-serif',
      fadeDuration: calm.matches ? 0 : 200, cooperativeGestures: matchMedia("(pointer: coarse)").matches,
      canvasContextAttributes: { preserveDrawingBuffer: true }, attributionControl: { compact: true },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new this.maplibre.NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new this.maplibre.ScaleControl({ maxWidth: 120 }), "bottom-left");
    this.map.once("load", () => this.loaded());
    this.map.on("moveend", () => this.moved());
    this.map.on("click", (event) => this.clicked(event));
    this.map.on("error", () => this.say(config.texts.failed));
    this.wire();
  }

  say(text) {
    this.status.textContent = text;
  }

  async loaded() {
    paint(this.map, [], this.slot);
    const results = await Promise.allSettled(this.config.layers.map((layer) => this.fetch(layer)));
    this.say(results.some((one) => one.status === "rejected") ? this.config.texts.failed : "");
    for (const layer of this.config.layers) {
      const data = this.data.get(layer.id);
      if (data) addLayer(this.map, layer, data, layer.kind === "cell" ? "border-dong" : undefined);
    }
    this.restyle();
    this.frame.dataset.ready = "true";
    this.frame.sunraMap = this.map; // for tests and for pages that add to the map
    this.moved(false);
  }

  async fetch(layer) {
    const answer = await fetch(layer.url, { headers: { Accept: "application/geo+json" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${layer.url}: ${answer.status}`);
    const data = await answer.json();
    for (const feature of data.features) {
      const grades = feature.properties.grades;
      if (Array.isArray(grades)) grades.forEach((grade, slot) => { feature.properties[`g${slot}`] = grade; });
      feature.middle = middle(feature);
    }
    this.data.set(layer.id, data);
  }

  /** A page gives a layer new features, as `sunra:data` with `{ layer, data }`. */
  renewed({ layer, data }) {
    const source = this.map?.getSource(layer);
    if (!source) return;
    for (const feature of data.features) feature.middle = middle(feature);
    this.data.set(layer, data);
    source.setData(data);
    this.list();
  }

  restyle() {
    paint(this.map, this.config.layers, this.slot);
    for (const layer of this.config.layers) {
      for (const id of [layer.id, `${layer.id}-mark`, `${layer.id}-figure`, `${layer.id}-case`, `${layer.id}-label`]) {
        if (this.map.getLayer(id)) this.map.setLayoutProperty(id, "visibility", this.shown.has(layer.id) ? "visible" : "none");
      }
    }
  }

  wire() {
    const { frame, config } = this;
    const slider = frame.querySelector("[data-slot]");
    if (slider) {
      const tell = () => {
        slider.value = String(this.slot);
        slider.setAttribute("aria-valuetext", config.slots[this.slot]);
        frame.querySelector("[data-slot-text]").textContent = config.slots[this.slot];
      };
      slider.addEventListener("input", () => {
        this.slot = Number(slider.value);
        tell();
        this.changed();
      });
      tell();
    }
    for (const box of frame.querySelectorAll("[data-layer]")) {
      box.checked = this.shown.has(box.value);
      box.addEventListener("change", () => {
        this.shown[box.checked ? "add" : "delete"](box.value);
        this.changed();
      });
    }
    frame.querySelector("[data-tools]").hidden = false;
    document.addEventListener("click", (event) => this.rowClicked(event));
    frame.addEventListener("sunra:data", (event) => this.renewed(event.detail));
    document.addEventListener("htmx:afterSettle", () => {
      this.remember();
      this.mark();
    });
    const restyle = () => frame.dataset.ready && this.restyle();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyle);
  }

  changed() {
    if (!this.frame.dataset.ready) return;
    this.restyle();
    this.list();
    this.remember();
  }

  moved(write = true) {
    if (write && this.frame.dataset.ready) this.remember();
    this.list();
  }

  remember() {
    const { lng, lat } = this.map.getCenter();
    const view = [this.map.getZoom().toFixed(2), lat.toFixed(5), lng.toFixed(5)];
    write(this.frame.id, {
      view, slot: this.frame.querySelector("[data-slot]") ? this.slot : undefined, layers: [...this.shown],
    });
  }

  list() {
    const box = this.map.getBounds();
    const found = [];
    for (const layer of this.config.layers) {
      if (!this.shown.has(layer.id)) continue;
      for (const feature of this.data.get(layer.id)?.features ?? []) {
        if (!box.contains(feature.middle)) continue;
        const grade = layer.kind === "cell" ? (feature.properties[gradeKey(layer, this.slot)] ?? 0) : undefined;
        found.push({ feature, layer, grade });
      }
    }
    show(this.frame, found, this.chosen, this.config.texts);
  }

  clicked(event) {
    const ids = this.config.layers.map((layer) => layer.id).filter((id) => this.map.getLayer(id));
    const around = [[event.point.x - 8, event.point.y - 8], [event.point.x + 8, event.point.y + 8]];
    const hit = this.map.queryRenderedFeatures(around, { layers: ids })[0];
    this.choose(hit ? String(hit.properties.id ?? "") : "", false);
  }

  rowClicked(event) {
    const row = event.target.closest?.("[data-row]");
    if (!row || event.target.closest("a") || !this.rows().includes(row)) return;
    this.choose(row.dataset.row === this.chosen ? "" : row.dataset.row, true);
  }

  rows() {
    const table = this.config.table ? document.getElementById(this.config.table) : null;
    return [...(table?.querySelectorAll("[data-row]") ?? []), ...this.frame.querySelectorAll("[data-row]")];
  }

  choose(id, go) {
    this.chosen = id;
    this.frame.dispatchEvent(new CustomEvent("sunra:choose", { bubbles: true, detail: { id } })); // for pages that tell more
    let target;
    let label = "";
    for (const [layer, data] of this.data) {
      this.map.removeFeatureState({ source: layer });
      if (!id) continue;
      const feature = data.features.find((one) => String(one.properties.id) === id);
      if (!feature) continue;
      this.map.setFeatureState({ source: layer, id: feature.properties.id }, { marked: true });
      target ??= feature.middle;
      label ||= feature.properties.label ?? "";
    }
    this.say(label);
    if (go && target) this.frame.querySelector("[data-canvas]").scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
    if (go && target) this.map.easeTo({ center: target, zoom: Math.max(this.map.getZoom(), 14.5), animate: !calm.matches });
    this.mark();
  }

  mark() {
    for (const row of this.rows()) {
      const here = row.dataset.row === this.chosen && this.chosen !== "";
      row.classList.toggle("marked", here);
      row.querySelector(".pick")?.setAttribute("aria-pressed", String(here));
    }
  }
}

async function begin(frame) {
  const config = JSON.parse(frame.querySelector('script[type="application/json"]').textContent);
  const status = frame.querySelector("[data-status]");
  status.textContent = config.texts.loading;
  try {
    const maplibre = await import(config.maplibre);
    if (!registered) {
      maplibre.setWorkerUrl(new URL(config.worker, location.href).href);
      maplibre.addProtocol("pmtiles", new globalThis.pmtiles.Protocol({ metadata: true }).tile);
      registered = true;
    }
    new SunraMap(frame, config, maplibre).start();
  } catch (error) {
    status.textContent = config.texts.off;
    console.warn(error);
  }
}

for (const frame of document.querySelectorAll("[data-map]")) begin(frame);
