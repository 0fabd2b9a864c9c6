import { StreamarioError } from "../streamario.js";

const SHOWN_FOR = 12_000; // ms that the winner is named

/**
 * Who pressed most of those with a name, for a moment after the end of a round that was seen
 * running. Others have none to be shown, or were blocked.
 */
export class Ending {
  #room;
  #changed;
  #status = "loading";
  #winner = null;
  #until = 0;

  constructor(room, changed) {
    this.#room = room;
    this.#changed = changed;
  }

  /** Notice how the room's status goes. */
  follow({ status, round }) {
    const before = this.#status;
    this.#status = status;
    if (status !== "ended") this.#winner = null;
    if (before === "in_game" && status === "ended") this.#ask(round);
  }

  /** `{viewer_name, count}` while it is to be shown. */
  winner(now) {
    return now < this.#until ? this.#winner : null;
  }

  next(now) {
    return this.winner(now) ? this.#until : Infinity;
  }

  async #ask(round) {
    try {
      const { viewer_totals: totals } = await this.#room.results(round);
      if (this.#status !== "ended" || this.#room.state.round !== round) return;
      this.#winner = totals.find(({ viewer_name: name }) => name) ?? null;
      this.#until = performance.now() + SHOWN_FOR;
      this.#changed();
    } catch (failure) {
      // A stream shows no errors: it goes on without a winner.
      if (!(failure instanceof StreamarioError)) throw failure;
    }
  }
}
