import { withIcon } from "../common/captions.js";
import { colorOf } from "../common/colors.js";
import { element, onChange, textOf } from "../common/elements.js";
import { labelOf } from "../streamario.js";
import { thresholdOf } from "./thresholds.js";

const LANGUAGES = ["ja", "en"];

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

  /** Show the line anew: the draft or the number of viewers is another. */
  show(multipliers, viewers) {
    const { event_type: eventType, labels, enabled } = this.#button;
    this.#set.color(colorOf(this.#button));
    const label = labelOf({ eventType, labels }, this.#languages);
    this.#set.caption(withIcon(this.#button, label));
    this.#set.type(enabled ? eventType : `${eventType} · ${this.#texts.off}`);
    this.#set.threshold(this.#thresholdNow(multipliers, viewers));
    this.#showHints(this.#button);
    for (const action of this.#actions) {
      action.setAttribute("aria-label", this.#texts.action_on(action.textContent, eventType));
    }
  }

  /** How many presses a trigger needs; with a pace, a fast crowd needs more. */
  #thresholdNow(multipliers, viewers) {
    const count = thresholdOf(this.#button, multipliers, viewers);
    const paced = this.#button.pace_ms > 0;
    return Number.isFinite(count) ? this.#texts.threshold_now({ count, viewers, paced }) : "";
  }

  /** What is no mistake, but may not be what was meant. */
  #showHints({ base, max, cooldown_ms: cooldown }) {
    this.#set.baseHint(base && max && base > max ? this.#texts.base_above_max(max) : "");
    this.#set.cooldownHint(cooldown ? this.#texts.seconds(cooldown / 1_000) : "");
  }

  /** The swatch, and the input too: without a colour of its own, a button has its team's. */
  #showColor(swatch, color) {
    swatch.style.background = color;
    this.node.querySelector("input[type=color]").value = color;
  }

  #summary() {
    const [swatch, caption, type, threshold] = ["swatch", "caption", "code", "threshold"].map(
      (name) => element("span", name),
    );
    this.#set = {
      color: onChange((color) => this.#showColor(swatch, color)),
      caption: textOf(caption),
      type: textOf(type),
      threshold: textOf(threshold),
    };
    return element("summary", "", swatch, caption, type, threshold);
  }

  #body(path, fields) {
    const button = this.#button;
    const texts = this.#texts;
    const captions = LANGUAGES.map((lang) =>
      fields.text(
        texts[`caption_${lang}`],
        `${path}.labels.${lang}`,
        captionIn(button, lang),
        "text",
        { lang },
      ),
    );
    const at = (key) => [`${path}.${key}`, button, key];
    const base = fields.number(texts.base, ...at("base"), { inputMode: "numeric" });
    const cooldown = fields.number(texts.cooldown, ...at("cooldown_ms"), { inputMode: "numeric" });
    const pace = fields.number(texts.pace, `${path}.pace_ms`, inSeconds(button, "pace_ms"), "value");
    pace.querySelector(".hint").textContent = texts.pace_hint;
    this.#set.baseHint = textOf(base.querySelector(".hint"));
    this.#set.cooldownHint = textOf(cooldown.querySelector(".hint"));
    const grid = element(
      "div",
      "grid",
      fields.text(texts.event_type, ...at("event_type"), { spellcheck: false }),
      ...captions,
      fields.text(texts.icon, ...at("icon")),
      fields.color(texts.color, `${path}.color`, button),
      fields.choice(texts.team, ...at("team"), texts.teams),
      base,
      fields.number(texts.min, ...at("min"), { inputMode: "numeric" }),
      fields.number(texts.max, ...at("max"), { inputMode: "numeric" }),
      cooldown,
      pace,
      fields.flag(texts.enabled, ...at("enabled")),
    );
    return element("div", "body", grid, element("p", "actions", ...this.#actions));
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

/** A button's caption in one language, as something with a `text`; other languages stay. */
function captionIn(button, lang) {
  const found = () => button.labels.find((label) => label.lang === lang);
  return {
    get text() {
      return found()?.text ?? "";
    },
    set text(text) {
      const others = button.labels.filter((label) => label !== found());
      const kept = found() ?? { lang, text };
      if (text === "") button.labels = others;
      else if (found()) kept.text = text;
      else button.labels = [...others, kept];
    },
  };
}

/** A button that runs an action of `{name, caption, disabled, run}`. */
export function actionButton({ name, caption, disabled = false, run }) {
  const button = element("button", "button small", caption);
  Object.assign(button, { type: "button", disabled });
  button.dataset.action = name;
  button.addEventListener("click", run);
  return button;
}
