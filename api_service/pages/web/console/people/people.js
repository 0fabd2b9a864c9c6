import { html } from "lit-html";

export class People {
  constructor(desk) {
    this.desk = desk;
  }

  view() {
    return html`<section id="people"></section>`;
  }
}
