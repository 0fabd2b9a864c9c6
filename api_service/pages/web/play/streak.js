const LASTS_FOR = 10_000; // ms after a press in which one still has a part in what fires

/** How many triggers in a row of one button the viewer has helped with. */
export class Streak {
  length = 0;
  #pressedAt = -Infinity;

  press(now) {
    this.#pressedAt = now;
  }

  /** The button fired. */
  follow(now) {
    this.length = now - this.#pressedAt < LASTS_FOR ? this.length + 1 : 0;
  }
}
