import { shownIf, textOf } from "../common/elements.js";

/** How many presses of the round are the viewer's, at the end of the score board. */
export class Score {
  #texts;
  #set;

  constructor(texts) {
    this.#texts = texts;
    this.#set = {
      shown: shownIf(document.getElementById("score")),
      presses: textOf(document.getElementById("score-presses")),
    };
  }

  show({ open, mine, pending }) {
    this.#set.shown(open);
    this.#set.presses(this.#texts.number(mine + pending));
  }
}
