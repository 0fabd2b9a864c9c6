import { html } from "lit-html";

export class Bar {
  constructor(desk) {
    this.desk = desk;
  }

  view() {
    return html`<section id="bar"></section>`;
  }
}
