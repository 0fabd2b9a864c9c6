const RESTS_FOR = 600; // ms

/**
 * A place in the bar whose meaning has just changed takes no click for a moment: the second click of a double click
 * was meant for what was there before.
 */
export class Guard {
  #places = new Map(); // by name: what it does, and since when

  /** What a place does now; null for nothing. */
  show(place, does, now) {
    const known = this.#places.get(place);
    if (known?.does === does) return;
    this.#places.set(place, { does, since: known ? now : -Infinity });
  }

  takes(place, now) {
    return now - (this.#places.get(place)?.since ?? -Infinity) >= RESTS_FOR;
  }
}
