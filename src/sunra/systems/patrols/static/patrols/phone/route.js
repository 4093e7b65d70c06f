// The route as a list and as a picture: streets around, the way, numbered stops, the team. No base map is
// loaded, so the picture is there without a network.

const SVG = "http://www.w3.org/2000/svg", SIZE = 1000, EDGE = 60;

export const clock = (ms) =>
  new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Seoul" })
    .format(ms);

function make(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Turns longitude and latitude into the picture's units; both axes have the same scale. */
function frame(points) {
  const stretch = Math.cos((points[0][1] * Math.PI) / 180);
  const xs = points.map(([lon]) => lon * stretch), ys = points.map(([, lat]) => lat);
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = (SIZE - 2 * EDGE) / Math.max(east - west, north - south, 1e-4);
  return ([lon, lat]) => [EDGE + (lon * stretch - west) * scale, EDGE + (north - lat) * scale].map((one) => one.toFixed(1));
}

export class Picture {
  constructor(svg) {
    this.svg = svg;
    this.zoom = 1;
  }

  draw(route, visited, next) {
    const points = [...route.line, ...route.stops.map((stop) => [stop.lon, stop.lat])];
    this.svg.replaceChildren();
    if (!points.length) return;
    this.place = frame(points);
    const path = (line) => line.map(this.place).map((xy) => xy.join(",")).join(" ");
    for (const line of route.streets) this.svg.append(make("polyline", { points: path(line), class: "street" }));
    if (route.line.length) this.svg.append(make("polyline", { points: path(route.line), class: "way" }));
    for (const stop of route.stops) {
      const [x, y] = this.place([stop.lon, stop.lat]);
      const kind = visited.has(stop.id) ? "done" : stop.id === next?.id ? "next" : "open";
      const group = make("g", { class: `stop ${kind}`, transform: `translate(${x} ${y})` });
      group.append(make("circle", { r: 26 }), make("text", { "text-anchor": "middle", dy: 10 }, stop.order));
      this.svg.append(group);
    }
    this.dot = make("circle", { r: 16, class: "here" });
    this.dot.setAttribute("visibility", "hidden");
    this.svg.append(this.dot);
    this.focus = next ? this.place([next.lon, next.lat]).map(Number) : [SIZE / 2, SIZE / 2];
    this.show();
  }

  here(lon, lat) {
    if (!this.dot) return;
    const [x, y] = this.place([lon, lat]);
    this.dot.setAttribute("cx", x);
    this.dot.setAttribute("cy", y);
    this.dot.setAttribute("visibility", "visible");
  }

  scale(factor) {
    this.zoom = Math.min(8, Math.max(1, this.zoom * factor));
    this.show();
  }

  show() {
    const side = SIZE / this.zoom;
    const corner = this.focus.map((value) => Math.min(SIZE - side, Math.max(0, value - side / 2)));
    this.svg.setAttribute("viewBox", `${corner[0]} ${corner[1]} ${side} ${side}`);
  }
}
