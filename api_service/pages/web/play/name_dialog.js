import { errorIn } from "../common/errors.js";
import { phrased } from "../common/languages.js";

const MOST_CHARACTERS = 24; // code points; the server cuts there

/** The dialog that changes the viewer's name. */
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
      field: get("name-field"),
      save: get("name-save"),
      error: get("name-error"),
    };
    this.#listen(get("name-form"), get("name-cancel"));
  }

  #listen(form, cancel) {
    const { dialog, field } = this.#nodes;
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

  open() {
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

  /** Set the name; gives the code of the error where that did not go well. */
  async #try(name) {
    this.#setSaving(true);
    try {
      await this.#room.setName(name);
      return null;
    } catch (failure) {
      if (failure.name === "StreamarioError") return failure.code;
      throw failure;
    } finally {
      this.#setSaving(false);
    }
  }

  #conclude(failure) {
    const { dialog, error } = this.#nodes;
    if (failure) error.textContent = phrased(errorIn(document.documentElement.lang, failure));
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
