const KEPT = "streamario:nudged"; // in the storage, once the hint was given

/** The hint, given once, that a name would have been shown with the trigger that one has tipped. */
export class Nudge {
  #box = document.getElementById("nudge");

  constructor(name) {
    document.getElementById("nudge-name").addEventListener("click", () => {
      this.#close();
      name.ask();
    });
    document.getElementById("nudge-close").addEventListener("click", () => this.#close());
  }

  /** Give the hint to somebody without a name, where names are shown. */
  offer({ viewer, showsNames }) {
    if (viewer?.name || !showsNames || this.#wasGiven()) return;
    this.#remember();
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

  // Where nothing can be stored, the hint is given once a page.

  #wasGiven() {
    try {
      return localStorage.getItem(KEPT) !== null;
    } catch {
      return this.#box.dataset.given !== undefined;
    }
  }

  #remember() {
    this.#box.dataset.given = "";
    try {
      localStorage.setItem(KEPT, "1");
    } catch {
      // Not kept.
    }
  }
}
