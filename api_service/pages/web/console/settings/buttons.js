import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { colorOf } from "../../common/colors.js";
import { MOODS } from "../bar/face.js";
import { icon, styleMap } from "../icon.js";
import { rowMenu } from "../row_menu.js";
import { settingsOf, TEMPLATES } from "../start/templates.js";
import {
  beginWith,
  captionIn,
  copyOf,
  dropIndex,
  inSeconds,
  MOST_BUTTONS,
  move,
  nameIn,
  newButton,
  oftenOf,
  otherLanguage,
  togetherPerMinute,
  WEIGHTS,
} from "./button_drafts.js";
import { pictureField, soundField, swatches } from "./fields.js";
import { folded, idOf } from "./form.js";

const PICTURE = { longest: 256, mayMove: true }; // px

/** The room's buttons, in the order that phones have: a row each, one of them open. */
export class Buttons {
  opened = null; // the draft's button that is open
  isAdvanced = false;
  #drag = null; // {from, to}: which row is dragged, and where it would be dropped

  constructor(settings) {
    this.settings = settings;
  }

  view() {
    const { texts, draft } = this.settings;
    const { buttons } = draft.now;
    const perMinute = togetherPerMinute(draft.now);
    const mood = (texts.mood_names[nameIn(MOODS, perMinute)] ?? "").toLowerCase();
    return html`<div class="section-head"><h2>${texts.buttons}</h2>
        <p class="soft">${texts.together(perMinute, mood)}</p></div>
      <ul class="card button-rows">${repeat(buttons, (button) => button, (button, n) => this.#row(button, n))}</ul>
      <div class="row add"><button class="btn small" type="button" ?disabled=${buttons.length >= MOST_BUTTONS}
        @click=${() => this.#insert(buttons.length, newButton(buttons))}>＋ ${texts.add_button}</button>
        ${rowMenu(texts.begin_from_template, this.#templates(), texts.begin_from_template)}</div>`;
  }

  /** The same button again, where the draft's objects are others. */
  reopen() {
    const { event_type: type } = this.opened ?? {};
    this.opened = this.settings.draft.now.buttons.find((button) => button.event_type === type) ?? null;
  }

  #row(button, n) {
    const { texts, form } = this.settings;
    const isOpen = button === this.opened;
    const { from, to } = this.#drag ?? {};
    const path = `buttons[${n}]`;
    const name = this.settings.nameOf(button);
    const look = [isOpen && "open", !button.enabled && "off", n === from && "dragged"].filter(Boolean);
    const drop = n !== to || to === from ? nothing : to > from ? "below" : "above";
    const toggle = () => this.open(isOpen ? null : button);
    const color = styleMap({ "--c": colorOf(button) });
    return html`<li class=${look.join(" ")} data-field=${path} data-drop=${drop} style=${color}>
      <div class="button-row row">
        <span class="grip" aria-hidden="true" @pointerdown=${(event) => this.#grip(event, n)}>⠿</span>
        ${icon(button, "medium")}
        <button class="unfold" type="button" aria-expanded=${isOpen} id="${idOf(path)}-row" @click=${toggle}>
          <b class="cut">${name}</b>${this.#hasProblem(path) ? html`<span class="bad">⚠</span>` : nothing}
          ${isOpen ? nothing : this.#facts(button, n)}</button>
        ${rowMenu(texts.action_on(texts.more, name), this.#actions(button, n))}
        ${form.switch(texts.action_on(texts.on, name), `${path}.enabled`, button, "enabled")}
        <span class="soft chevron" aria-hidden="true" @click=${toggle}>${isOpen ? "▴" : "▾"}</span>
      </div>
      ${isOpen ? buttonForm(this.settings, button, n, this.#advanced) : nothing}
    </li>`;
  }

  #facts(button, n) {
    const { texts, draft, desk } = this.settings;
    const name = nameIn(WEIGHTS, button.weight);
    const every = button.enabled ? texts.every(oftenOf(n, draft.now, desk.state)) : texts.off;
    return html`<span class="soft often">${name ? texts.often[name] : texts.weight_of(button.weight)}</span>
      <span class="every">${every}</span>`;
  }

  #hasProblem(path) {
    return [...this.settings.form.problems.keys()].some((field) => field.startsWith(`${path}.`));
  }

  get #advanced() {
    return { isOpen: this.isAdvanced, toggle: (isOpen) => this.open(this.opened, isOpen) };
  }

  open(button, isAdvanced = button === this.opened && this.isAdvanced) {
    this.opened = button;
    this.isAdvanced = isAdvanced;
    this.settings.desk.redraw();
  }

  #actions(button, n) {
    const { texts, draft } = this.settings;
    const { buttons } = draft.now;
    const [isFirst, isLast] = [n === 0, n === buttons.length - 1];
    return [
      { name: "up", caption: texts.move_up, disabled: isFirst, run: () => this.#move(n, n - 1) },
      { name: "down", caption: texts.move_down, disabled: isLast, run: () => this.#move(n, n + 1) },
      {
        name: "duplicate",
        caption: texts.duplicate,
        disabled: buttons.length >= MOST_BUTTONS,
        run: () => this.#insert(n + 1, copyOf(button, buttons)),
      },
      { name: "remove", caption: texts.remove, disabled: isFirst && isLast, run: () => this.#remove(n) },
    ];
  }

  /** Their buttons take the place of those that the draft has. */
  #templates() {
    const { texts, draft } = this.settings;
    const begin = (id) => {
      beginWith(settingsOf(id, texts.templates[id]), draft.now);
      this.settings.rearranged(`#${idOf("buttons[0]")}-row`);
    };
    return TEMPLATES.map((id) => ({ name: id, caption: texts.templates[id].name, run: () => begin(id) }));
  }

  #move(from, to) {
    move(this.settings.draft.now.buttons, from, to);
    this.settings.rearranged(`[data-field="buttons[${to}]"] .row-menu > summary`);
  }

  #insert(n, button) {
    this.settings.draft.now.buttons.splice(n, 0, button);
    this.open(button);
    this.settings.rearranged(`#${idOf(`buttons[${n}].labels.${this.settings.language}`)}`);
  }

  #remove(n) {
    const { buttons } = this.settings.draft.now;
    buttons.splice(n, 1);
    this.settings.rearranged(`#${idOf(`buttons[${Math.min(n, buttons.length - 1)}]`)}-row`);
  }

  /** Drag a row: it stays where it is until it is dropped, and a line shows where that would be. */
  #grip(event, from) {
    if (event.button !== 0) return; // the main one; fingers and pens have no other
    event.preventDefault();
    const rows = [...event.currentTarget.closest("ul").children].map((row) => row.getBoundingClientRect());
    const middles = rows.map(({ top, height }) => top + height / 2 + scrollY);
    const released = new AbortController();
    const listen = (type, act) => addEventListener(type, act, { signal: released.signal });
    const drag = (to) => {
      this.#drag = to === null ? null : { from, to };
      this.settings.desk.redraw();
    };
    const release = (to) => {
      released.abort();
      drag(null);
      if (to !== from) this.#move(from, to);
    };
    drag(from);
    listen("pointermove", ({ pageY }) => drag(dropIndex(middles, from, pageY)));
    listen("pointerup", ({ pageY }) => release(dropIndex(middles, from, pageY)));
    listen("pointercancel", () => release(from));
  }
}

