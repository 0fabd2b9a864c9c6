import { withIcon } from "../../common/buttons.js";
import { colorOf } from "../../common/colors.js";
import { element, onChange, textOf } from "../../common/elements.js";
import { labelOf } from "../../streamario.js";
import { actionButton, more } from "../parts.js";
import { PictureField } from "./picture_field.js";
import { soundField } from "./sound_field.js";
import { thresholdOf } from "./thresholds.js";

const LANGUAGES = ["ja", "en"];
const GIVEN_NAME = /^(スキル|敵|Skill |Enemy )[1-3]$/; // of a button that nobody has named
const IMAGE = { longest: 256, mayMove: true }; // px

/**
 * One button in the settings editor, folded to a line until it is opened.
 *
 * `actions` are `{name, caption, disabled, run}`: what may be done to the button as a whole.
 */
export class ButtonCard {
  #button;
  #texts;
  #languages;
  #set;
  #actions;
  #image;
  #sound;
  #teams;
  #more;
  node = element("details", "button-card");

  constructor(button, { path, fields, texts, languages, actions }) {
    this.#button = button;
    this.#texts = texts;
    this.#languages = languages;
    this.node.dataset.field = path;
    this.#actions = actions.map(actionButton);
    this.node.append(this.#summary(), this.#body(path, fields));
  }

  get eventType() {
    return this.#button.event_type;
  }

  /** Whether the card is unfolded, and what few need in it. */
  get unfolded() {
    return [this.node.open, this.#more.open];
  }

  set unfolded([card, more]) {
    this.node.open = card;
    this.#more.open = more;
  }

  /** Show the line anew: the draft of all settings or the number of viewers is another. */
  show({ multipliers, theme, triggers_per_minute: frequency }, viewers) {
    const { event_type: eventType, labels, enabled } = this.#button;
    this.#set.color(colorOf(this.#button));
    const label = labelOf({ eventType, labels }, this.#languages);
    this.#set.caption(withIcon(this.#button, label));
    this.#set.off(enabled ? "" : this.#texts.off);
    this.#set.threshold(this.#thresholdNow(multipliers, viewers, frequency));
    this.#showHints(this.#button);
    this.#showTeams(theme.team_names);
    this.#image.show();
    this.#sound.show();
    for (const action of this.#actions) {
      action.setAttribute("aria-label", this.#texts.action_on(action.textContent, label));
    }
  }

  /** How many presses a trigger needs; with a pace, a fast crowd needs more. */
  #thresholdNow(multipliers, viewers, frequency) {
    const count = thresholdOf(this.#button, multipliers, viewers);
    const paced = this.#button.pace_ms > 0 || frequency > 0;
    return Number.isFinite(count) ? this.#texts.threshold_now({ count, viewers, paced }) : "";
  }

  /** What is no mistake, but may not be what was meant. */
  #showHints({ base, max, cooldown_ms: cooldown }) {
    const other = captionIn(this.#button, this.#otherLanguage).text;
    this.#set.translation(other);
    this.#set.nameHint(this.#nameHint(other));
    this.#set.baseHint(base && max && base > max ? this.#texts.base_above_max(max) : "");
    this.#set.cooldownHint(cooldown ? this.#texts.seconds(cooldown / 1_000) : "");
  }

  /** How viewers of the other language know it, or all where it has no name. */
  #nameHint(other) {
    const { labels, event_type: type } = this.#button;
    if (other) return this.#texts.also_called(other);
    return labels.length === 0 ? this.#texts.nameless_button(type) : "";
  }

  /** A team is called as viewers know it. */
  #showTeams(names) {
    for (const option of this.#teams) {
      option.textContent = names[option.value] || this.#texts.teams[option.value];
    }
  }

  /** The swatch, and the input too: without a colour of its own, a button has its team's. */
  #showColor(swatch, color) {
    swatch.style.background = color;
    this.node.querySelector("input[type=color]").value = color;
  }

  #summary() {
    const [swatch, caption, off, threshold] = ["swatch", "caption", "soft", "threshold"].map(
      (name) => element("span", name),
    );
    this.#set = {
      color: onChange((color) => this.#showColor(swatch, color)),
      caption: textOf(caption),
      off: textOf(off),
      threshold: textOf(threshold),
    };
    return element("summary", "", swatch, caption, off, threshold);
  }

