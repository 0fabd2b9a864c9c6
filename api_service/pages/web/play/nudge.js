import { isStored, store } from "./switches.js";

const STORAGE_KEY = "streamario:nudged"; // in the storage, once the hint was given

/** The hint, given once, that a name would have been shown with the trigger that one has tipped. */
export class Nudge {
  #box = document.getElementById("nudge");
  #wasGiven = false; // on this page: where nothing can be stored, that is all that is known

  constructor(name) {
    document.getElementById("nudge-name").addEventListener("click", () => {
      this.#close();
      name.ask();
    });
    document.getElementById("nudge-close").addEventListener("click", () => this.#close());
  }

  /** Give the hint to somebody without a name, where names are shown. */
  offer({ viewer, showsNames }) {
    if (viewer?.name || !showsNames || this.#wasGiven || isStored(STORAGE_KEY)) return;
    this.#wasGiven = true;
    store(STORAGE_KEY, true);
    this.#box.hidden = false;
  }

  /** The hint goes with its round, and where names are shown no more. */
  follow({ open, showsNames }) {
    if (this.#box.hidden || (open && showsNames)) return;
    const hadFocus = this.#box.contains(document.activeElement);
    this.#box.hidden = true;
    if (hadFocus) document.getElementById("main").focus();
  }

  #close() {
    this.#box.hidden = true;
    document.getElementById("name").focus();
  }
}
