/**
 * Switches buttons on and off, one after the other: each time the buttons are read, one is changed, and all are sent, so
 * that nobody's change is lost.
 */
export class ButtonSwitch {
  #api;
  #wanted = new Map(); // event type → what it shall be, until the server has it
  #last = Promise.resolve();

  constructor(api) {
    this.#api = api;
  }

  /** Whether a button is on, or will be in a moment. */
  isOn({ eventType, enabled }) {
    return this.#wanted.get(eventType) ?? enabled;
  }

  /** Resolves once the server has it. Throws StreamarioError. */
  async set(eventType, enabled) {
    this.#wanted.set(eventType, enabled);
    const sent = this.#last.then(() => this.#send(eventType, enabled));
    this.#last = sent.catch(() => {});
    try {
      await sent;
    } finally {
      if (this.#wanted.get(eventType) === enabled) this.#wanted.delete(eventType);
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
