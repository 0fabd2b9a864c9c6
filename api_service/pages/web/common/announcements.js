const LONGEST = 4000; // ms that a trigger stays announced with nobody after it
const SHORTEST = 500; // ms that it stays at least
const BURST = 700; // ms after which one more of the same is news of its own

/**
 * The triggers to announce, and those that did not work, one after the other. The more of them wait,
 * the shorter each stays, and those of one button are summed up: a burst is told within seconds.
 */
export class Announcements {
  #shown = null;
  #since = 0;
  #waiting = new Map();

  /** `news`: `{eventType, viewerName}`, or of what did not work `{eventType, reason, hasFailed}`. */
  add(news, now) {
    // What went off while nobody looked is no news later.
    if (document.hidden) return;
    const topic = topicOf(news);
    const goesOn = this.#isOfBurst(topic, now);
    const before = goesOn ? this.#shown : this.#waiting.get(topic);
    const announced = { ...news, topic, times: (before?.times ?? 0) + 1 };
    if (goesOn) this.#show(announced, now);
    else this.#waiting.set(topic, announced);
  }

  #isOfBurst(topic, now) {
    return this.#waiting.size === 0 && this.#shown?.topic === topic && now < this.#since + BURST;
  }

  /** What to announce now, with `times`, or null. */
  current(now) {
    const first = this.#waiting.values().next().value;
    if (first && !this.#at(now)) {
      this.#waiting.delete(first.topic);
      this.#show(first, now);
    }
    return this.#at(now);
  }

  /** When that changes by itself, in ms on `performance.now()`. */
  next(now) {
    return this.#at(now) ? this.#until() : Infinity;
  }

  #show(announced, now) {
    this.#shown = announced;
    this.#since = now;
  }

  #at(now) {
    return this.#shown && now < this.#until() ? this.#shown : null;
  }

  #until() {
    return this.#since + Math.max(SHORTEST, LONGEST / (1 + this.#waiting.size));
  }
}

const topicOf = ({ eventType, hasFailed }) => (hasFailed ? `${eventType} failed` : eventType);
