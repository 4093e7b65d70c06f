// Says to the server what the phone has queued: in order, once each. An event leaves the queue only when the
// server has named its id, so a call that broke off is sent again and found there.

import { signed } from "./keys.js";
import * as store from "./store.js";

const MOST = 100, SHORTEST = 5_000, LONGEST = 60_000, EVERY = 15_000;
const BASE = new URL("./", document.baseURI).pathname;
const FINAL = new Set(["unknown", "revoked", "over", "proof"]);

export class Sender extends EventTarget {
  constructor() {
    super();
    this.wait = SHORTEST;
    this.offset = 0;
    this.refused = false;
    addEventListener("online", () => this.soon(0));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.soon(0); });
  }

  async start() {
    this.offset = (await store.get("offset")) ?? 0;
    this.soon(0);
  }

  soon(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), delay);
  }

  /** Milliseconds since the epoch as the server counts them. */
  now() {
    return Math.round(Date.now() + this.offset);
  }

  async say(kind, { id = crypto.randomUUID(), cell = null, data = {}, at = this.now() } = {}) {
    const event = { id, kind, at: Math.round(at), cell, data };
    await store.push(event);
    this.tell("queue");
    this.soon(0);
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** One call, made once more when the server said that this phone's clock is wrong; null without a network. */
  async call(method, path, body, type) {
    const answer = await this.once(method, path, body, type);
    return answer?.found.code === "clock" ? this.once(method, path, body, type) : answer;
  }

  async once(method, path, body, type) {
    const token = (await store.get("pass"))?.token;
    if (!token) return null;
    const url = BASE + path;
    try {
      const headers = await signed(token, method, url, body instanceof Blob ? await body.arrayBuffer() : body, this.offset);
      const answer = await fetch(url, {
        method, body, headers: { ...headers, ...(type ? { "Content-Type": type } : {}) },
        credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(20_000),
      });
      const found = await answer.json().catch(() => ({}));
      if (found.now) await this.setClock(found.now);
      if (answer.status === 401) this.refuse(found.code);
      return { status: answer.status, ok: answer.ok, found };
    } catch {
      return null;
    }
  }

  async setClock(serverNow) {
    const offset = serverNow - Date.now();
    if (Math.abs(offset - this.offset) < 2_000) return;
    this.offset = offset;
    await store.put("offset", offset);
  }

  refuse(code) {
    if (!FINAL.has(code)) return;
    this.refused = true;
    this.tell("refused", code);
  }

  async flush() {
    if (this.busy || this.refused || !(await store.get("pass"))) return;
    this.busy = true;
    try {
      const done = await this.events() && await this.photos();
      this.wait = done ? SHORTEST : Math.min(this.wait * 2, LONGEST);
      this.tell(done ? "sent" : "waiting");
      this.soon(done ? EVERY : this.wait);
    } finally {
      this.busy = false;
    }
  }

  /** All queued events, and the news even when there is none; false when the server was not reached. */
  async events() {
    for (;;) {
      const batch = await store.oldest(MOST);
      const body = JSON.stringify({ events: batch.map(({ event }) => event) });
      const answer = await this.call("POST", "api/events", body, "application/json");
      if (!answer?.ok) return false;
      const { kept = [], refused = {} } = answer.found;
      const over = new Set([...kept, ...Object.keys(refused)]);
      await store.drop(batch.filter(({ event }) => over.has(event.id)).map(({ key }) => key));
      if (Object.keys(refused).length) this.tell("lost", refused);
      this.tell("news", answer.found);
      this.tell("queue");
      if (batch.length < MOST) return true;
    }
  }

  /** Photos whose report the server has; one it cannot read is let go. */
  async photos() {
    const waiting = new Set((await store.oldest(10_000)).map(({ event }) => event.id));
    for (const id of await store.photoIds()) {
      if (waiting.has(id)) continue;
      const answer = await this.call("POST", `api/photos/${id}`, await store.photo(id), "image/jpeg");
      if (!answer || answer.status >= 500 || answer.status === 401 || answer.status === 429) return false;
      await store.dropPhoto(id);
      this.tell("queue");
    }
    return true;
  }
}
