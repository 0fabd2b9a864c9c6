import { html } from "lit-html";
import { themeColor } from "./color_field.js";
import { pictureField } from "./picture_field.js";

const LOGO = { longest: 512 }; // px
const BACKGROUND = { longest: 1_600 };

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
