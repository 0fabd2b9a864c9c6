import { html } from "lit-html";

export class Nav {
  constructor(desk) {
    this.desk = desk;
  }

  view() {
    return html`<section id="nav"></section>`;
  }
}
