const WITHIN = 60_000; // ms

/** How many triggers fired in the last minute. Times are ms since 1970. */
export class Rate {
  #times = [];

  take(at) {
    this.#times.push(at);
  }

  of(now) {
    this.#times = this.#times.filter((at) => at > now - WITHIN);
    return this.#times.length;
  }

  /** When it is less by itself; Infinity where nothing fired. */
  get falls() {
    return Math.min(...this.#times) + WITHIN;
  }
}
