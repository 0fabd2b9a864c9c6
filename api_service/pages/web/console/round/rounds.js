/** What a stop threw away: `{round, total, counts}`, `counts` by button, of the answer to `stop`. */
export function stoppedOf({ round, discarded }) {
  const counts = Object.fromEntries(discarded.map(({ event_type: type, count }) => [type, count]));
  return { round, total: discarded.reduce((sum, { count }) => sum + count, 0), counts };
}

/** Tells when a round begins or ends while somebody looks. */
export class Rounds {
  #running = null; // the round that runs, 0 for none; null until the room is known
  #skipped = 0;

  /** The end of this round is no news. */
  skip(round) {
    this.#skipped = round;
  }

  /** The room's state; gives "began" or "ended" where that has just happened, otherwise null. */
  follow({ status, round }) {
    if (status === "loading" || status === "missing") return null;
    const before = this.#running;
    this.#running = status === "in_game" ? round : 0;
    if (before === null || before === this.#running) return null;
    if (this.#running > 0) return "began";
    return before === this.#skipped ? null : "ended";
  }
}
