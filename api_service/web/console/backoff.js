const FIRST = 500; // ms
const LONGEST = 15_000; // ms

/**
 * The waits before attempts: doubling, each between half and whole, so that games that a gateway
 * dropped together do not come back together.
 */
export class Backoff {
  #whole = FIRST;

  /** The last attempt was good. */
  reset() {
    this.#whole = FIRST;
  }

  /** The wait before the next attempt (ms). */
  next() {
    const whole = this.#whole;
    this.#whole = Math.min(2 * whole, LONGEST);
    return whole * (0.5 + Math.random() / 2);
  }
}
