// How a phone joins: the code of the link and the PIN of the leader against a pass for this device alone.

import { renew } from "./keys.js";
import { at, show, tell, words, write } from "./page.js";
import * as store from "./store.js";

/** What the address asks for, taken out of it at once so that it stays in no history. */
export function asked() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (location.hash) history.replaceState(null, "", location.pathname);
  return given;
}

export class Join {
  constructor(night, done) {
    this.night = night;
    this.done = done;
    at("join-form").addEventListener("submit", (event) => { event.preventDefault(); this.go(at("pin").value); });
    at("join-drop").addEventListener("click", async () => { await store.clear(); show("join-drop", false); this.ask(this.code, this.pinless); });
  }

  async ask(code, pinless) {
    this.code = code;
    this.pinless = pinless;
    if (pinless && (await this.free())) return this.go("");
    show("join");
    if (await this.free()) at("pin").focus();
  }

  /** Whether nothing of an earlier patrol waits to be sent. */
  async free() {
    const count = (await store.queued()) + (await store.photoIds()).length;
    write("join-error", count ? words("unsent", { count }) : "");
    at("join-go").disabled = count > 0;
    show("join-drop", count > 0);
    return count === 0;
  }

  async go(pin) {
    at("join-go").disabled = true;
    const answer = await this.call(pin);
    at("join-go").disabled = false;
    if (!answer) return this.fail(words("no_network"));
    if (!answer.token) return this.fail([answer.message, answer.remedy].filter(Boolean).join(" "));
    const { token, expires, now, pass: id, ...route } = answer;
    await store.put("offset", now - Date.now());
    await this.night.begin({ token, expires, id }, route);
    show("join", false);
    tell(words("joined"));
    this.done();
  }

  fail(text) {
    show("join");
    write("join-error", text);
    at("pin").focus();
  }

  async call(pin) {
    const body = JSON.stringify({ code: this.code, pin, key: await renew(), device: device() });
    try {
      const answer = await fetch(new URL("api/passes", location.href), {
        method: "POST", body, headers: { "Content-Type": "application/json" }, credentials: "omit",
      });
      return await answer.json();
    } catch {
      return null;
    }
  }
}

/** What the leader sees to tell phones apart; no more than the kind of phone. */
function device() {
  const found = /Android|iPhone|iPad|Windows|Macintosh|Linux/.exec(navigator.userAgent);
  return found ? found[0] : "";
}
