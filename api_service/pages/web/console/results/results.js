import { html } from "lit-html";

export class Results {
  constructor(desk) {
    this.desk = desk;
  }

  view() {
    return html`<section id="results-panel"></section>`;
  }
}
