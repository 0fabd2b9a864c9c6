const RESTS_FOR = 600; // ms

/**
 * A place in the bar whose meaning has just changed takes no click for a moment: the second click of a double click
 * was meant for what was there before.
 */
export class Guard {
  #places = new Map(); // by name: what it does, and since when

  /** What each place does now, `{name: {does}}`; null where nothing is. */
  show(places, now) {
    for (const [name, place] of Object.entries(places)) {
      const does = place?.does ?? null;
      const known = this.#places.get(name);
      if (known?.does !== does) this.#places.set(name, { does, since: known ? now : -Infinity });
    }
  }

  takes(name, now) {
    return now - (this.#places.get(name)?.since ?? -Infinity) >= RESTS_FOR;
  }
}
