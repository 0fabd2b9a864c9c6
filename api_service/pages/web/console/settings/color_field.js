import { html } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { styleMap } from "../style_map.js";
import { colorOf, shadesOf } from "../../common/colors.js";
import { OWN, paletteOf } from "../../common/palette.js";
import { COLORS } from "./button_drafts.js";
import { idOf } from "./form.js";

/** A button's colour: one of the phones', or another. */
export function swatches({ texts, form }, path, button) {
  const chosen = colorOf(button);
  const isOwn = !Object.values(COLORS).includes(chosen);
  const { fill, isDark } = shadesOf(chosen);
  const legible = styleMap({ "--c": fill, "--letters": isDark ? "#fff" : "var(--key-ink)" });
  const swatch = ([name, color]) => html`<button class="swatch" type="button" aria-label=${texts.colors[name]}
    aria-pressed=${color === chosen} style=${styleMap({ "--c": color })}
    @click=${() => form.set(path, () => (button.color = color))}></button>`;
  return html`<div class="labelled">
    <p class="label">${texts.color}</p>
    <div class="swatches" role="group" aria-label=${texts.color}>
      ${Object.entries(COLORS).map(swatch)}
      <label class="own-color" data-chosen=${isOwn} style=${legible}>${texts.own}
        ${colorInput(form, texts.own_color, path, button, "color", chosen)}</label>
    </div>${form.refusal(path)}</div>`;
}

/** A colour of the theme, with the way back to the page's own; how pages show it is said where that is another. */
export function themeColor({ texts, form }, path, theme, key) {
  const own = { accent: OWN.day.accent, backdrop: OWN.day.paper }[key];
  const reset = () => form.set(path, () => (theme[key] = ""));
  const input = html`<div class="row">
    <span class="theme-color" style=${styleMap({ "--c": theme[key] || own })}>
      ${colorInput(form, texts[key], path, theme, key, theme[key] || own)}</span>
    <button class="btn small quiet" type="button" ?disabled=${!theme[key]} @click=${reset}
      aria-label=${texts.action_on(texts.default_color, texts[key])}>${texts.default_color}</button></div>`;
  return form.labelled(texts[key], path, correctionOf(theme, key, texts), input);
}

function colorInput(form, label, path, owner, key, shown) {
  return html`<input type="color" aria-label=${label} .value=${live(shown)} id=${idOf(path)} data-field=${path}
    aria-describedby="${idOf(path)}-hint ${idOf(path)}-refusal"
    @input=${({ target }) => form.set(path, () => (owner[key] = target.value))}>`;
}

/** With what colour pages show the one that was chosen, where that is another. */
function correctionOf(theme, key, texts) {
  const property = { accent: "--accent", backdrop: "--paper" }[key];
  const chosen = theme[key];
  if (!chosen) return "";
  const [day, night] = [false, true].map((isNight) => paletteOf(theme, { isNight })[property]);
  return day === chosen && night === chosen ? "" : texts.adjusted({ day, night });
}
