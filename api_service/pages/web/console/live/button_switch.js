const KEPT_FOR = 2_000; // ms after the answer, in which the room must have told of it

/**
 * Switches buttons on and off, one after the other. The API takes a room's buttons as a whole, so each time they are
 * read, one is changed, and all are sent at once: what another window saves between the two is lost.
 */
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

  async #send(eventType, enabled) {
    const { settings } = await this.#api.readRoom();
    const buttons = settings.buttons.map((button) =>
      button.event_type === eventType ? { ...button, enabled } : button,
    );
    await this.#api.changeSettings({ buttons });
  }
}
