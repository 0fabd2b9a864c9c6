import { OutcomeDisplay } from "../common/buttons.js";
import { colorOf, shadesOf } from "../common/colors.js";
import { animate, element, glow, onChange, textOf } from "../common/elements.js";
import { grouped } from "../common/languages.js";
import { iconOf } from "../common/look.js";

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

  /** Show the buttons; gives when they must be shown again, in ms on `performance.now()`. */
  show(buttons, captionOf, now) {
    const shown = this.#choice(buttons);
    this.#arrange(shown.map(({ eventType }) => eventType));
    const nexts = shown.map((button) =>
      this.#bars.get(button.eventType).show(button, captionOf(button), now),
    );
    return Math.min(...nexts);
  }

  /** A trigger did not work. */
  fail(eventType, reason, now) {
    this.#bars.get(eventType)?.fail(reason, now);
  }

  celebrate(eventType) {
    this.#bars.get(eventType)?.flash();
  }

  /** All where the room has none of those that were chosen: they were another room's. */
  #choice(buttons) {
    const has = (eventType) => buttons.some((button) => button.eventType === eventType);
    const enabled = buttons.filter((button) => button.enabled);
    if (!this.#chosen.some(has)) return enabled;
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
  #outcomes = new OutcomeDisplay();
  #parts = {
    icon: element("span", "bar-icon"),
    label: element("span", { class: "bar-label", dir: "auto" }),
    count: element("span", "bar-count figures"),
    note: element("span", { class: "bar-note figures", dir: "auto" }),
    time: element("span", "bar-time"),
    fill: element("span", "bar-fill"),
    glow: element("span", "bar-glow"),
  };
  #set;

  constructor(texts) {
    this.#texts = texts;
    const { icon, label, count, note, time, fill, glow } = this.#parts;
    const track = element("span", "bar-track", fill);
    const words = element("span", "bar-words", label, note);
    this.node = element("li", "bar plate", icon, words, count, track, time, glow);
    this.#set = {
      color: onChange((color) => this.node.style.setProperty("--fill", shadesOf(color).light)),
      fill: onChange((share) => (fill.style.transform = `scaleX(${share})`)),
      icon: iconOf(icon),
      label: textOf(label),
      count: textOf(count),
      note: textOf(note),
      state: onChange((state) => (this.node.dataset.state = state)),
      time: onChange((share) => (time.style.transform = `scaleX(${share})`)),
    };
  }

  show(button, caption, now) {
    const count = Math.min(button.count, button.required);
    this.#set.color(colorOf(button));
    this.#set.fill(count / button.required);
    this.#set.icon(button);
    this.#set.label(caption);
    this.#set.count(`${grouped(count)}/${grouped(button.required)}`);
    const { failure, countdown, until } = this.#outcomes.at(button, now);
    const [state, note] = this.#noteOf(button, failure, countdown);
    this.#set.state(state);
    this.#set.note(note);
    this.#set.time(countdown?.share ?? 1);
    return until;
  }

  fail(reason, now) {
    this.#outcomes.fail(reason, now);
  }

  /** What the game says of the button, or else how often it fired. */
  #noteOf({ available, reason, level }, failure, countdown) {
    const texts = this.#texts;
    if (!available) return ["unavailable", texts.unavailable(reason)];
    if (failure) return ["failed", texts.failed(failure.reason)];
    if (countdown) return ["lasting", texts.lasting(countdown)];
    return ["open", level ? `×${grouped(level)}` : ""];
  }

  flash() {
    const { glow: light, icon } = this.#parts;
    if (light.getAnimations().length) return;
    glow(light, FLASH);
    animate(icon, JUMP, null, FLASH);
  }
}
