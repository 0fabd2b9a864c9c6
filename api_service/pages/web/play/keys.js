import { onChange } from "../common/elements.js";
import { feel } from "./haptics.js";
import { Key } from "./key.js";
import { onPress } from "./pressing.js";

/** The room's buttons, in its order; their nodes stay, so that a finger never loses its key. */
export class Keys {
  #container;
  #room;
  #texts;
  #keys = new Map();
  #order = "";
  #showPaused;

  constructor(container, room, texts) {
    this.#container = container;
    this.#room = room;
    this.#texts = texts;
    document.addEventListener("keydown", (event) => this.#pressByNumber(event));
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
    const keys = eventTypes.map((eventType) => this.#keyOf(eventType));
    for (const [n, key] of keys.entries()) key.number(n + 1);
    this.#container.replaceChildren(...keys.map(({ node }) => node));
  }

  /** The keys 1 to 9 press the first nine buttons. */
  #pressByNumber({ key: typed, repeat, altKey, ctrlKey, metaKey }) {
    const isHidden = this.#container.closest("[hidden]") || document.querySelector("dialog[open]");
    if (isHidden || repeat || altKey || ctrlKey || metaKey || !/^[1-9]$/.test(typed)) return;
    const eventType = this.#order.split(",")[typed - 1];
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
    if (!this.#room.press(eventType)) return;
    key.pop(place, performance.now());
    feel();
  }
}
