import { colorOf } from "../../common/colors.js";
import { element } from "../../common/elements.js";
import { grouped } from "../../common/languages.js";
import { labelOf } from "../../streamario.js";
import { sum } from "./figures.js";
import { partsOf } from "../parts.js";
import { niceScale, stackOn, stackPath, sumsOf } from "./stacks.js";
import { BIN_SECONDS } from "./press_bins.js";

const LEAST_SCALE = 10; // presses a bin; a lone press is no summit
const EVERY = 1_000; // ms
const MINUTES = 5;

/**
 * Presses of the last 5 minutes, stacked by button in bins of 2 s; the same in figures, by minute,
 * in a table for those who do not see it.
 */
export class Chart {
  #presses;
  #texts;
  #languages;
  #buttons = [];
  #paths = new Map();
  #parts;
  #timer = null;

  constructor(root, { texts, languages, presses }) {
    this.#presses = presses;
    this.#texts = texts;
    this.#languages = languages;
    this.#parts = partsOf(root);
    this.#parts.table.addEventListener("toggle", () => this.#fillTable());
  }

  /** Draw, from now on. */
  open() {
    this.close();
    this.#draw();
    this.#timer = setInterval(() => document.hidden || this.#draw(), EVERY);
  }

  /** It is not seen: drawing would be for nobody. */
  close() {
    clearInterval(this.#timer);
  }

  /** The room's buttons, which give the colours and captions. */
  setButtons(buttons) {
    this.#buttons = buttons;
    const types = new Set(buttons.map(({ eventType }) => eventType));
    for (const [type, path] of this.#paths) {
      if (types.has(type)) continue;
      path.remove();
      this.#paths.delete(type);
    }
  }

  #draw() {
    const now = Date.now();
    const bins = this.#buttons.map(({ eventType }) => this.#presses.binsOf(eventType, now));
    const scale = niceScale(Math.max(LEAST_SCALE, ...sumsOf(bins)));
    this.#parts.scale.textContent = this.#texts.presses_a_second(scale / BIN_SECONDS);
    this.#drawStacks(bins, scale);
    this.#fillTable();
  }

  #drawStacks(bins, scale) {
    const heights = new Array(bins[0]?.length ?? 0).fill(0);
    this.#buttons.forEach((button, n) => {
      const path = this.#pathOf(button);
      path.setAttribute("d", stackOn(heights, bins[n], scale));
      path.style.setProperty("--color", colorOf(button));
    });
  }

  #pathOf({ eventType }) {
    if (!this.#paths.has(eventType)) {
      const path = stackPath();
      this.#paths.set(eventType, path);
      this.#parts.stacks.append(path);
    }
    return this.#paths.get(eventType);
  }

  #fillTable() {
    if (!this.#parts.table.open) return;
    const now = Date.now();
    this.#parts.minutes.replaceChildren(
      ...this.#buttons.map((button) => {
        const minutes = byMinute(this.#presses.binsOf(button.eventType, now));
        const head = element("th", { scope: "row" }, labelOf(button, this.#languages));
        return element(
          "tr",
          "",
          head,
          ...minutes.map((presses) => element("td", "figures number", grouped(presses))),
        );
      }),
    );
  }
}

function byMinute(bins) {
  const each = bins.length / MINUTES;
  return Array.from({ length: MINUTES }, (_, n) =>
    sum(bins.slice(n * each, (n + 1) * each)),
  );
}
