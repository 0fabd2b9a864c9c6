import { html, nothing, svg } from "lit-html";
import { colorOf } from "../../common/colors.js";
import { grouped } from "../../common/languages.js";
import { styleMap } from "../icon.js";
import { BIN_SECONDS, HEIGHT, minutesOf, MINUTES, perSecond, scaleOf, stackOn, WIDTH } from "./press_bins.js";

const EVERY = 1_000; // ms
const VIEW = `0 0 ${WIDTH} ${HEIGHT}`;

/** How much is pressed: by the second, and folded, the last five minutes of each button. */
export class Presses {
  #desk;
  #isOpen = false;

  constructor(desk) {
    this.#desk = desk;
  }

  view() {
    const { texts, now, state, presses } = this.#desk;
    const at = Date.now();
    if (this.#desk.phase === "running") this.#desk.redrawAt(now + EVERY);
    const bins = state.buttons.map(({ eventType }) => presses.binsOf(eventType, at));
    const toggle = ({ target }) => {
      this.#isOpen = target.open;
      this.#desk.redraw();
    };
    return html`<details class="presses" @toggle=${toggle}>
      <summary class="row"><span class="grow">${texts.presses_heading}</span>
        <span>${texts.presses_a_second(Math.round(perSecond(bins)))}</span></summary>
      ${this.#isOpen ? this.#chart(bins) : nothing}
    </details>`;
  }

  #chart(bins) {
    const { texts, state } = this.#desk;
    const scale = scaleOf(bins);
    const heights = new Array(bins[0]?.length ?? 0).fill(0);
    const paths = state.buttons.map((button, n) => {
      const color = styleMap({ fill: colorOf(button) });
      return svg`<path d=${stackOn(heights, bins[n], scale)} style=${color}></path>`;
    });
    return html`<figure>
      <figcaption class="small soft">${texts.presses_top(scale / BIN_SECONDS)}</figcaption>
      <svg viewBox=${VIEW} preserveAspectRatio="none" role="img" aria-label=${texts.chart_label}>${paths}</svg>
      <p class="row small soft"><span class="grow">${texts.five_minutes_ago}</span><span>${texts.now}</span></p>
      ${this.#table(bins)}
    </figure>`;
  }

  /** The same in figures, by minute. */
  #table(bins) {
    const { texts, state } = this.#desk;
    const minutes = Array.from({ length: MINUTES }, (_, n) => MINUTES - n);
    return html`<table class="small">
      <caption class="unseen">${texts.presses_table}</caption>
      <thead><tr><th>${texts.minutes_ago}</th>${minutes.map((ago) => html`<th scope="col">${ago}</th>`)}</tr></thead>
      <tbody>${state.buttons.map((button, n) => html`<tr><th scope="row">${this.#desk.captionOf(button.eventType)}</th>
        ${minutesOf(bins[n]).map((presses) => html`<td>${grouped(presses)}</td>`)}</tr>`)}</tbody>
    </table>`;
  }
}