/** All of one button's settings; `advanced` is `{isOpen, toggle(isOpen)}`. */
function buttonForm(settings, button, n, advanced) {
  const { texts, form, language } = settings;
  const at = (key) => `buttons[${n}].${key}`;
  const name = captionIn(button, language, otherLanguage(language));
  return html`<div class="button-form">
    <div class="wide-3">${form.text(texts.button_name, at(`labels.${language}`), name, "text", {
      lang: language,
      hint: nameHint(button, settings),
    })}</div>
    <div class="icon-field">${form.text(texts.icon, at("icon"), button, "icon")}</div>
    <div class="wide-2">${soundField(settings, at("sound"), button)}</div>
    <div class="wide-4">${swatches(settings, at("color"), button)}</div>
    <div class="wide-2">${pictureField(settings, texts.image, at("image"), button, "image", PICTURE)}</div>
    <div class="whole">${howOften(settings, n, button)}</div>
    <div class="whole">${folded(texts.advanced, texts.advanced_button, advanced.isOpen, advanced.toggle, () =>
      rarelyNeeded(settings, button, at),
    )}</div>
  </div>`;
}

/** How viewers of the other language know it, or all where it has no name. */
function nameHint(button, { texts, language }) {
  const other = captionIn(button, otherLanguage(language)).text;
  if (other) return texts.also_called(other);
  return button.labels.length === 0 ? texts.nameless_button(button.event_type) : texts.called_the_same;
}

function howOften({ texts, form, draft, desk }, n, button) {
  const path = `buttons[${n}].weight`;
  const pick = ([name, weight]) => html`<button type="button" aria-pressed=${button.weight === weight}
    @click=${() => form.set(path, () => (button.weight = weight))}>${texts.often[name]}</button>`;
  const figures = oftenOf(n, draft.now, desk.state);
  return html`<p class="label" id="how-often">${texts.how_often}</p>
    <div class="plain row wrap">
      <span class="seg" role="group" aria-labelledby="how-often">${Object.entries(WEIGHTS).map(pick)}</span>
      <p><b>${texts.happens(figures)}</b> <span class="soft">${texts.takes(figures)}</span></p>
    </div>`;
}

/** With the words that the protocol uses. */
function rarelyNeeded({ texts, form, language, draft }, button, at) {
  const { base, max, cooldown_ms: cooldown } = button;
  const translation = otherLanguage(language);
  const teams = Object.entries(texts.teams).map(([team, name]) => [team, draft.now.theme.team_names[team] || name]);
  const hints = {
    base: base && max && base > max ? texts.base_above_max(max) : texts.base_hint,
    cooldown: cooldown ? texts.seconds(cooldown / 1_000) : "",
  };
  return html`<div class="grid">
    ${form.number(texts.min, at("min"), button, "min")}
    ${form.number(texts.max, at("max"), button, "max")}
    ${form.number(texts.base, at("base"), button, "base", { hint: hints.base })}
    ${form.number(texts.cooldown, at("cooldown_ms"), button, "cooldown_ms", { hint: hints.cooldown })}
    ${form.number(texts.pace, at("pace_ms"), inSeconds(button, "pace_ms"), "value", { hint: texts.pace_hint })}
    ${form.number(texts.weight, at("weight"), button, "weight", { hint: texts.weight_hint })}
    ${form.choice(texts.team, at("team"), button, "team", Object.fromEntries(teams))}
    ${form.text(texts.event_type, at("event_type"), button, "event_type", { kind: "code" })}
    ${form.text(texts[`caption_${translation}`], at(`labels.${translation}`), captionIn(button, translation), "text", {
      lang: translation,
    })}
  </div>`;
}
