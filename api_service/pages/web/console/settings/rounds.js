import { html } from "lit-html";
import { MOODS } from "../bar/face.js";
import { addBand } from "./draft.js";
import { folded, idOf } from "./form.js";

const MINUTES = [0, 1, 3, 5, 10];
const MOST_BANDS = 32;

/** How rounds go: how long, how much happens, and what begins and holds them. */
export class Rounds {
  isAdvanced = false;

  constructor(settings) {
    this.settings = settings;
  }

  view() {
    const { texts, form, draft } = this.settings;
    const toggle = (isOpen) => {
      this.isAdvanced = isOpen;
      this.settings.desk.redraw();
    };
    return html`<div class="section-head"><h2>${texts.sections.rounds}</h2></div>
      <div class="card stack">
        ${this.#length()}
        ${this.#mood()}
        ${form.pick(texts.starts, "starts", draft.now, "starts", Object.entries(texts.starts_choices))}
        ${form.pick(texts.on_disconnect, "on_disconnect", draft.now, "on_disconnect",
          Object.entries(texts.on_disconnect_choices))}
        ${folded(texts.advanced, texts.multipliers, this.isAdvanced, toggle, () => this.#bands())}
      </div>`;
  }

  /** Every round's length, in minutes; 0 is without an end. */
  #length() {
    const { texts, form, draft } = this.settings;
    const minutes = {
      get value() {
        return draft.now.round_limit_s === null ? null : draft.now.round_limit_s / 60;
      },
      set value(entered) {
        draft.now.round_limit_s = entered === null ? null : Math.round(entered * 60);
      },
    };
    const choices = MINUTES.map((count) => [count, count ? texts.minutes(count) : texts.no_end]);
    return html`<div class="choice">
      ${form.pick(texts.every_round, "round_limit_s", minutes, "value", choices, { isNamed: false })}
      ${form.number(texts.or_minutes, "round_limit_s", minutes, "value")}</div>`;
  }

  #mood() {
    const { texts, form, draft } = this.settings;
    const choices = Object.entries(MOODS).map(([name, count]) => [count, `${texts.mood_names[name]} ${count}`]);
    return html`<div class="choice">
      ${form.pick(texts.how_much, "triggers_per_minute", draft.now, "triggers_per_minute", choices, { isNamed: false })}
      ${form.number(texts.or_per_minute, "triggers_per_minute", draft.now, "triggers_per_minute")}</div>
      <p class="soft small">${texts.per_minute_hint}</p>`;
  }

  #bands() {
    const { texts, draft } = this.settings;
    const { multipliers: bands } = draft.now;
    const add = () => {
      addBand(bands);
      this.settings.rearranged(`#${idOf(`multipliers[${bands.length - 2}].up_to`)}`);
    };
    return html`<p class="soft small">${texts.multipliers_explanation}</p>
      <div class="bands">${bands.map((band, n) => this.#band(band, n))}</div>
      <button class="btn small" type="button" ?disabled=${bands.length >= MOST_BANDS} @click=${add}>
        ＋ ${texts.add_band}</button>`;
  }

  #band(band, n) {
    const { texts, form, draft } = this.settings;
    const { multipliers: bands } = draft.now;
    const isLast = n === bands.length - 1;
    const path = `multipliers[${n}]`;
    const remove = () => {
      bands.splice(n, 1);
      this.settings.rearranged(`#${idOf(`multipliers[${n}].factor`)}`);
    };
    const bound = () => form.number(texts.up_to, `${path}.up_to`, band, "up_to");
    return html`<div class="band">
      ${isLast ? html`<p class="any-more">${texts.any_more}</p>` : bound()}
      ${form.number(texts.factor, `${path}.factor`, band, "factor")}
      <button class="btn small quiet" type="button" ?disabled=${isLast} @click=${remove}
        aria-label=${texts.action_on(texts.remove, texts.band(n + 1))}>${texts.remove}</button></div>`;
  }
}
