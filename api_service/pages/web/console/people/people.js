import { html } from "lit-html";
import { Moderators } from "./moderators.js";
import { ViewerCards } from "./viewer_cards.js";

/** The tab of viewers: who presses most, and beside it names, who is blocked, and who helps to moderate. */
export class People {
  #cards;
  #moderators;

  constructor(desk) {
    this.#cards = new ViewerCards(desk);
    this.#moderators = new Moderators(desk);
  }

  opened() {
    this.#cards.open();
    this.#moderators.open();
  }

  closed() {
    this.#cards.close();
  }

  view() {
    return html`<div class="cols">
      <div class="stack">${this.#cards.pressers()}</div>
      <div class="stack">${this.#cards.names()}${this.#cards.blocked()}${this.#moderators.view()}</div>
    </div>`;
  }
}
