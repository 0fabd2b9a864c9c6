const READ_WITHIN = 4000; // ms that a screen reader has to begin with it

/** Tells, where that is read out, which buttons the game cannot use, whenever these are others. */
export class Closures {
  #texts;
  #lastClosed = "";
  #sentence = "";
  #until = 0;

  constructor(texts) {
    this.#texts = texts;
  }

  /** What to say now, or nothing. */
  sentence({ buttons, status }, captionOf, now) {
    const closed = status === "in_game" ? buttons.filter(({ available }) => !available) : [];
    const types = closed.map(({ eventType }) => eventType).join();
    if (types !== this.#lastClosed) {
      this.#sentence = this.#texts.closed(closed.map(captionOf).join(this.#texts.comma));
      this.#until = now + READ_WITHIN;
    }
    this.#lastClosed = types;
    return now < this.#until ? this.#sentence : "";
  }

  next(now) {
    return now < this.#until ? this.#until : Infinity;
  }
}
