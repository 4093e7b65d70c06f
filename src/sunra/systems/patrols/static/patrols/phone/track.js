// The way a team goes, as 100 m cells with times: only between start and end of a patrol, only with consent,
// and always visible on the screen. Exact positions are turned into a cell at once and never kept.

import { cellOf } from "./grid.js";

const OFTEN = 60_000, STILL = 15_000;

export class Track {
  constructor(sender) {
    this.sender = sender;
    this.here = null;
    this.cells = [];
  }

  get on() {
    return this.watching !== undefined;
  }

  start() {
    if (this.on || !("geolocation" in navigator)) return;
    this.watching = navigator.geolocation.watchPosition(
      ({ coords }) => this.at(coords.longitude, coords.latitude), () => {},
      { enableHighAccuracy: true, maximumAge: 5_000 },
    );
    this.timer = setInterval(() => this.hand(), OFTEN);
  }

  async stop() {
    if (!this.on) return;
    navigator.geolocation.clearWatch(this.watching);
    clearInterval(this.timer);
    this.watching = undefined;
    await this.hand();
    this.here = null;
  }

  at(lon, lat) {
    const [east, north] = cellOf(lon, lat), now = this.sender.now();
    const last = this.cells.at(-1);
    if (last && last[0] === east && last[1] === north && now - last[3] < 2 * STILL + OFTEN) last[3] = now;
    else this.cells.push([east, north, now, now]);
    this.here = [east, north];
  }

  /** Queues what was walked since the last time. */
  async hand() {
    if (!this.cells.length) return;
    const cells = this.cells;
    const last = cells.at(-1);
    this.cells = [];
    await this.sender.say("walked", { data: { cells } });
    if (this.on && !this.cells.length) this.cells = [[last[0], last[1], last[3], last[3]]];
  }
}

/** Where the phone is now, or null: asked for by a touch of the person who holds it. */
export function position() {
  return new Promise((resolve) => {
    if (!("geolocation" in navigator)) return resolve(null);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lon: coords.longitude, lat: coords.latitude, metres: coords.accuracy }),
      () => resolve(null), { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 },
    );
  });
}
