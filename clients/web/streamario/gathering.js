/** How long presses are gathered before they are sent, and how many one request may hold, as the server says. */
import { BURST, now, RATE } from "./timing.js";

const SHORTEST = 300; // ms; the server asks for more while many viewers are active
const PER_BUTTON = 20; // presses of a button that one request may hold at least
const PER_BATCH = 40; // presses of all buttons that a batch holds at least; less than the burst

export class Gathering {
  #fixed;
  #gatherMs = SHORTEST;
  #sentAt = -Infinity;
  #share = Math.random();

  /** `fixed`: ms that replace what the server asks for; undefined to do as it says. */
  constructor(fixed) {
    this.#fixed = fixed;
  }

  /** ms for which presses are gathered. */
  get ms() {
    return this.#fixed ?? this.#gatherMs;
  }

  /** Whether it takes so long that presses should survive a crash of the page before they are sent. */
  get isLong() {
    return this.#gatherMs > SHORTEST;
  }

  /** Presses of a button that one request may hold. */
  get perButton() {
    return Math.max(PER_BUTTON, this.#affordable);
  }

  /** Presses that a batch may hold. */
  get perBatch() {
    return Math.max(PER_BATCH, this.#affordable);
  }

  /** Presses that the server counts at once. */
  get burst() {
    return Math.max(BURST, this.#affordable);
  }

  /** Gather for as many ms as the message says, if it does. */
  setGatherMs(ms) {
    this.#gatherMs = ms ?? this.#gatherMs;
  }

  /** A batch is sent for the first time. */
  sent() {
    this.#sentAt = now();
    this.#share = Math.random();
  }

  /**
   * ms for which a batch of this age (ms) gathers more presses. A page sends once every `ms`. The first batch after a
   * break waits a random part of that: otherwise pages whose viewers begin together, as at a round's start, would send
   * in step from then on.
   */
  left(age) {
    const least = Math.min(SHORTEST, this.ms);
    const first = this.#fixed ?? least + this.#share * (this.ms - least);
    return Math.max(first - age, this.#sentAt + this.ms - now());
  }

  /** Presses that a viewer may make while a page gathers them. */
  get #affordable() {
    return Math.floor((RATE * this.#gatherMs) / 1000);
  }
}
