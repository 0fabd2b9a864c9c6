import { shownIf, textOf } from "../common/elements.js";

/** How many presses of the round are the viewer's, and its place, at the end of the score board. */
export class Score {
  #texts;
  #set;

  constructor(texts) {
    this.#texts = texts;
    this.#set = {
      shown: shownIf(document.getElementById("score")),
      presses: textOf(document.getElementById("score-presses")),
      placed: shownIf(document.getElementById("score-place")),
      place: textOf(document.getElementById("score-place")),
    };
  }

  show({ open, mine, pending, place }) {
    this.#set.shown(open);
    this.#set.presses(this.#texts.number(mine + pending));
    this.#set.placed(place !== null);
    this.#set.place(place === null ? "" : this.#texts.placeNow(place));
  }
}
