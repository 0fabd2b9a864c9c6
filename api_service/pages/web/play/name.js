import { onChange, shownIf } from "../common/elements.js";

/** The viewer's name in the page's head: a button that asks for another one. */
export class Name {
  #texts;
  #button = document.getElementById("name");
  #setShown = shownIf(this.#button);
  #setName = onChange((name) => this.#showName(name));

  constructor(texts, ask) {
    this.#texts = texts;
    this.#button.addEventListener("click", ask);
  }

  /** Show whose page this is; nothing while that is unknown. */
  show(viewer) {
    this.#setShown(Boolean(viewer));
    if (viewer) this.#setName(viewer.name ?? "");
  }

  #showName(name) {
    this.#button.textContent = name || this.#texts.addName;
    if (name) this.#button.setAttribute("aria-label", this.#texts.changeName(name));
    else this.#button.removeAttribute("aria-label");
  }
}
