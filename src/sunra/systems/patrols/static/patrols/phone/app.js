// The phone page: one next action at the top, everything kept on the phone first and sent when it can be.

import { cellOf } from "./grid.js";
import { Help } from "./help.js";
import { asked, Join } from "./join.js";
import { Lines } from "./lines.js";
import { metres, Night } from "./night.js";
import { at, element, open, show, tell, words, write } from "./page.js";
import { Report } from "./report.js";
import { clock, Picture } from "./route.js";
import { Sender } from "./sender.js";
import * as store from "./store.js";
import { position, Track } from "./track.js";

const FAR = 250; // metres: two cells and what a phone's position is off between high houses

const night = new Night(), sender = new Sender(), track = new Track(sender), picture = new Picture(at("picture"));
const help = new Help(sender, night), lines = new Lines(sender, night);
const report = new Report(sender, night, track);
let pending = null, locked = null;

function draw() {
  show("none", !night.joined && at("join").hidden);
  show("tabs", night.joined);
  if (!night.joined) return show("route", false);
  const { shift } = night.route;
  write("who", shift.name);
  show("demo", shift.demo);
  document.title = `${shift.name} | ${document.title.split(" | ").at(-1)}`;
  drawAction(shift);
  drawStops();
  picture.draw(night.route, night.visited, night.next);
  lines.draw();
  drawTrack();
}

function drawAction(shift) {
  const { state, next } = night;
  const from = clock(shift.starts), to = clock(shift.ends);
  const ended = Boolean(state.ended), cancelled = night.route.status === "cancelled" && !state.begun;
  show("before", !state.begun && !cancelled);
  show("duty-tools", night.onPatrol);
  show("end-early", night.onPatrol && next !== null);
  show("action", !cancelled);
  show("anyway", pending !== null);
  if (cancelled) return head("cancelled", "cancelled_text");
  if (!state.begun) {
    head("set_out", shift.start_name ? "set_out_text" : "set_out_plain", { name: shift.name, from, to, place: shift.start_name });
    write("consent-text", words("track_days", { days: night.route.rules.track_days }));
    at("people").min = night.alone ? 2 : 1;
    return act("start");
  }
  if (ended) return drawEnd();
  if (!next) {
    head("all_done", "all_done_text");
    return act("end");
  }
  write("action-title", words("next_stop", { order: next.order, clock: clock(next.arrive) }));
  write("action-text", `${next.dong} ${next.number}`.trim());
  act("check_in");
}

async function drawEnd() {
  const count = (await store.queued()) + (await store.photoIds()).length;
  head("over", count ? "over_text" : "over_sent", { count });
  act("forget");
  at("action").disabled = count > 0;
}

function head(title, text, values) {
  write("action-title", words(title, values));
  write("action-text", words(text, values));
}

function act(name) {
  at("action").disabled = false;
  at("action").dataset.does = name;
  write("action", words(name));
}

function drawStops() {
  const { stops } = night.route;
  show("no-stops", stops.length === 0);
  write("no-stops", words("no_stops"));
  at("stops").replaceChildren(...stops.map((stop) => {
    const done = night.state.visited[stop.id], kind = done ? "done" : stop.id === night.next?.id ? "next" : "";
    const row = element("li", kind);
    if (kind === "next") row.setAttribute("aria-current", "step");
    row.append(
      element("span", "order", stop.order), element("span", "name", stop.dong || stop.number),
      element("span", "when", done ? words("done_at", { clock: clock(done) }) : clock(stop.arrive)),
      element("span", "where", stop.number),
    );
    return row;
  }));
}

function drawTrack() {
  show("track", night.onPatrol);
  at("track").classList.toggle("on", track.on);
  write("track", words(track.on ? "tracking" : "no_track"));
  write("track-switch", words(night.state.track ? "track_stop" : "track_start"));
}

async function drawQueue(reached) {
  const count = (await store.queued()) + (await store.photoIds()).length;
  const off = reached === false || !navigator.onLine;
  write("queue", words(off ? "offline" : count ? "waiting" : "sent", { count }));
  document.body.dataset.queue = count;
  if (night.joined && night.state.ended) drawAction(night.route.shift);
}

const ACTIONS = {
  async start() {
    const people = Number(at("people").value), least = night.alone ? 2 : 1;
    write("people-error", people >= least ? "" : words("alone"));
    if (!(people >= least)) return at("people").focus();
    const consent = at("consent").checked;
    await sender.say("begin", { data: { people, track: consent } });
    await night.keep({ begun: sender.now(), people, track: consent });
    follow();
  },
  async check_in() {
    tell(words("locating"));
    const stop = night.next, found = await position();
    if (!found) return anyway(stop, words("nowhere"), null);
    night.last = [found.lon, found.lat];
    const off = metres(night.last, [stop.lon, stop.lat]), cell = cellOf(found.lon, found.lat);
    if (off > FAR + found.metres) return anyway(stop, words("far", { metres: Math.round(off) }), cell);
    await checkIn(stop, cell, "position");
  },
  end: finish,
  async forget() {
    await track.stop();
    await store.clear();
    location.reload();
  },
};

