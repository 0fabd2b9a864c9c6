import { StreamarioError } from "../streamario.js";
import { onChange, shownIf } from "../common/elements.js";
import { phrased } from "../common/languages.js";
import { isStored, store } from "./device.js";
import { loadDeferred } from "./load_deferred.js";

const MOST_CHARACTERS = 24; // code points; the server cuts there
const HINTED = "streamario:nudged"; // in the storage, once the hint was given

/** The viewer's name in the page's head, and the dialog that changes it. */
export class Name {
  #room;
  #texts;
  #nodes;
  #set;
  #opening = 0; // how often the dialog was opened
  #isSaving = false;

  constructor(room, texts) {
    this.#room = room;
    this.#texts = texts;
    const get = (id) => document.getElementById(id);
    this.#nodes = {
      button: get("name"),
      dialog: get("name-dialog"),
      form: get("name-form"),
      field: get("name-field"),
      save: get("name-save"),
      error: get("name-error"),
    };
    this.#set = {
      shown: shownIf(this.#nodes.button),
      name: onChange((name) => this.#showName(name)),
    };
    this.#listen(get("name-cancel"), get("rename"));
  }

  /** Show whose page this is; nothing while that is unknown. */
  show(viewer) {
    this.#set.shown(Boolean(viewer));
    if (viewer) this.#set.name(viewer.name ?? "");
  }

  #showName(name) {
    const { button } = this.#nodes;
    button.textContent = name || this.#texts.addName;
    if (name) button.setAttribute("aria-label", this.#texts.changeName(name));
    else button.removeAttribute("aria-label");
  }

  #listen(cancel, rename) {
    const { button, dialog, form, field } = this.#nodes;
    for (const opener of [button, rename]) opener.addEventListener("click", () => this.ask());
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
      if (!(failure instanceof StreamarioError)) throw failure;
      const loaded = await loadDeferred();
      return loaded ? phrased(loaded.errorIn(document.documentElement.lang, failure.code)) : this.#texts.nameFailed;
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
