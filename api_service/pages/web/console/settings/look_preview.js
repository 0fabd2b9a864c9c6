import { colorOf, shadesOf } from "../../common/colors.js";
import { element, textOf } from "../../common/elements.js";
import { loadFonts } from "../../common/fonts.js";
import { applyTheme, iconOf, imageOf } from "../../common/look.js";
import { OWN } from "../../common/palette.js";
import { labelOf } from "../../streamario.js";

/** The viewers' page in small, as the draft has it: by day and by night. */
export class LookPreview {
  #draft;
  #pages;
  node;

  constructor(draft, { texts, languages }) {
    this.#draft = draft;
    this.#pages = ["day", "night"].map((time) => new SmallPage(time, texts, languages));
    this.node = element("div", "look-preview", ...this.#pages.map(({ node }) => node));
    this.node.setAttribute("role", "img");
    this.node.setAttribute("aria-label", texts.preview);
  }

  show() {
    for (const page of this.#pages) page.show(this.#draft);
  }
}

class SmallPage {
  #time;
  #languages;
  #key = element("span", "look-key");
  #set;
  node;

  constructor(time, texts, languages) {
    this.#time = time;
    this.#languages = languages;
    const logo = element("img", { class: "look-logo", alt: "" });
    const [title, icon, label] = [element("b"), element("span", "look-icon"), element("span")];
    this.#set = {
      ...{ logo: imageOf(logo), icon: iconOf(icon) },
      ...{ title: textOf(title), label: textOf(label) },
    };
    this.#key.append(icon, label);
    const words = element("span", "soft", texts.preview_times[time]);
    const primary = element("span", "button primary small", texts.preview_accent);
    this.node = element("div", "look-page", element("p", "", logo, title), words, this.#key, primary);
  }

  show({ title, theme = {}, buttons: [button] }) {
    // A theme without colours has none to give, and these are not the colours of the console.
    const accent = theme.accent || OWN[this.#time].accent;
    if (theme.font) loadFonts();
    applyTheme(this.node, { ...theme, accent }, this.#time === "night");
    this.#set.logo(theme.logo);
    this.#set.title(title || "Streamario");
    this.#set.icon(button);
    this.#set.label(labelOf({ ...button, eventType: button.event_type }, this.#languages));
    const { fill, isDark } = shadesOf(colorOf(button));
    this.#key.style.background = fill;
    this.#key.toggleAttribute("data-dark", isDark);
  }
}
