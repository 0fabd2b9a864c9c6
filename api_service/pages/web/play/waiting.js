import { colorOf, shadesOf } from "../common/colors.js";
import { element, inOwnDirection } from "../common/elements.js";
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
    const icon = element("span", "preview-icon");
    iconOf(icon)(button);
    icon.setAttribute("aria-hidden", "true");
    const { fill, isDark } = shadesOf(colorOf(button));
    icon.style.background = fill;
    icon.toggleAttribute("data-dark", isDark);
    const required = element("span", "preview-required", this.#texts.required(button.required));
    return element("li", "", icon, inOwnDirection(element("span", "preview-label", caption)), required);
  }
}
