import { vibrateForPress } from "./device.js";
import { Key } from "./key.js";
import { onPress } from "./pressing.js";

/** The room's buttons, in its order; their nodes stay, so that a finger never loses its key. */
export class Keys {
  #container;
  #room;
  #texts;
  #keys = new Map();
  #order = "";
  #areNumbered = false;

  constructor(container, room, texts) {
    this.#container = container;
    this.#room = room;
    this.#texts = texts;
  }

  /** Show the buttons; gives when they must be shown again, in ms on `performance.now()`. */
  show({ buttons, paused, startsAt = 0 }, captionOf, now) {
    this.#arrange(buttons.map((button) => button.eventType));
    const nexts = buttons.map((button) =>
      this.#keys.get(button.eventType).show(button, captionOf(button), { paused, startsAt }, now),
    );
    return Math.min(...nexts);
  }

  /** What became of a button's trigger (see `Key.tell`). */
  tell(eventType, state, details, now) {
    this.#keys.get(eventType)?.tell(state, details, now);
  }

  /** Where a button is on the screen; undefined where there is none. */
  boxOf(eventType) {
    return this.#keys.get(eventType)?.node.getBoundingClientRect();
  }

  #arrange(eventTypes) {
    const order = eventTypes.join();
    if (order === this.#order) return;
    this.#order = order;
    for (const gone of this.#keys.keys()) {
      if (!eventTypes.includes(gone)) this.#keys.delete(gone);
    }
    const keys = eventTypes.map((eventType) => this.#keyOf(eventType));
    const focused = keys.find(({ node }) => node === document.activeElement);
    this.#container.replaceChildren(...keys.map(({ node }) => node));
    focused?.node.focus({ preventScroll: true });
    this.#number();
  }

  /** The first nine buttons have a key on keyboards, if there is one. */
  number(areNumbered) {
    this.#areNumbered = areNumbered;
    this.#number();
  }

  #number() {
    for (const [n, eventType] of this.#order.split(",").entries()) {
      const hasKey = n < 9 && this.#areNumbered;
      this.#keys.get(eventType)?.number(hasKey ? String(n + 1) : "");
    }
  }

  pressByNumber(number) {
    if (this.#container.closest("[hidden]")) return;
    const eventType = this.#order.split(",")[number - 1];
    const key = this.#keys.get(eventType);
    if (key && !key.rests) this.#press(eventType, key);
  }

  #keyOf(eventType) {
    if (!this.#keys.has(eventType)) this.#keys.set(eventType, this.#newKey(eventType));
    return this.#keys.get(eventType);
  }

  #newKey(eventType) {
    const key = new Key(this.#texts);
    onPress(key.node, (place) => this.#press(eventType, key, place));
    return key;
  }

  #press(eventType, key, place) {
    const now = performance.now();
    // A count may have begun that no frame has shown yet.
    if (now < this.#room.state.startsAt || !this.#room.press(eventType)) return;
    key.pop(place, now);
    vibrateForPress();
  }
}
