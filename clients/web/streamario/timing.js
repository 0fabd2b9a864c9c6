/** Time: clocks, timers, waits, and the server's rate limit of presses. All in ms. */

/** The monotonic clock. */
export const now = () => performance.now();

/** The server's clock, from the times in its messages. Each is older than it seems, so the latest guess is the best. */
export class ServerClock {
  #ahead = -Infinity; // ms from the monotonic clock to the server's, in ms since 1970

  /** The server says that it is this time (ISO 8601). */
  adjust(time) {
    this.#ahead = Math.max(this.#ahead, Date.parse(time) - now());
  }

  /** When the server's clock shows this (ms since 1970), on the monotonic clock. */
  at(ms) {
    return ms - this.#ahead;
  }
}

/** A timer that fires once, at the earliest time that it was set to. */
export class Alarm {
  #action;
  #timer;
  #at = Infinity;

  constructor(action) {
    this.#action = action;
  }

  /** With `Infinity` it stays as it was set. */
  in(ms) {
    if (now() + ms >= this.#at) return;
    this.stop();
    this.#at = now() + ms;
    this.#timer = setTimeout(() => {
      this.#at = Infinity;
      this.#action();
    }, Math.ceil(ms)); // browsers drop the fraction: the action would come too early
  }

  stop() {
    clearTimeout(this.#timer);
    this.#at = Infinity;
  }
}

/** Exponential backoff with jitter, so that pages that lost their server do not reconnect at the same time. */
export class Backoff {
  #first;
  #most;
  #tries = 0;

  constructor(first, most) {
    this.#first = first;
    this.#most = most;
  }

  /** The next wait: random, between half of the current bound and all of it. */
  next() {
    const grown = Math.min(this.#most, this.#first * 2 ** this.#tries);
    this.#tries += 1;
    return (grown * (1 + Math.random())) / 2;
  }

  reset() {
    this.#tries = 0;
  }
}

/** Wait, but not longer than until the signal aborts. */
export function sleep(ms, signal) {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener("abort", wake);
    if (signal.aborted) wake();
  });
}

/** Coalesce calls: a call while the action runs gets the same result. */
export function shared(action) {
  let underway = null;
  return () => {
    underway ??= action().finally(() => {
      underway = null;
    });
    return underway;
  };
}

export const RATE = 20; // presses per second that the server counts of one viewer
export const BURST = 60; // presses that it counts at once, at least

/** The server's token bucket, counted on the client too: presses that the server would refuse wait instead. */
export class Allowance {
  #left = BURST;
  #at = now();

  /** ms until the limit allows this many presses; `burst` is how many the bucket holds. */
  wait(presses, burst) {
    const since = now() - this.#at;
    this.#left = Math.min(burst, this.#left + (since * RATE) / 1000);
    this.#at += since;
    return Math.max(0, ((presses - this.#left) * 1000) / RATE);
  }

  spend(presses) {
    this.#left -= presses;
  }

  /** An answer arrived: the server counted at some earlier time, so refill only from now on. */
  settle() {
    this.#at = now();
  }
}
