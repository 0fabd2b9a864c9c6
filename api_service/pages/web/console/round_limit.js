/**
 * When one round ends by itself: set before it begins, or while it runs. It waits while the round is
 * paused, and is gone with its round. Times are in ms; no DOM here.
 */
export class RoundLimit {
  #kept; // {left, round, endsAt}: round 0 for the next one, endsAt null while it waits

  /** `kept` is what `snapshot` gave. */
  constructor(kept) {
    this.#kept = kept ?? null;
  }

  /** Plain data; null where there is no limit. */
  get snapshot() {
    return this.#kept;
  }

  /** From now on, or from the round's beginning. */
  set(ms, state, now) {
    this.#kept = { left: ms, round: 0, endsAt: null };
    this.follow(state, now);
  }

  clear() {
    this.#kept = null;
  }

  /** Follow the round, whose `phase` is as the board tells it. */
  follow({ phase, round }, now) {
    if (!this.#kept) return;
    const runs = phase === "running" || phase === "paused";
    const isOver = this.#kept.round > 0 && (round > this.#kept.round || phase === "ended");
    if (isOver) this.#kept = null;
    else if (runs) this.#kept = this.#in(round, phase === "running", now);
  }

  /** How long the round goes on; null where nothing ends it. */
  leftAt(now) {
    if (!this.#kept) return null;
    const { left, endsAt } = this.#kept;
    return endsAt === null ? left : Math.max(0, endsAt - now);
  }

  /** Whether its round is to end. */
  isDue(now) {
    return this.#kept?.endsAt != null && this.leftAt(now) === 0;
  }

  #in(round, isRunning, now) {
    const left = this.leftAt(now);
    if (!isRunning) return { left, round, endsAt: null };
    return { ...this.#kept, round, endsAt: this.#kept.endsAt ?? now + left };
  }
}
