import { withIcon } from "../../common/buttons.js";
import { colorOf } from "../../common/colors.js";
import { animate, element, onChange, textOf } from "../../common/elements.js";
import { grouped } from "../../common/languages.js";
import { labelOf } from "../../streamario.js";

const SECOND = 1_000; // ms
const LIGHT = 1_000; // ms, for which the row of a button that fired is lit
const LIT = [{ background: "color-mix(in srgb, var(--warn) 35%, transparent)" }, { background: "transparent" }];

/** The room's buttons now: how full, how often fired, how many presses. */
export class Buttons {
  #body;
  #texts;
  #languages;
  #rows = new Map();
  #buttons = [];
  #onTest;
  #selected = ""; // the event type of the button that the T key tests

  /** `onTest(button)` is called where a button shall be tested. */
  constructor(table, { texts, languages, onTest }) {
    this.#onTest = onTest;
    this.#body = table.querySelector("[data-part=rows]");
    this.#texts = texts;
    this.#languages = languages;
  }

  /**
   * `isRunning`: buttons can be tested. Gives when they must be shown again, as `now` in ms on
   * `performance.now()`.
   */
  show(buttons, isRunning, now) {
    this.#buttons = buttons;
    this.#removeOthers(buttons);
    for (const button of buttons) this.#rowOf(button).show(button, isRunning, now);
    if (!this.#rows.has(this.#selected) && buttons.length > 0) this.#select(buttons[0].eventType);
    return Math.min(...buttons.map((button) => nextSecondOf(button, now)));
  }

  testSelected() {
    this.#test(this.#selected);
  }

  #test(type) {
    this.#onTest(this.#buttons.find(({ eventType }) => eventType === type));
  }

  #select(type) {
    this.#rows.get(this.#selected)?.node.removeAttribute("aria-current");
    this.#selected = type;
    this.#rows.get(type).node.setAttribute("aria-current", "true");
  }

  /** A row for each, in the settings' order. */
  #removeOthers(buttons) {
    const order = buttons.map(({ eventType }) => eventType);
    if (order.join() === [...this.#rows.keys()].join()) return;
    const selected = this.#selected;
    this.#rows = new Map(order.map((type) => [type, this.#newRow(type)]));
    if (this.#rows.has(selected)) this.#select(selected);
    this.#body.replaceChildren(...[...this.#rows.values()].map(({ node }) => node));
  }

  #rowOf({ eventType }) {
    return this.#rows.get(eventType);
  }

  #newRow(type) {
    const swatch = element("span", { class: "swatch told-apart", "aria-hidden": "true" });
    const [caption, count, level, total] = ["span", "span", "td", "td"].map((tag) => element(tag));
    const note = element("span", "outcome");
    const bar = element("progress", "told-apart");
    for (const cell of [level, total]) cell.className = "figures number";
    count.className = "figures";
    const head = element("th", { class: "what", scope: "row" }, swatch, caption, note);
    const test = this.#testOf(type);
    const cells = [element("td", "fill", bar, count), level, total, element("td", "number", test)];
    const node = element("tr", "", head, ...cells);
    for (const event of ["click", "focusin"]) {
      node.addEventListener(event, () => this.#select(type));
    }
    const [setCaption, setCount, setLevel, setTotal] = [caption, count, level, total].map(textOf);
    const setNote = textOf(note);
    const setColor = onChange((color) => {
      for (const node of [swatch, bar]) node.style.setProperty("--color", color);
    });
    let shownLevel = Infinity;
    const show = (button, isRunning, now) => {
      const label = labelOf(button, this.#languages);
      setCaption(withIcon(button, label));
      setCount(`${grouped(button.count)} / ${grouped(button.required)}`);
      setLevel(grouped(button.level));
      if (button.level > shownLevel) animate(node, LIT, null, LIGHT);
      shownLevel = button.level;
      setTotal(grouped(button.accepted));
      setNote(this.#noteOf(button, now));
      bar.value = button.progress;
      bar.setAttribute("aria-label", this.#texts.progress_of(label));
      setColor(colorOf(button));
      test.disabled = !isRunning || !button.enabled;
      test.setAttribute("aria-label", this.#texts.test_of(label));
      node.classList.toggle("off", !button.enabled);
    };
    return { node, show };
  }

  #testOf(type) {
    const test = element("button", { class: "button small", type: "button" }, this.#texts.test);
    test.addEventListener("click", () => this.#test(type));
    return test;
  }

  /** What the game says of the button, or else why it does not fire though it is full. */
  #noteOf({ available, reason, effects, count, required, readyAt }, now) {
    if (!available) return this.#texts.unavailable(reason);
    if (effects.length > 0) return this.#texts.lasting(effects.length, secondsTo(effects.at(-1).endsAt, now));
    const wait = secondsTo(readyAt, now);
    return count >= required && wait > 0 ? this.#texts.ready_in(wait) : "";
  }
}

const secondsTo = (at, now) => Math.ceil((at - now) / SECOND);

/** When the seconds to the end of the last effect, or until the button is ready, are others. */
function nextSecondOf({ effects, readyAt }, now) {
  const ends = [effects.at(-1)?.endsAt ?? 0, readyAt].filter((at) => at > now);
  return Math.min(...ends.map((at) => at - (secondsTo(at, now) - 1) * SECOND));
}
