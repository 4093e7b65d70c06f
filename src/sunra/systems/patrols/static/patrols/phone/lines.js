// Lines between the room and the team, and the recall that covers everything.

import { at, element, open, tell, words, write } from "./page.js";
import { clock } from "./route.js";

export class Lines {
  constructor(sender, night) {
    Object.assign(this, { sender, night });
    at("line-form").addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    at("drop-form").addEventListener("submit", (event) => { event.preventDefault(); this.dropOut(); });
    at("recall-seen").addEventListener("click", () => this.seen());
    at("recall").addEventListener("cancel", (event) => event.preventDefault());
  }

  async send() {
    await this.sender.say("message", { data: { text: at("line").value.trim() } });
    at("line").value = "";
    tell(words("said"));
  }

  async dropOut() {
    await this.sender.say("drop_out", { data: { reason: at("reason").value } });
    open("route");
    tell(words("dropped"));
  }

  async read() {
    await this.night.keep({ read: Math.max(0, ...this.lines.map((one) => one.at)) });
    this.draw();
  }

  get lines() {
    return this.night.route?.lines ?? [];
  }

  draw() {
    const fresh = this.lines.filter((one) => !one.own && one.at > this.night.state.read);
    write("unread", fresh.length ? `(${fresh.length})` : "");
    write("line-none", this.lines.length ? "" : words("no_lines"));
    at("line-list").replaceChildren(...this.lines.map(row));
    this.recall();
  }

  recall() {
    const { recalled } = this.night.route, dialog = at("recall");
    if (!recalled || this.night.state.recallSeen === recalled || dialog.open) return;
    write("recall-text", this.lines.findLast((one) => one.recall)?.text ?? "");
    dialog.showModal();
    navigator.vibrate?.([400, 200, 400, 200, 400]);
  }

  async seen() {
    await this.night.keep({ recallSeen: this.night.route.recalled });
    at("recall").close();
    await this.sender.say("recall_seen");
  }
}

function row(one) {
  const made = element("li", one.own ? "own" : "");
  made.append(
    element("strong", "", words(one.own ? "own" : one.all ? "to_all" : "room")),
    element("span", "when", clock(one.at)), element("span", "text", one.text),
  );
  return made;
}
