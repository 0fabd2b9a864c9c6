import { element, textOf } from "../../common/elements.js";
import { OWN, paletteOf } from "../../common/palette.js";
import { LookPreview } from "./look_preview.js";
import { PictureField } from "./picture_field.js";

const LOGO = { longest: 512 }; // px
const BACKGROUND = { longest: 1_600 };

/** How the room looks: the part of the settings that writes to the draft's `theme`. */
export class LookForm {
  #theme;
  #fields;
  #texts;
  #pictures;
  #hints = {};
  #preview;
  node;

  constructor(draft, { fields, texts, languages }) {
    this.#theme = draft.theme;
    this.#fields = fields;
    this.#texts = texts;
    this.#preview = new LookPreview(draft, { texts, languages });
    this.#pictures = [this.#picture("logo", LOGO), this.#picture("background", BACKGROUND)];
    const pictures = this.#pictures.map(({ node }) => node);
    const grids = [this.#inputs(), pictures].map((inputs) => element("div", "grid", ...inputs));
    const hint = element("p", "soft", texts.look_hint);
    const heading = element("h2", "", texts.look);
    this.node = element("section", "card look", heading, hint, ...grids, this.#preview.node);
  }

  /** Show what was edited: pictures, corrected colours, the preview. */
  show() {
    for (const picture of this.#pictures) picture.show();
    this.#hints.accent(this.#correctionOf("accent", "--accent"));
    this.#hints.backdrop(this.#correctionOf("backdrop", "--paper"));
    this.#preview.show();
  }

  #inputs() {
    const { team_names: names } = this.#theme;
    const texts = this.#texts;
    return [
      this.#color("accent", OWN.day.accent),
      this.#color("backdrop", OWN.day.paper),
      this.#fields.choice(texts.font, "theme.font", this.#theme, "font", texts.fonts),
      this.#fields.text(texts.team_skill, "theme.team_names.skill", names, "skill"),
      this.#fields.text(texts.team_enemy, "theme.team_names.enemy", names, "enemy"),
    ];
  }

  /** A colour, and the way back to the page's own. */
  #color(key, own) {
    const label = this.#texts[key];
    const row = this.#fields.color(label, `theme.${key}`, this.#theme, key, own);
    const input = row.querySelector("input");
    const reset = element("button", "button small", this.#texts.own_color);
    reset.type = "button";
    reset.setAttribute("aria-label", this.#texts.action_on(this.#texts.own_color, label));
    reset.addEventListener("click", () => {
      this.#theme[key] = "";
      input.value = own;
      this.#fields.edited();
    });
    const choice = element("span", "color-choice", reset);
    input.replaceWith(choice);
    choice.prepend(input);
    this.#hints[key] = textOf(row.querySelector(".hint"));
    return row;
  }

  /** With what colour pages show the one that was chosen, where that is another. */
  #correctionOf(key, property) {
    const chosen = this.#theme[key];
    if (!chosen) return "";
    const [day, night] = [false, true].map((isNight) => paletteOf(this.#theme, { isNight })[property]);
    return day === chosen && night === chosen ? "" : this.#texts.adjusted({ day, night });
  }

  #picture(key, kind) {
    const options = { kind, texts: this.#texts, edited: () => this.#fields.edited() };
    return new PictureField(this.#texts[key], `theme.${key}`, this.#theme, key, options);
  }
}
