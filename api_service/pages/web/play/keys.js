import { isStored, store, vibrateForPress } from "./device.js";
import { Key } from "./key.js";
import { onPress } from "./pressing.js";

const NUMBER_KEYS_OFF = "streamario:number_keys_off"; // in the storage, while they are off

/** The room's buttons, in its order; their nodes stay, so that a finger never loses its key. */
export class Keys {
  #container;
  #room;
  #texts;
  #keys = new Map();
  #order = "";
  #numberKeys = new NumberKeys((number) => this.#pressByNumber(number), () => this.#number());

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
    this.#container.replaceChildren(...keys.map(({ node }) => node));
    this.#number();
  }

  /** The first nine buttons have a key on keyboards. */
  #number() {
    for (const [n, eventType] of this.#order.split(",").entries()) {
      const hasKey = n < 9 && this.#numberKeys.areOn;
      this.#keys.get(eventType)?.number(hasKey ? String(n + 1) : "");
    }
  }

  #pressByNumber(number) {
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
    if (!this.#room.press(eventType)) return;
    key.pop(place, performance.now());
    vibrateForPress();
  }
}

/**
 * The keys 1 to 9, where a device has a mouse and so most likely a keyboard: `keys.css` shows their
 * switch there. Single keys must be possible to switch off (WCAG 2.2, 2.1.4).
 */
class NumberKeys {
  #box = document.getElementById("number-keys");
  #device = matchMedia("(hover: hover) and (pointer: fine)");

  /** `press(number)`: such a key was pressed; `turned()`: they were switched on or off. */
  constructor(press, turned) {
    this.#box.checked = !isStored(NUMBER_KEYS_OFF);
    this.#box.addEventListener("change", () => {
      store(NUMBER_KEYS_OFF, !this.#box.checked);
      turned();
    });
    this.#device.addEventListener("change", turned);
    document.addEventListener("keydown", (event) => this.#hear(event, press));
  }

  get areOn() {
    return this.#device.matches && this.#box.checked;
  }

  #hear({ key, repeat, altKey, ctrlKey, metaKey }, press) {
    const isOther = repeat || altKey || ctrlKey || metaKey || !/^[1-9]$/.test(key);
    if (isOther || !this.areOn || document.querySelector("dialog[open]")) return;
    press(Number(key));
  }
}
