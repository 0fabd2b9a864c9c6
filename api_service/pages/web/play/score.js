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
      ranked: shownIf(document.getElementById("score-place")),
      rank: textOf(document.getElementById("score-place")),
    };
  }

  show({ open, mine, pending, place }) {
    this.#set.shown(open);
    this.#set.presses(this.#texts.number(mine + pending));
    this.#set.ranked(place !== null);
    this.#set.rank(place === null ? "" : this.#texts.rankNow(place));
  }
}
