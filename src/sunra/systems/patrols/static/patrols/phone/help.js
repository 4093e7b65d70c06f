// 112: where we are, as the emergency services read it, and the call itself. Never waits for a network.

import { cellOf, pointNumber, spoken } from "./grid.js";
import { at, open, tell, words, write } from "./page.js";
import { position } from "./track.js";

export class Help {
  constructor(sender, night) {
    Object.assign(this, { sender, night, cell: null });
    at("call").addEventListener("click", () => this.called());
  }

  async show() {
    open("help");
    const last = this.night.last ?? (this.night.next && [this.night.next.lon, this.night.next.lat]);
    this.write(last, "last_place");
    write("place-note", words("locating"));
    const found = await position();
    if (found) this.write([found.lon, found.lat], "your_place", { metres: Math.round(found.metres) });
    else write("place-note", words(last ? "last_place" : "no_place"));
  }

  write(place, note, values) {
    const number = place ? pointNumber(...place) : "";
    this.cell = place ? cellOf(...place) : null;
    write("place-note", words(place ? note : "no_place", values));
    write("place-number", number);
    write("place-words", number ? spoken(number) : "");
  }

  async called() {
    await this.sender.say("call112", { cell: this.cell });
    tell(words("called"));
  }
}
