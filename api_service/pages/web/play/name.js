import { onChange, shownIf } from "../common/elements.js";
import { isStored, store } from "./device.js";
import { later } from "./load_later.js";

const HINTED = "streamario:nudged"; // in the storage, once the hint was given

/** The viewer's name in the page's head. */
export class Name {
  #room;
  #texts;
  #button = document.getElementById("name");
  #showButton = shownIf(this.#button);
  #setName = onChange((name) => this.#showName(name));
  #dialog = null; // NameDialog, once it is loaded

  constructor(room, texts) {
    this.#room = room;
    this.#texts = texts;
    this.#button.addEventListener("click", () => this.ask());
  }

  /** Show whose page this is; nothing while that is unknown. */
  show(viewer) {
    this.#showButton(Boolean(viewer));
    if (viewer) this.#setName(viewer.name ?? "");
  }

  #showName(name) {
    this.#button.textContent = name || this.#texts.addName;
    if (name) this.#button.setAttribute("aria-label", this.#texts.changeName(name));
    else this.#button.removeAttribute("aria-label");
  }

  /** Open the dialog. */
  async ask() {
    const loaded = await later();
    if (!loaded) return;
    this.#dialog ??= new loaded.NameDialog(this.#room, this.#texts);
    this.#dialog.open();
  }
}

/** The hint, given once, that a name would have been shown with the trigger that one has tipped. */
export class NameHint {
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
    if (viewer?.name || !showsNames || this.#wasGiven || isStored(HINTED)) return;
    this.#wasGiven = true;
    store(HINTED, true);
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
