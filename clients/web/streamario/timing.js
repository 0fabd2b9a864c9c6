/** Time: the clock, timers and waits on it, and the server's limit of presses. All in ms. */

/** A clock that nobody sets. */
export const now = () => performance.now();

/** A timer that goes off once, at the earliest moment it was set to. */
export class Alarm {
  #action;
  #timer;
  #at = Infinity;

  constructor(action) {
    this.#action = action;
  }

  in(ms) {
    if (now() + ms >= this.#at) return;
    this.stop();
    this.#at = now() + ms;
    this.#timer = setTimeout(() => {
      this.#at = Infinity;
      this.#action();
    }, ms);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#at = Infinity;
  }
}

/** Growing waits by chance: a crowd that lost its server must not come back in step. */
export class Backoff {
  #first;
  #most;
  #tries = 0;

  constructor(first, most) {
    this.#first = first;
    this.#most = most;
  }

  /** The next wait: at least half of what it has grown to. */
  next() {
    const grown = Math.min(this.#most, this.#first * 2 ** this.#tries);
    this.#tries += 1;
    return (grown * (1 + Math.random())) / 2;
  }

  reset() {
    this.#tries = 0;
  }
}

/** Wait, at most until the signal. */
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

/** The action, one at a time: who asks for it while it is under way gets the same outcome. */
export function shared(action) {
  let underway = null;
  return () => {
    underway ??= action().finally(() => {
      underway = null;
    });
    return underway;
  };
}

const RATE = 20; // presses a second that the server counts of one viewer,
const BURST = 60; // and so many at once

/** The server's limit of presses, kept here too: what it would refuse waits instead. */
export class Allowance {
  #left = BURST;
  #at = now();

  /** ms until so many presses pass. */
  wait(presses) {
    const since = now() - this.#at;
    this.#left = Math.min(BURST, this.#left + (since * RATE) / 1000);
    this.#at += since;
    return Math.max(0, ((presses - this.#left) * 1000) / RATE);
  }

  spend(presses) {
    this.#left -= presses;
  }

  /** Presses have been counted, some time before now: only from now on the server has surely given more. */
  settle() {
    this.#at = now();
  }
}
