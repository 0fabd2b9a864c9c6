const LONGEST = 4000; // ms that a trigger stays announced with nobody after it
const SHORTEST = 500; // ms that it stays at least
const BURST = 700; // ms after which one more of the same is news of its own
const TURN = 1300; // ms that each of several names is shown

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
    const announced = withMore(goesOn ? this.#shown : this.#waiting.get(topic), news, topic);
    if (goesOn) this.#show(announced, now);
    else this.#waiting.set(topic, announced);
  }

  /**
   * This viewer's press fired the button `times` times. The socket reports these triggers too, sooner or
   * later than this call; `owed` counts those still to come, which `add` does not count again.
   */
  claim(eventType, times, now) {
    if (document.hidden) return;
    const shown = now < this.#since + BURST ? this.#ofTopic(eventType, now) : null;
    const known = this.#waiting.get(eventType) ?? shown;
    const own = { eventType, times, owed: times, isMine: true };
    if (known) known.isMine = true;
    else this.#waiting.set(eventType, { ...untold(eventType), ...own });
  }

  /** Name nobody of those told so far. */
  forgetNames() {
    for (const announced of [this.#shown, ...this.#waiting.values()]) {
      if (announced) announced.names = [];
    }
  }

  /** Announce nothing of what was told so far. */
  clear() {
    this.#shown = null;
    this.#waiting.clear();
  }

  #isOfBurst(topic, now) {
    const shown = this.#ofTopic(topic, now);
    if (!shown || this.#waiting.has(topic)) return false;
    return shown.owed > 0 || (this.#waiting.size === 0 && now < this.#since + BURST);
  }

  #ofTopic(topic, now) {
    const shown = this.#at(now);
    return shown?.topic === topic ? shown : null;
  }

  /**
   * What to announce now, with `times`, since when (ms), all `names`, and whose `turn` it is to be
   * named; or null.
   */
  current(now) {
    const first = this.#waiting.values().next().value;
    if (first && !this.#at(now)) {
      this.#waiting.delete(first.topic);
      this.#show(first, now);
    }
    const shown = this.#at(now);
    return shown && { ...shown, since: this.#since, turn: Math.floor((now - this.#since) / TURN) };
  }

  /** When that changes by itself, in ms on `performance.now()`. */
  next(now) {
    const shown = this.#at(now);
    if (!shown) return Infinity;
    const turns = Math.floor((now - this.#since) / TURN) + 1;
    const nextTurn = shown.names.length > 1 ? this.#since + turns * TURN : Infinity;
    return Math.min(this.#until(), nextTurn);
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

const untold = (topic) => ({ topic, times: 0, owed: 0, names: [], isMine: false });

/** What was to be announced, and one more of the same. */
function withMore(before, news, topic) {
  const { times, owed, names, isMine } = before ?? untold(topic);
  const { viewerName: name } = news;
  return {
    ...news,
    topic,
    isMine,
    times: owed > 0 ? times : times + 1,
    owed: Math.max(0, owed - 1),
    names: !name || names.includes(name) ? names : [...names, name],
  };
}

const topicOf = ({ eventType, hasFailed }) => (hasFailed ? `${eventType} failed` : eventType);
