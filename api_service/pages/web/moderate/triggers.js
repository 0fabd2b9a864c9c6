import { html, nothing } from "lit-html";
import { classMap } from "lit-html/directives/class-map.js";
import { repeat } from "lit-html/directives/repeat.js";
import { times } from "../common/languages.js";
import { icon } from "../console/icon.js";
import { PersonDialog } from "../console/people/person.js";
import { labelOf } from "../streamario.js";

const ROWS = 100;

/** The triggers since the page was opened, newest first, each with whoever fired it. */
export class Triggers {
  #page;
  #rows = [];

  /** `page` is as the parts of the console have their desk. */
  constructor(page) {
    this.#page = page;
  }

  /** A trigger as the room tells it; its button may be another later. */
  take(trigger) {
    const button = this.#page.state.buttons.find(({ eventType }) => eventType === trigger.eventType);
    const row = { ...trigger, button, at: Date.now(), key: `${trigger.epoch}-${trigger.seq}` };
    this.#rows = [row, ...this.#rows].slice(0, ROWS);
  }

  view() {
    const { texts } = this.#page;
    return html`<section class="card" id="feed" aria-labelledby="feed-heading">
      <h2 id="feed-heading">${texts.feed_heading}</h2>
      <p class="soft small">${texts.triggers_explanation}</p>
      ${this.#rows.length === 0 ? html`<p class="soft">${texts.triggers_empty}</p>` : nothing}
      <ul class="lines triggers">${repeat(this.#rows, ({ key }) => key, (row) => this.#row(row))}</ul>
    </section>`;
  }

  #row(row) {
    const { texts, languages } = this.#page;
    const { button, eventType, viewerName, byStreamer, at, key, isBlocked } = row;
    const person = html`<button class="btn small quiet" type="button" aria-haspopup="dialog"
      aria-label=${texts.person_of(viewerName ?? texts.unnamed)} @click=${() => this.#open(row)}>⋯</button>`;
    return html`<li class=${classMap({ row: true, blocked: isBlocked })} data-number=${key}>
      <span class="soft small time">${times(languages).clock(at)}</span>
      ${button ? icon(button, "tiny") : nothing}
      <span class="grow"><b class="cut">${button ? labelOf(button, languages) : eventType}</b>
        <span class="named small">${byStreamer ? texts.by_streamer : (viewerName ?? "–")}</span></span>
      ${byStreamer ? nothing : person}
    </li>`;
  }

  #open(row) {
    new PersonDialog(this.#page, row, () => {
      row.isBlocked = true;
      this.#page.redraw();
      document.querySelector(`[data-number="${row.key}"] button`)?.focus();
    }).open();
  }
}
