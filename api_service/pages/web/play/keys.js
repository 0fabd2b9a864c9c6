import { onChange } from "../common/elements.js";
import { Key } from "./key.js";
import { onPress } from "./pressing.js";

const FELT = 8; // ms of vibration for a press
const CHEERED = [20, 40, 30]; // and where a button went off that one has pressed

/** The room's buttons, in its order; their nodes stay, so that a finger never loses its key. */
export class Keys {
  #container;
  #room;
  #texts;
  #keys = new Map();
  #order = "";
  #helped = new Set();
  #showPaused;

  constructor(container, room, texts) {
    this.#container = container;
    this.#room = room;
    this.#texts = texts;
    this.#showPaused = onChange((paused) => container.toggleAttribute("data-paused", paused));
  }

  /** Show the buttons; gives when they must be shown again, in ms on `performance.now()`. */
  show({ buttons, paused }, captionOf, now) {
    this.#showPaused(paused);
    this.#arrange(buttons.map((button) => button.eventType));
    const nexts = buttons.map((button) =>
      this.#keys.get(button.eventType).show(button, captionOf(button), paused, now),
    );
    return Math.min(...nexts);
  }

  /** A button went off. */
  celebrate(eventType, now) {
    this.#keys.get(eventType)?.flash(now);
    if (this.#helped.delete(eventType)) vibrate(CHEERED);
  }

  /** A trigger did not work. */
  fail(eventType, reason, now) {
    this.#keys.get(eventType)?.fail(reason, now);
  }

  #arrange(eventTypes) {
    const order = eventTypes.join();
    if (order === this.#order) return;
    this.#order = order;
    for (const gone of this.#keys.keys()) {
      if (!eventTypes.includes(gone)) this.#keys.delete(gone);
    }
    this.#container.replaceChildren(...eventTypes.map((eventType) => this.#keyOf(eventType).node));
  }

  #keyOf(eventType) {
    if (!this.#keys.has(eventType)) this.#keys.set(eventType, this.#newKey(eventType));
    return this.#keys.get(eventType);
  }

  #newKey(eventType) {
    const key = new Key(this.#texts);
    onPress(key.node, (place) => {
      if (!this.#room.press(eventType)) return;
      this.#helped.add(eventType);
      key.pop(place, performance.now());
      vibrate(FELT);
    });
    return key;
  }
}

/** Browsers refuse it before the first touch has ended, and complain. */
function vibrate(pattern) {
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(pattern);
}
