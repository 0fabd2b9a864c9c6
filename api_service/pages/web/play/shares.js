const REMEMBERED = 50; // triggers
const TOLD_WITHIN = 10_000; // ms in which the socket tells of a trigger whose count is known

/**
 * Which part of a trigger is the viewer's: its presses in the button's bar before it fired. The count and the
 * trigger are told apart from each other, in either order.
 */
export class Shares {
  #bars = new Map(); // by event type: the bar as it was last seen
  #fired = new Map(); // by event type: bars that fired, and of which no trigger has been told
  #triggers = new Map(); // by number

  /** The buttons are these now. */
  follow(buttons, now) {
    for (const { eventType, level, mine, pending, required } of buttons) {
      const before = this.#bars.get(eventType);
      if (before && level > before.level && !before.isTaken) this.#fired.set(eventType, { ...before, at: now });
      if (before && level < before.level) this.#fired.delete(eventType);
      const isTaken = before?.level === level && before.isTaken;
      this.#bars.set(eventType, { level, all: mine, counted: Math.max(0, mine - pending), required, isTaken });
    }
  }

  /**
   * A trigger of the button, with this number: gives its `own` presses, those that are surely in it, or with
   * `isTipped` all; and how many it took (`presses`), as far as that is known.
   */
  of({ eventType, seq, people = 0, presses }, isTipped, now) {
    const bar = this.#triggers.get(seq)?.bar ?? this.#take(eventType, now);
    const known = this.#triggers.get(seq);
    const took = presses || known?.presses || bar?.required || 0;
    const own = isTipped || known?.isTipped ? Math.max(1, bar?.all ?? 0) : (bar?.counted ?? 0);
    const share = {
      bar,
      own: Math.min(own, took || own),
      presses: took,
      people: people || known?.people || 0,
      isTipped: isTipped || Boolean(known?.isTipped),
    };
    this.#remember(seq, share);
    return share;
  }

  /** What is known of the trigger with this number, if anything. */
  find(seq) {
    return this.#triggers.get(seq);
  }

  #take(eventType, now) {
    const fired = this.#fired.get(eventType);
    this.#fired.delete(eventType);
    if (fired && now < fired.at + TOLD_WITHIN) return fired;
    const bar = this.#bars.get(eventType);
    if (bar?.isTaken) return { ...bar, all: 0, counted: 0 }; // its presses are in the trigger before this one
    if (bar) bar.isTaken = true;
    return bar;
  }

  #remember(seq, share) {
    this.#triggers.set(seq, share);
    if (this.#triggers.size > REMEMBERED) this.#triggers.delete(this.#triggers.keys().next().value);
  }
}
