import { html } from "lit-html";

export class Start {
  nextAt = Infinity; // when it must be drawn again though nothing changes

  /** `enter(room)` opens the desk of a room, as the storage has it. */
  constructor(page) {
    this.page = page;
  }

  view() {
    return html`<section id="start"></section>`;
  }
}
