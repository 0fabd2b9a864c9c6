import { colorOf, shadesOf } from "../common/colors.js";
import { element, onChange, textOf } from "../common/elements.js";
import { animate, glow } from "../common/motion.js";

const FLASH = 700; // ms
const JUMP = [{ transform: "none" }, { transform: "scale(1.5)" }, { transform: "none" }];

/** The buttons' bars; those that stay keep their nodes. */
export class Bars {
  #list;
  #texts;
  #chosen;
  #bars = new Map();
  #order = "";

  /** `chosen`: event types to show, in this order; none = all. */
  constructor(list, texts, chosen) {
    this.#list = list;
    this.#texts = texts;
    this.#chosen = chosen;
  }

  show(buttons, captionOf) {
    const shown = this.#choice(buttons);
    this.#arrange(shown.map(({ eventType }) => eventType));
    for (const button of shown) this.#bars.get(button.eventType).show(button, captionOf(button));
  }

  celebrate(eventType) {
    this.#bars.get(eventType)?.flash();
  }

  #choice(buttons) {
    const enabled = buttons.filter((button) => button.enabled);
    if (!this.#chosen.length) return enabled;
    const named = (eventType) => enabled.find((button) => button.eventType === eventType);
    return this.#chosen.map(named).filter(Boolean);
  }

  #arrange(eventTypes) {
    const order = eventTypes.join();
    if (order === this.#order) return;
    this.#order = order;
    const before = this.#bars;
    this.#bars = new Map(
      eventTypes.map((eventType) => [eventType, before.get(eventType) ?? new Bar(this.#texts)]),
    );
    this.#list.replaceChildren(...Array.from(this.#bars.values(), (bar) => bar.node));
  }
}

class Bar {
  #texts;
  #parts = {
    icon: element("span", "bar-icon"),
    label: element("span", "bar-label"),
    count: element("span", "bar-count figures"),
    level: element("span", "bar-level figures"),
    fill: element("span", "bar-fill"),
    glow: element("span", "bar-glow"),
  };
  #set;

  constructor(texts) {
    this.#texts = texts;
    const { icon, label, count, level, fill, glow } = this.#parts;
    const track = element("span", "bar-track", fill);
    const words = element("span", "bar-words", label, level);
    this.node = element("li", "bar plate", icon, words, count, track, glow);
    this.#set = {
      color: onChange((color) => this.node.style.setProperty("--fill", shadesOf(color).fill)),
      fill: onChange((share) => (fill.style.transform = `scaleX(${share})`)),
      icon: textOf(icon),
      label: textOf(label),
      count: textOf(count),
      level: textOf(level),
    };
  }

  show(button, caption) {
    const { number } = this.#texts;
    const count = Math.min(button.count, button.required);
    this.#set.color(colorOf(button));
    this.#set.fill(count / button.required);
    this.#set.icon(button.icon);
    this.#set.label(caption);
    this.#set.count(`${number(count)}/${number(button.required)}`);
    this.#set.level(button.level ? `×${number(button.level)}` : "");
  }

  flash() {
    const { glow: light, icon } = this.#parts;
    if (light.getAnimations().length) return;
    glow(light, FLASH);
    animate(icon, JUMP, null, FLASH);
  }
}
