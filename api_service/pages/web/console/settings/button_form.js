import { html } from "lit-html";
import { captionIn, inSeconds, otherLanguage } from "./button_drafts.js";
import { swatches } from "./color_field.js";
import { folded } from "./form.js";
import { oftenOf, WEIGHTS } from "./how_often.js";
import { pictureField } from "./picture_field.js";
import { soundField } from "./sound_field.js";

const PICTURE = { longest: 256, mayMove: true }; // px

/** All of one button's settings; `advanced` is `{isOpen, toggle(isOpen)}`. */
export function buttonForm(settings, button, n, advanced) {
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
  return button.labels.length === 0 ? texts.nameless_button(button.event_type) : "";
}

function howOften({ texts, form, draft, desk }, n, button) {
  const path = `buttons[${n}].weight`;
  const pick = ([name, weight]) => html`<button type="button" aria-pressed=${button.weight === weight}
    @click=${() => form.set(path, () => (button.weight = weight))}>${texts.often[name]}</button>`;
  const figures = oftenOf(n, draft.now, desk.state);
  return html`<p class="label" id="how-often">${texts.how_often}</p>
    <div class="plain">
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
