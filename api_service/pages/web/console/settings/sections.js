import { html, nothing } from "lit-html";
import { LENGTHS, MOODS } from "../bar/face.js";
import { lacksPace } from "../live/pace.js";
import { inMinutes } from "./button_drafts.js";
import { addBand } from "./draft.js";
import { pictureField, themeColor } from "./fields.js";
import { folded, idOf } from "./form.js";

const LOGO = { longest: 512 }; // px
const BACKGROUND = { longest: 1_600 };
const MOST_BANDS = 32;

/** How the room looks on phones and on the overlay. */
export function lookSection(settings) {
  const { texts, form, draft } = settings;
  const { theme } = draft.now;
  const { team_names: names } = theme;
  return html`<div class="section-head"><h2>${texts.look}</h2><p class="soft">${texts.look_hint}</p></div>
    <div class="card grid">
      <div class="whole">${form.text(texts.title, "title", draft.now, "title")}</div>
      ${pictureField(settings, texts.logo, "theme.logo", theme, "logo", LOGO)}
      ${pictureField(settings, texts.background, "theme.background", theme, "background", BACKGROUND)}
      ${form.choice(texts.font, "theme.font", theme, "font", texts.fonts)}
      ${themeColor(settings, "theme.accent", theme, "accent")}
      ${themeColor(settings, "theme.backdrop", theme, "backdrop")}
    </div>
    <h3>${texts.team_names}</h3>
    <div class="card grid">
      ${form.text(texts.team_skill, "theme.team_names.skill", names, "skill")}
      ${form.text(texts.team_enemy, "theme.team_names.enemy", names, "enemy")}
    </div>`;
}

/** How rounds go: how long, how much happens, and what begins and holds them. */
export class RoundsSection {
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
    const minutes = inMinutes(draft.now, "round_limit_s");
    const choices = LENGTHS.map((count) => [count, count ? texts.minutes(count) : texts.no_end]);
    return html`<div class="choice row wrap">
      ${form.pick(texts.every_round, "round_limit_s", minutes, "value", choices, { isNamed: false })}
      ${form.number(texts.or_minutes, "round_limit_s", minutes, "value")}</div>
      <p class="soft small">${texts.limit_hint}</p>`;
  }

  #mood() {
    const { texts, form, draft, desk } = this.settings;
    const choices = Object.entries(MOODS).map(([name, count]) => [count, `${texts.mood_names[name]} ${count}`]);
    return html`<div class="choice row wrap">
      ${form.pick(texts.how_much, "triggers_per_minute", draft.now, "triggers_per_minute", choices, { isNamed: false })}
      ${form.number(texts.or_per_minute, "triggers_per_minute", draft.now, "triggers_per_minute")}</div>
      <p class="soft small">${texts.per_minute_hint}</p>
      <p class="warn small" role="status">${this.#lacksPace() ? texts.pace_needed(desk.state.viewerCount) : nothing}</p>`;
  }

  #lacksPace() {
    const { draft, desk } = this.settings;
    const { triggers_per_minute: triggersPerMinute, buttons } = draft.now;
    const paced = buttons.map(({ enabled, pace_ms: paceMs }) => ({ enabled, paceMs }));
    return lacksPace({ viewerCount: desk.state.viewerCount, triggersPerMinute, buttons: paced });
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

/** Whose names are shown, and what is masked in them. */
export class NamesSection {
  hasWords = false; // own words are in view: the stream may show this page

  constructor(settings) {
    this.settings = settings;
  }

  view() {
    const { texts, form, draft } = this.settings;
    const toggle = (isOpen) => {
      this.hasWords = isOpen;
      this.settings.desk.redraw();
    };
    const words = () =>
      form.lines(texts.masked_words, "masked_words", draft.now, "masked_words", { hint: texts.masked_words_hint });
    return html`<div class="section-head"><h2>${texts.sections.names}</h2></div>
      <div class="card stack">
        ${form.flag(texts.show_names, "show_names", draft.now, "show_names", { hint: texts.show_names_hint })}
        ${form.flag(texts.mask_names, "mask_names", draft.now, "mask_names")}
        ${folded(texts.masked_words_more, texts.masked_words_out_of_view, this.hasWords, toggle, words)}
      </div>`;
  }
}
