import { element } from "../../common/elements.js";
import { ButtonCard } from "./button_card.js";
import { LookForm } from "./look_form.js";
import { actionButton, more } from "../parts.js";
import { maskingFields } from "./masking.js";

const MOST_BUTTONS = 24;
const MOST_BANDS = 32;
const NO_UPPER_BOUND = 2_147_483_647; // how "any more" is written as an `up_to`
const CONTROLS = "summary, input, button";
const NEW_BUTTON = {
  team: "",
  icon: "⭐",
  image: "",
  color: "#6b7280",
  enabled: true,
  base: 5,
  min: 3,
  max: 50,
  cooldown_ms: 0,
  pace_ms: 0,
  weight: 1,
  sound: "",
};

/** The settings' inputs, drawn from a draft that they write to; moved entries are drawn anew. */
export class SettingsForm {
  #root;
  #fields;
  #texts;
  #languages;
  #draft;
  #cards = [];
  #bands = null;
  #look;
  #words;

  constructor(root, { fields, texts, languages }) {
    this.#root = root;
    this.#fields = fields;
    this.#texts = texts;
    this.#languages = languages;
  }

  /** What is unfolded stays so. */
  draw(draft) {
    this.#draft = draft;
    const speaking = { texts: this.#texts, languages: this.#languages };
    this.#look = new LookForm(draft, { fields: this.#fields, ...speaking });
    const parts = [this.#general(), this.#buttons(), this.#look.node, this.#multipliers()];
    this.#root.replaceChildren(...parts);
  }

  /** The same, around an input that has the focus. */
  drawAround(draft) {
    const { field } = document.activeElement.dataset;
    this.draw(draft);
    if (field) this.#root.querySelector(`[data-field="${CSS.escape(field)}"]`)?.focus();
  }

  /** Show what follows from the draft: with so many viewers, what presses make a trigger. */
  show(viewers) {
    for (const card of this.#cards) card.show(this.#draft, viewers);
    this.#look.show();
  }

  /** Words to mask are not left in view: the stream may show this page. */
  hideWords() {
    if (this.#words) this.#words.open = false;
  }

  #general() {
    const texts = this.#texts;
    const draft = this.#draft;
    const starts = this.#fields.choice(texts.starts, "starts", draft, "starts", texts.starts_choices);
    starts.querySelector(".hint").textContent = texts.starts_hint;
    const onDisconnect = this.#fields.choice(
      texts.on_disconnect,
      "on_disconnect",
      draft,
      "on_disconnect",
      texts.on_disconnect_choices,
    );
    const frequency = this.#fields.number(texts.triggers_per_minute, "triggers_per_minute", draft, "triggers_per_minute");
    frequency.querySelector(".hint").textContent = texts.triggers_per_minute_hint;
    const masking = maskingFields(this.#fields, draft, texts);
    this.#words = masking.at(-1);
    return section(
      texts.general,
      this.#fields.text(texts.title, "title", draft, "title"),
      frequency,
      this.#fields.flag(texts.show_names, "show_names", draft, "show_names"),
      ...masking,
      more(texts.more, starts, onDisconnect),
    );
  }

  // Buttons.

  #buttons() {
    const unfolded = new Map(this.#cards.map((card) => [card.eventType, card.unfolded]));
    this.#cards = this.#draft.buttons.map((button, n) => this.#card(button, n));
    for (const card of this.#cards) card.unfolded = unfolded.get(card.eventType) ?? [false, false];
    const add = actionButton({
      name: "add",
      caption: this.#texts.add_button,
      disabled: this.#draft.buttons.length >= MOST_BUTTONS,
      run: () => this.#addButton(),
    });
    const list = element("div", { class: "cards", "data-field": "buttons" }, ...this.#cards.map(({ node }) => node));
    return section(this.#texts.buttons, list, element("p", "actions", add));
  }

  #card(button, n) {
    return new ButtonCard(button, {
      path: `buttons[${n}]`,
      fields: this.#fields,
      texts: this.#texts,
      languages: this.#languages,
      actions: this.#actionsOn(button, n),
    });
  }

  #actionsOn(button, n) {
    const { buttons } = this.#draft;
    const texts = this.#texts;
    const [isFirst, isLast] = [n === 0, n === buttons.length - 1];
    const move = (by, name) => () => {
      buttons.splice(n, 1);
      buttons.splice(n + by, 0, button);
      this.#redraw(`buttons[${n + by}]`, name);
    };
    const remove = () => {
      buttons.splice(n, 1);
      this.#redraw("buttons");
    };
    return [
      { name: "up", caption: texts.move_up, disabled: isFirst, run: move(-1, "up") },
      { name: "down", caption: texts.move_down, disabled: isLast, run: move(1, "down") },
      { name: "remove", caption: texts.remove, disabled: isFirst && isLast, run: remove },
    ];
  }

  #addButton() {
    const { buttons } = this.#draft;
    const taken = new Set(buttons.map(({ event_type: type }) => type));
    let number = buttons.length + 1;
    while (taken.has(`button${number}`)) number++;
    const button = { event_type: `button${number}`, labels: [], ...NEW_BUTTON };
    buttons.push(button);
    this.draw(this.#draft);
    this.#cards.at(-1).node.open = true;
    this.#redraw(`buttons[${buttons.length - 1}].labels.${this.#languages[0]}`);
  }

  // Multipliers.

  #multipliers() {
    const { multipliers: bands } = this.#draft;
    const rows = bands.map((band, n) => this.#band(band, n, n === bands.length - 1));
    const add = actionButton({
      name: "add",
      caption: this.#texts.add_band,
      disabled: bands.length >= MOST_BANDS,
      run: () => this.#addBand(),
    });
    const list = element("div", { class: "bands", "data-field": "multipliers" }, ...rows);
    const explanation = element("p", "soft", this.#texts.multipliers_explanation);
    const isOpen = this.#bands?.open ?? false;
    this.#bands = more(this.#texts.details, list, element("p", "actions", add));
    this.#bands.open = isOpen;
    return section(this.#texts.multipliers, explanation, this.#bands);
  }

  #band(band, n, isLast) {
    const path = `multipliers[${n}]`;
    const texts = this.#texts;
    const bound = isLast
      ? element("p", "labelled any-more", texts.any_more)
      : this.#fields.number(texts.up_to, `${path}.up_to`, band, "up_to", { inputMode: "numeric" });
    const remove = actionButton({
      name: "remove",
      caption: texts.remove,
      disabled: isLast,
      run: () => {
        this.#draft.multipliers.splice(n, 1);
        this.#redraw("multipliers");
      },
    });
    const factor = this.#fields.number(texts.factor, `${path}.factor`, band, "factor");
    remove.setAttribute("aria-label", texts.action_on(texts.remove, texts.band(n + 1)));
    return element("div", { class: "band", "data-field": path }, bound, factor, remove);
  }

  /** Before the last one, which holds any larger crowd. */
  #addBand() {
    const { multipliers: bands } = this.#draft;
    const last = bands.at(-1);
    const before = bands.at(-2) ?? { up_to: 0, factor: last.factor };
    last.up_to = NO_UPPER_BOUND;
    bands.splice(-1, 0, { up_to: before.up_to * 2 || 5, factor: before.factor });
    this.#redraw(`multipliers[${bands.length - 2}].up_to`);
  }

  // Drawing anew keeps the place of whoever works with the keyboard.

  #redraw(path, action) {
    this.draw(this.#draft);
    this.#fields.edited();
    const place = this.#root.querySelector(`[data-field="${path}"]`);
    const button = place.querySelector(`[data-action="${action}"]:enabled`);
    const target = button ?? (place.matches("input") ? place : place.querySelector(CONTROLS));
    target.focus();
    target.select?.();
  }
}

function section(heading, ...content) {
  return element("section", "card", element("h2", "", heading), ...content);
}
