import { element } from "../../common/elements.js";
import { buttonOf } from "../parts.js";

/** Above rows that are scrolled down: how many newer ones came meanwhile, and the way up to them. */
export class Newer {
  #scroller;
  #caption;
  #count = 0;
  #isAway = false;
  #button = buttonOf("small", "", () => this.#goUp());

  /** `caption(count)` is what the button says. */
  constructor(scroller, caption) {
    this.#scroller = scroller;
    this.#caption = caption;
    this.#button.hidden = true;
    scroller.prepend(element("p", "newer", this.#button));
    // What is behind another tab is not scrolled, and says 0.
    scroller.addEventListener("scroll", () => this.#setAway(scroller.scrollTop > 0));
  }

  /** So many came, at the top. */
  came(count) {
    if (!this.#isAway || count === 0) return;
    this.#count += count;
    this.#button.textContent = this.#caption(this.#count);
    this.#button.hidden = false;
  }

  /** Whoever goes up by the keyboard can scroll on from there. */
  #goUp() {
    this.#scroller.scrollTop = 0;
    this.#scroller.focus();
    this.#setAway(false);
  }

  #setAway(isAway) {
    this.#isAway = isAway;
    if (isAway) return;
    this.#count = 0;
    this.#button.hidden = true;
  }
}
