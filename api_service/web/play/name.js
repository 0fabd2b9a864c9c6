import { StreamarioError } from "../streamario.js";
import { onChange, shownIf } from "../common/elements.js";

const MOST_CHARACTERS = 24; // code points; the server cuts there

/** The viewer's name in the page's head, and the dialog that changes it. */
export class Name {
  #room;
  #texts;
  #nodes;
  #set;

  constructor(room, texts) {
    this.#room = room;
    this.#texts = texts;
    const get = (id) => document.getElementById(id);
    this.#nodes = {
      button: get("name"),
      dialog: get("name-dialog"),
      form: get("name-form"),
      field: get("name-field"),
      error: get("name-error"),
    };
    this.#set = {
      shown: shownIf(this.#nodes.button),
      name: onChange((name) => this.#showName(name)),
    };
    this.#listen(get("name-cancel"));
  }

  /** Show whose page this is; nothing while that is unknown. */
  show(viewer) {
    this.#set.shown(Boolean(viewer));
    if (viewer) this.#set.name(viewer.name ?? "");
  }

  #showName(name) {
    const { button } = this.#nodes;
    button.textContent = name || this.#texts.addName;
    button.ariaLabel = name ? this.#texts.changeName(name) : null;
  }

  #listen(cancel) {
    const { button, dialog, form, field } = this.#nodes;
    button.addEventListener("click", () => this.#ask());
    cancel.addEventListener("click", () => dialog.close());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
    field.addEventListener("input", (event) => {
      // A Japanese word may be longer while it is being composed than it will be.
      if (!event.isComposing) cut(field);
    });
    field.addEventListener("compositionend", () => cut(field));
  }

  #ask() {
    const { dialog, field, error } = this.#nodes;
    field.value = this.#room.state.viewer?.name ?? "";
    error.textContent = "";
    dialog.showModal();
    field.select();
  }

  async #save() {
    const { dialog, field, error } = this.#nodes;
    try {
      await this.#room.setName(field.value);
      dialog.close();
    } catch (failure) {
      if (!(failure instanceof StreamarioError)) throw failure;
      error.textContent = this.#texts.nameFailed;
    }
  }
}

function cut(field) {
  const characters = [...field.value];
  if (characters.length > MOST_CHARACTERS) {
    field.value = characters.slice(0, MOST_CHARACTERS).join("");
  }
}
