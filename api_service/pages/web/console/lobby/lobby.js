import { html } from "lit-html";

export class Lobby {
  constructor(desk) {
    this.desk = desk;
  }

  /** Who has come: `{names, viewerCount}`. */
  takeArrived() {}

  view() {
    return html`<section id="lobby"></section>`;
  }
}
