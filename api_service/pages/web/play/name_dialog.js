import { errorIn } from "../common/errors.js";
import { phrased } from "../common/languages.js";
import { isStored, store } from "./device.js";

const MOST_CHARACTERS = 24; // code points; the server cuts there
const OFFERED_FOR = 20_000; // ms: it covers the head
const HINTED = "streamario:nudged"; // in the storage, once the hint was given

/** The dialog in which a viewer changes the name. */
export class NameDialog {
  #room;
  #texts;
  #nodes;
  #opening = 0; // how often the dialog was opened
  #isSaving = false;

  constructor(room, texts) {
    this.#room = room;
    this.#texts = texts;
    const get = (id) => document.getElementById(id);
    this.#nodes = {
      dialog: get("name-dialog"),
      form: get("name-form"),
      field: get("name-field"),
      save: get("name-save"),
      error: get("name-error"),
    };
    this.#listen(get("name-cancel"));
  }

  #listen(cancel) {
    const { dialog, form, field } = this.#nodes;
    cancel.addEventListener("click", () => dialog.close());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.#isSaving) this.#save();
    });
    field.addEventListener("input", (event) => {
      // A Japanese word may be longer while it is being composed than it will be.
      if (!event.isComposing) cut(field);
    });
    field.addEventListener("compositionend", () => cut(field));
  }

  /** Open the dialog. */
  ask() {
    const { dialog, field, error } = this.#nodes;
    field.value = this.#room.state.viewer?.name ?? "";
    error.textContent = "";
    this.#opening += 1;
    dialog.showModal();
    field.select();
  }

  async #save() {
    const opening = this.#opening;
    const failure = await this.#try(this.#nodes.field.value);
    // Whoever closed the dialog and opened it again is about something else.
    if (opening === this.#opening) this.#conclude(failure);
  }

  /** Set the name; gives the sentence of the error where that did not go well. */
  async #try(name) {
    this.#setSaving(true);
    try {
      await this.#room.setName(name);
      return null;
    } catch (failure) {
      // By its name: this bundle has a class of its own.
      if (failure.name !== "StreamarioError") throw failure;
      return phrased(errorIn(document.documentElement.lang, failure.code));
    } finally {
      this.#setSaving(false);
    }
  }

  #conclude(failure) {
    const { dialog, error } = this.#nodes;
    if (failure) error.textContent = failure;
    else dialog.close();
  }

  /** The button keeps the focus, so it is not disabled. */
  #setSaving(isSaving) {
    const { save } = this.#nodes;
    this.#isSaving = isSaving;
    save.setAttribute("aria-disabled", isSaving);
    save.textContent = isSaving ? this.#texts.saving : this.#texts.save;
  }
}

function cut(field) {
  const characters = [...field.value];
  if (characters.length > MOST_CHARACTERS) {
    field.value = characters.slice(0, MOST_CHARACTERS).join("");
  }
}

/** The hint, given once, that a name would have been shown with the trigger that one has tipped. */
export class NameHint {
  #box = document.getElementById("nudge");
  #until = Infinity;
  #wasGiven = false; // on this page: where nothing can be stored, that is all that is known

  constructor(dialog) {
    document.getElementById("nudge-name").addEventListener("click", () => {
      this.#close();
      dialog.ask();
    });
    document.getElementById("nudge-close").addEventListener("click", () => this.#close());
  }

  /** Give the hint to somebody without a name, where names are shown. */
  offer({ viewer, showsNames }, now) {
    if (viewer?.name || !showsNames || this.#wasGiven || isStored(HINTED)) return;
    this.#wasGiven = true;
    store(HINTED, true);
    this.#until = now + OFFERED_FOR;
    this.#box.hidden = false;
  }

  /** The hint goes with its round, where names are shown no more, and after a while; gives when, in ms. */
  follow({ open, showsNames }, now) {
    if (this.#box.hidden) return Infinity;
    const hasFocus = this.#box.contains(document.activeElement);
    if (open && showsNames && (hasFocus || now < this.#until)) return hasFocus ? Infinity : this.#until;
    this.#box.hidden = true;
    if (hasFocus) document.getElementById("main").focus();
    return Infinity;
  }

  #close() {
    this.#box.hidden = true;
    document.getElementById("name").focus();
  }
}