function anyway(stop, text, cell) {
  pending = { stop, cell };
  write("say", "");
  write("anyway-text", text);
  write("anyway-yes", words("here_anyway", { order: stop.order }));
  show("anyway");
  at("anyway-yes").focus();
}

async function checkIn(stop, cell, method, mark = "") {
  pending = null;
  await sender.say("check_in", { cell, data: { ...(stop ? { stop: stop.id } : {}), method, mark } });
  if (stop) await night.keep({ visited: { ...night.state.visited, [stop.id]: sender.now() } });
  draw();
  tell(stop && method !== "qr" ? words("checked", { order: stop.order }) : words("spot_ok"));
}

async function finish() {
  await track.stop();
  await sender.say("end");
  await night.keep({ ended: sender.now(), track: false });
  locked?.release();
  draw();
}

/** The sign at a spot was scanned: its cell and its mark. */
async function scanned(text) {
  const [east, north, mark] = text.split("-");
  const cell = [Number(east), Number(north)];
  if (!night.onPatrol) return tell(words("spot_first"));
  await checkIn(night.stopAt(cell), cell, "qr", mark);
}

function follow() {
  if (night.onPatrol && night.state.track) {
    track.start();
    navigator.wakeLock?.request("screen").then((lock) => { locked = lock; }, () => {});
  }
  draw();
}

async function switchTrack() {
  await night.keep({ track: !night.state.track });
  if (night.state.track) return follow();
  await track.stop();
  locked?.release();
  draw();
}

async function news({ detail }) {
  const before = night.route;
  if (!before) return;
  const last = before.lines?.at(-1)?.at ?? 0;
  const { kept: _kept, refused: _refused, now: _now, ...fresh } = detail;
  const replanned = fresh.plan !== before.plan;
  await night.take({ ...fresh, plan: before.plan });
  const line = fresh.lines.at(-1);
  draw();
  if (line && !line.own && line.at > last) tell(words("new_line", { text: line.text }));
  if (replanned) await reroute();
}

async function reroute() {
  const answer = await sender.call("GET", "api/shift");
  if (!answer?.ok) return;
  const { now: _now, ...route } = answer.found;
  await night.take(route);
  draw();
  tell(words("new_route"));
}

function wire() {
  at("action").addEventListener("click", () => ACTIONS[at("action").dataset.does]());
  at("anyway-yes").addEventListener("click", () => checkIn(pending.stop, pending.cell, "hand"));
  at("anyway-no").addEventListener("click", () => { pending = null; draw(); });
  at("end-early").addEventListener("click", finish);
  at("track-switch").addEventListener("click", switchTrack);
  at("zoom-in").addEventListener("click", () => picture.scale(2));
  at("zoom-out").addEventListener("click", () => picture.scale(0.5));
  at("zoom-here").addEventListener("click", async () => {
    const found = await position();
    if (found) picture.here(found.lon, found.lat);
    else tell(words("nowhere"));
  });
  for (const button of at("tabs").children) button.addEventListener("click", () => visit(button.dataset.for));
  sender.addEventListener("queue", () => drawQueue());
  sender.addEventListener("sent", () => drawQueue(true));
  sender.addEventListener("waiting", () => drawQueue(false));
  sender.addEventListener("news", news);
  sender.addEventListener("refused", ({ detail }) => tell(words(detail === "over" ? "pass_over" : detail === "revoked" ? "revoked" : "pass_unknown")));
  sender.addEventListener("lost", ({ detail }) => tell(words("lost", { count: Object.keys(detail).length })));
  addEventListener("hashchange", arrive);
}

async function visit(name) {
  if (name === "help") return help.show();
  open(name);
  if (name === "lines") await lines.read();
}

const join = new Join(night, async () => { sender.refused = false; await sender.start(); open("route"); draw(); });

async function arrive() {
  const given = asked();
  if (given.has("join")) await join.ask(given.get("join"), given.get("pin") === "0");
  draw();
  if (given.has("spot") && night.joined) await scanned(given.get("spot"));
}

async function main() {
  wire();
  await night.load();
  if (night.joined) open("route");
  await arrive();
  follow();
  await drawQueue();
  await sender.start();
  document.body.dataset.ready = "yes";
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("sw.js");
}

main();