  /** The language that the streamer does not read. */
  get #otherLanguage() {
    return LANGUAGES.find((lang) => lang !== this.#languages[0]);
  }

  /** What a streamer changes comes first. */
  #body(path, fields) {
    const texts = this.#texts;
    const at = (key) => [`${path}.${key}`, this.#button, key];
    const languages = [this.#languages[0], this.#otherLanguage];
    const name = this.#caption(texts.button_name, path, fields, ...languages);
    const base = fields.number(texts.base, ...at("base"), { inputMode: "numeric" });
    this.#set.nameHint = textOf(name.querySelector(".hint"));
    this.#set.baseHint = textOf(base.querySelector(".hint"));
    const edited = () => fields.edited();
    this.#image = new PictureField(texts.image, ...at("image"), { kind: IMAGE, texts, edited });
    this.#sound = soundField({ button: this.#button, path, fields, texts });
    const grid = element(
      "div",
      "grid",
      name,
      fields.text(texts.icon, ...at("icon")),
      fields.color(texts.color, ...at("color"), colorOf(this.#button)),
      base,
      this.#pace(path, fields),
      this.#sound.node,
      fields.flag(texts.enabled, ...at("enabled")),
      this.#image.node,
    );
    const actions = element("p", "actions", ...this.#actions);
    this.#more = more(texts.more, this.#rarelyNeeded(path, fields));
    return element("div", "body", grid, this.#more, actions);
  }

  #rarelyNeeded(path, fields) {
    const texts = this.#texts;
    const at = (key) => [`${path}.${key}`, this.#button, key];
    const cooldown = fields.number(texts.cooldown, ...at("cooldown_ms"), { inputMode: "numeric" });
    this.#set.cooldownHint = textOf(cooldown.querySelector(".hint"));
    const lang = this.#otherLanguage;
    const translation = this.#caption(texts[`caption_${lang}`], path, fields, lang);
    const input = translation.querySelector("input");
    this.#set.translation = onChange((text) => (input.value = text));
    const weight = fields.number(texts.weight, ...at("weight"));
    weight.querySelector(".hint").textContent = texts.weight_hint;
    const team = fields.choice(texts.team, ...at("team"), texts.teams);
    this.#teams = team.querySelectorAll("option");
    return element(
      "div",
      "grid",
      translation,
      fields.text(texts.event_type, ...at("event_type"), { spellcheck: false }),
      team,
      fields.number(texts.min, ...at("min"), { inputMode: "numeric" }),
      fields.number(texts.max, ...at("max"), { inputMode: "numeric" }),
      cooldown,
      weight,
    );
  }

  #caption(label, path, fields, lang, translated) {
    const caption = captionIn(this.#button, lang, translated);
    return fields.text(label, `${path}.labels.${lang}`, caption, "text", { lang });
  }

  #pace(path, fields) {
    const seconds = inSeconds(this.#button, "pace_ms");
    const pace = fields.number(this.#texts.pace, `${path}.pace_ms`, seconds, "value");
    pace.querySelector(".hint").textContent = this.#texts.pace_hint;
    return pace;
  }
}

/** A setting in ms, as something with a `value` in seconds. */
function inSeconds(button, key) {
  return {
    get value() {
      return (button[key] ?? 0) / 1_000;
    },
    set value(seconds) {
      button[key] = seconds === null ? null : Math.round(seconds * 1_000);
    },
  };
}

/**
 * A button's caption in one language, as something with a `text`; other languages stay. But where
 * nobody has named the button in `translated`, viewers of that language see the new name as well.
 */
function captionIn(button, lang, translated) {
  const found = () => button.labels.find((label) => label.lang === lang);
  const isGiven = (label) => label.lang === translated && GIVEN_NAME.test(label.text);
  return {
    get text() {
      return found()?.text ?? "";
    },
    set text(text) {
      const caption = found() ?? { lang };
      caption.text = text;
      const labels = [...new Set([...button.labels, caption])];
      button.labels = labels.filter((label) => label.text !== "" && !isGiven(label));
    },
  };
}
