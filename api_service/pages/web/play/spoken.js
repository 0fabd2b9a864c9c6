import { secondsTo } from "../common/charge.js";

const SPEAK_EVERY = 3000; // ms between two sentences that are read out
const READ_WITHIN = 4000; // ms that a screen reader has to begin with it

/** Reads out what it is given, the latest of it and not too often. */
export class Speaker {
  #node;
  #said = "";
  #silentUntil = 0;

  constructor(node) {
    this.#node = node;
  }

  /** Say this now, or give when it may be said. */
  say(text, now) {
    if (text === this.#said) return Infinity;
    if (now < this.#silentUntil) return this.#silentUntil;
    this.#said = text;
    this.#node.textContent = text;
    if (text) this.#silentUntil = now + SPEAK_EVERY;
    return Infinity;
  }
}

/** In how many seconds the round starts, or nothing. */
export function startSpoken({ startsAt }, texts, now) {
  const seconds = secondsTo(startsAt, now);
  return seconds > 0 ? texts.startsIn(seconds) : "";
}

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
