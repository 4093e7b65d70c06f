// The part where a hazard is reported, with a photo on which faces are made unreadable.

import { Photo } from "./draw.js";
import { cellOf } from "./grid.js";
import { at, open, show, tell, words } from "./page.js";
import * as store from "./store.js";
import { position } from "./track.js";

export class Report {
  constructor(sender, night, track) {
    Object.assign(this, { sender, night, track, photo: new Photo(at("canvas")) });
    at("photo").addEventListener("change", () => this.take());
    at("photo-undo").addEventListener("click", () => this.photo.undo());
    at("photo-all").addEventListener("click", () => this.photo.coverAll());
    at("photo-none").addEventListener("click", () => this.drop());
    at("report-form").addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
  }

  async take() {
    const [file] = at("photo").files;
    if (!file) return;
    try {
      await this.photo.load(file);
      show("photo-tools");
    } catch {
      tell(words("photo_bad"));
      this.drop();
    }
  }

  drop() {
    this.photo.clear();
    at("photo").value = "";
    show("photo-tools", false);
  }

  async send() {
    const picture = await this.photo.blob();
    const data = { kind: at("hazard").value, to: at("hazard-to").value, note: at("note").value.trim() };
    const cell = this.track.here ?? (await this.cell());
    const id = crypto.randomUUID();
    if (picture) await store.keepPhoto(id, picture);
    await this.sender.say("hazard", { id, cell, data });
    this.drop();
    at("note").value = "";
    open("route");
    tell(words("reported"));
  }

  async cell() {
    const found = await position();
    return found ? cellOf(found.lon, found.lat) : null;
  }
}
