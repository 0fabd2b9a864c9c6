import { colorOf, shadesOf } from "../common/colors.js";
import { element } from "../common/elements.js";
import { iconOf } from "../common/look.js";

/** The buttons that will come, while the game has not begun. */
export class Waiting {
  #list;
  #texts;
  #shown = "";

  constructor(list, texts) {
    this.#list = list;
    this.#texts = texts;
  }

  show(buttons, captionOf) {
    const usable = buttons.filter((button) => button.enabled);
    const seen = (button) => [button.icon, button.image, colorOf(button), captionOf(button), button.required];
    const shown = usable.map(seen).join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#list.replaceChildren(...usable.map((button) => this.#entry(button, captionOf(button))));
  }

  #entry(button, caption) {
    const { fill, isDark } = shadesOf(colorOf(button));
    const icon = element("span", { class: "preview-icon", "aria-hidden": "true", "data-dark": isDark });
    icon.style.background = fill;
    iconOf(icon)(button);
    const required = element("span", "preview-required", this.#texts.required(button.required));
    const label = element("span", { class: "preview-label", dir: "auto" }, caption);
    return element("li", "", icon, label, required);
  }
}
