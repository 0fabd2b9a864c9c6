import { html } from "lit-html";

export class Settings {
  constructor(desk) {
    this.desk = desk;
  }

  view() {
    return html`<section id="settings"></section>`;
  }
}
