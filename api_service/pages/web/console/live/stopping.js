/**
 * An emergency: the round is paused, and what is in the bars is thrown away, so that nothing of it
 * fires. Presses that still come meanwhile are thrown away when the round goes on.
 */
export class Stopping {
  #game;
  #api;
  #store;
  #changed;
  #round; // the one that was stopped; 0 for none
  #isPausing = false;
  #isEmptied = false;

  /** `store(round)` stores what `stored` will be after a reload; `changed()`: there is another note. */
  constructor({ game, api, stored, store, changed }) {
    this.#game = game;
    this.#api = api;
    this.#round = stored ?? 0;
    this.#store = store;
    this.#changed = changed;
    game.on("confirmed", ({ type }) => type === "pause" && this.#isPausing && this.#empty());
    game.on("connection", ({ state }) => {
      if (state === "ended") this.#isPausing = false;
    });
  }

  stop(round) {
    this.#set(round);
    this.#isPausing = true;
    this.#isEmptied = false;
    this.#game.order({ type: "pause" }, round);
  }

  /** The round goes on. */
  resume(round) {
    const discard = round === this.#round;
    this.#isPausing = false;
    this.#game.order(discard ? { type: "resume", discard } : { type: "resume" }, round);
  }

  /** What is to be said of this round while it is paused, as the name of a text; null for nothing. */
  noteOn(round) {
    if (round !== this.#round) return null;
    return this.#isEmptied ? "stopped" : "stopping";
  }

  /** The round is paused no more. */
  end() {
    if (this.#round > 0) this.#set(0);
  }

  #set(round) {
    this.#round = round;
    this.#store(round);
  }

  /** The round is paused. Where this fails, the bars are emptied when it goes on. */
  async #empty() {
    this.#isPausing = false;
    try {
      await this.#api.reset();
      this.#isEmptied = true;
    } catch {
      this.#isEmptied = false;
    }
    this.#changed();
  }
}
