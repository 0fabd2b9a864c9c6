/** What a stop threw away: `{round, total, counts}`, `counts` by button, of the answer to `stop`. */
export function stoppedOf({ round, discarded }) {
  const counts = Object.fromEntries(discarded.map(({ event_type: type, count }) => [type, count]));
  return { round, total: discarded.reduce((sum, { count }) => sum + count, 0), counts };
}

/** Whether a room is still in the stop of this round, once it has been seen in it. */
export class StopSeen {
  #isSeen;

  /** `stored`: what was stored of a stop; the room is in it where its round is paused. */
  constructor(stored) {
    this.#isSeen = Boolean(stored);
  }

  /** The room is now so; gives whether the stop is over. */
  isOver(stopped, { status, round, paused }) {
    if (!stopped || status === "loading") return false;
    const isIn = status === "in_game" && round === stopped.round && paused;
    const isOver = round !== stopped.round || (this.#isSeen && !isIn);
    this.#isSeen = isIn;
    return isOver;
  }
}
