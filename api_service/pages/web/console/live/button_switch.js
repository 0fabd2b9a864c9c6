const KEPT_FOR = 2_000; // ms after the answer, in which the room must have told of it

/** Switches buttons on and off, one after the other: the API takes a room's buttons as a whole. */
export class ButtonSwitch {
  #api;
  #wishes = new Map(); // event type → `{isOn, until}`: what it shall be; `until` is Infinity before the answer
  #last = Promise.resolve();

  constructor(api) {
    this.#api = api;
  }

  /** Whether a button is on, or will be in a moment. Times are ms on `performance.now()`. */
  isOn({ eventType, enabled }, now) {
    const wish = this.#wishes.get(eventType);
    if (!wish) return enabled;
    const isTold = wish.isOn === enabled && wish.until < Infinity;
    if (!isTold && now < wish.until) return wish.isOn;
    this.#wishes.delete(eventType);
    return enabled;
  }

  /** When the room's own word counts again. */
  get next() {
    return Math.min(...Array.from(this.#wishes.values(), ({ until }) => until));
  }

  /** Resolves once the server has it. Throws StreamarioError. */
  async set(eventType, isOn) {
    const wish = { isOn, until: Infinity };
    this.#wishes.set(eventType, wish);
    const sent = this.#last.then(() => this.#send(eventType, isOn));
    this.#last = sent.catch(() => {});
    try {
      await sent;
      wish.until = performance.now() + KEPT_FOR;
    } catch (refusal) {
      if (this.#wishes.get(eventType) === wish) this.#wishes.delete(eventType);
      throw refusal;
    }
  }

  #send(eventType, enabled) {
    const switched = (button) => (button.event_type === eventType ? { ...button, enabled } : button);
    return this.#api.editSettings(({ buttons }) => ({ buttons: buttons.map(switched) }));
  }
}
