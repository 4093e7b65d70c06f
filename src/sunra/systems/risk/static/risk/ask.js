// Marking the place: by a touch on the map or by the device's position. Without this file the form asks in words.

const marking = document.querySelector("[data-marking]");

/** Fills the two hidden fields, says in words what was understood, and draws the square. */
class Mark {
  constructor(root) {
    this.root = root;
    this.form = root.closest("form");
    this.lon = this.form.elements.lon;
    this.lat = this.form.elements.lat;
    this.chosen = root.querySelector("[data-chosen]");
    this.clear = root.querySelector("[data-clear]");
    this.frame = root.querySelector("[data-map]");
    this.asked = 0;
  }

  start() {
    this.root.hidden = false;
    const position = this.root.querySelector("[data-position]");
    position.hidden = !("geolocation" in navigator);
    position.addEventListener("click", () => this.locate());
    this.clear.addEventListener("click", () => this.set());
    this.whenMapIsThere(() => {
      this.frame.sunraMap.on("click", (event) => this.set(event.lngLat.lng, event.lngLat.lat));
      if (this.lon.value && this.lat.value) this.set(Number(this.lon.value), Number(this.lat.value));
    });
  }

  whenMapIsThere(act) {
    if (this.frame.dataset.ready) return act();
    const watch = new MutationObserver(() => {
      if (!this.frame.dataset.ready) return;
      watch.disconnect();
      // the map is handed over in the same turn as the mark that says so
      setTimeout(act);
    });
    watch.observe(this.frame, { attributes: true, attributeFilter: ["data-ready"] });
  }

  locate() {
    this.say(this.chosen.dataset.looking);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.set(coords.longitude, coords.latitude, true),
      () => this.say(this.chosen.dataset.failed, true),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  }

  say(text, failed = false) {
    this.chosen.textContent = text;
    this.chosen.classList.toggle("failed", failed);
  }

  async set(lon, lat, go = false) {
    const turn = ++this.asked;
    const given = Number.isFinite(lon);
    this.lon.value = given ? lon.toFixed(6) : "";
    this.lat.value = given ? lat.toFixed(6) : "";
    this.clear.hidden = !given;
    this.draw();
    if (!given) return this.say("");
    this.say(this.chosen.dataset.looking);
    try {
      const query = new URLSearchParams({ lon: this.lon.value, lat: this.lat.value });
      const answer = await fetch(`${this.chosen.dataset.place}?${query}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      if (turn !== this.asked) return;
      this.say(found.text, !found.served);
      if (!found.served) this.lon.value = this.lat.value = "";
      this.draw(found.ring, go);
    } catch {
      if (turn === this.asked) this.say(this.chosen.dataset.failed, true);
    }
  }

  draw(ring, go) {
    const map = this.frame.sunraMap;
    if (!map) return;
    const features = ring ? [{ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } }] : [];
    const data = { type: "FeatureCollection", features };
    if (map.getSource("chosen")) {
      map.getSource("chosen").setData(data);
    } else {
      const colour = getComputedStyle(document.documentElement).getPropertyValue("--mark").trim();
      map.addSource("chosen", { type: "geojson", data });
      map.addLayer({ id: "chosen", type: "fill", source: "chosen", paint: { "fill-color": colour, "fill-opacity": 0.35 } });
      map.addLayer({ id: "chosen-line", type: "line", source: "chosen", paint: { "line-color": colour, "line-width": 3 } });
    }
    if (go && ring) map.jumpTo({ center: ring[0], zoom: Math.max(map.getZoom(), 15) });
  }
}

if (marking?.querySelector("[data-map]")) new Mark(marking).start();
