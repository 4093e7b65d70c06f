// What this phone knows of its patrol: the route it was given, where things stand, what was said.

import * as store from "./store.js";

const FRESH = { begun: null, ended: null, people: 0, track: false, visited: {}, read: 0, recallSeen: null };

export class Night {
  async load() {
    this.route = (await store.get("route")) ?? null;
    this.state = { ...FRESH, ...(await store.get("state")) };
    return this;
  }

  get joined() {
    return this.route !== null;
  }

  get onPatrol() {
    return Boolean(this.state.begun && !this.state.ended);
  }

  get alone() {
    return this.route.shift.kind !== "car";
  }

  get visited() {
    return new Set(Object.keys(this.state.visited).map(Number));
  }

  get next() {
    return this.route.stops.find((stop) => !(stop.id in this.state.visited)) ?? null;
  }

  async keep(changes) {
    this.state = { ...this.state, ...changes };
    await store.put("state", this.state);
  }

  /** A shift just joined: everything of the one before is gone. */
  async begin(pass, route) {
    await store.put("pass", pass);
    this.state = { ...FRESH };
    await store.put("state", this.state);
    await this.take(route);
  }

  async take(route) {
    this.route = { ...this.route, ...route };
    await store.put("route", this.route);
  }

  /** The stop that a cell belongs to: its own, or the nearest one not yet visited within two cells. */
  stopAt([east, north]) {
    const off = (stop) => Math.max(Math.abs(stop.cell[0] - east), Math.abs(stop.cell[1] - north));
    const near = this.route.stops.filter((stop) => off(stop) <= 2 && (off(stop) === 0 || !(stop.id in this.state.visited)));
    return near.sort((one, other) => off(one) - off(other))[0] ?? null;
  }
}

/** Metres between two places. */
export function metres([lon, lat], [toLon, toLat]) {
  const x = (toLon - lon) * Math.cos((lat * Math.PI) / 180), y = toLat - lat;
  return Math.hypot(x, y) * 111_320;
}
