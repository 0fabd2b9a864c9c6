import { html } from "lit-html";

export class Live {
  constructor(desk) {
    this.desk = desk;
  }

  /** A trigger, as the web client tells it. */
  takeTrigger() {}

  /** What became of a trigger, as the web client tells it. */
  takeEffect() {}

  view() {
    return html`<section id="live"></section>`;
  }
}
