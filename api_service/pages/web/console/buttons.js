import { withIcon } from "../common/captions.js";
import { colorOf } from "../common/colors.js";
import { element, onChange, textOf } from "../common/elements.js";
import { labelOf } from "../streamario.js";

/** The room's buttons now: how full, how often fired, how many presses. */
export class Buttons {
  #body;
  #tally;
  #texts;
  #languages;
  #rows = new Map();

  constructor(table, { texts, languages, tally }) {
    this.#body = table.querySelector("[data-part=rows]");
    this.#tally = tally;
    this.#texts = texts;
    this.#languages = languages;
  }

  show(buttons) {
    this.#keepOnly(buttons);
    for (const button of buttons) this.#rowOf(button).show(button);
  }

  /** A row for each, in the settings' order. */
  #keepOnly(buttons) {
    const order = buttons.map(({ eventType }) => eventType);
    if (order.join() === [...this.#rows.keys()].join()) return;
    this.#rows = new Map(buttons.map((button) => [button.eventType, this.#newRow()]));
    this.#body.replaceChildren(...[...this.#rows.values()].map(({ node }) => node));
  }

  #rowOf({ eventType }) {
    return this.#rows.get(eventType);
  }

  #newRow() {
    const swatch = element("span", "swatch told-apart");
    swatch.setAttribute("aria-hidden", "true");
    const [caption, count, level, total] = ["span", "span", "td", "td"].map((tag) => element(tag));
    const note = element("span", "outcome");
    const bar = element("progress", "told-apart");
    for (const cell of [level, total]) cell.className = "figures number";
    count.className = "figures";
    const head = element("th", "what", swatch, caption, note);
    head.scope = "row";
    const node = element("tr", "", head, element("td", "fill", bar, count), level, total);
    const [setCaption, setCount, setLevel, setTotal] = [caption, count, level, total].map(textOf);
    const setNote = textOf(note);
    const setColor = onChange((color) => {
      for (const node of [swatch, bar]) node.style.setProperty("--color", color);
    });
    const show = (button) => {
      const label = labelOf(button, this.#languages);
      setCaption(withIcon(button, label));
      setCount(`${button.count} / ${button.required}`);
      setLevel(String(button.level));
      setTotal(String(this.#tally.totalOf(button.eventType)));
      setNote(this.#noteOf(button));
      bar.value = button.progress;
      bar.setAttribute("aria-label", this.#texts.progress_of(label));
      setColor(colorOf(button));
      node.classList.toggle("off", !button.enabled);
    };
    return { node, show };
  }

  /** What the game says of the button. */
  #noteOf({ available, reason, effects }) {
    if (!available) return this.#texts.unavailable(reason);
    return effects.length > 0 ? this.#texts.lasting(effects.length) : "";
  }
}
