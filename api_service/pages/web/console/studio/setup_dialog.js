import { element } from "../../common/elements.js";
import { actionButton, labelled, showOnce } from "../parts.js";
import { LONGEST_NAME } from "./setup_names.js";

/** What can be done to one setup; `actions`: `rename(name)`, `duplicate()`, `export()`, `delete()`. */
export class SetupDialog {
  #dialog = element("dialog", "studio-dialog");
  #name = nameField();

  constructor({ name }, texts, actions) {
    this.#name.value = name;
    const heading = element("h2", "", name);
    heading.id = "setup-dialog-heading";
    this.#dialog.setAttribute("aria-labelledby", heading.id);
    const form = element("form", "", heading, labelled(texts.setup_name, this.#name));
    form.method = "dialog";
    form.append(this.#actions(texts, actions));
    form.addEventListener("submit", (event) => this.#rename(event, actions.rename));
    this.#dialog.append(form);
  }

  open() {
    showOnce(this.#dialog);
  }

  #actions(texts, actions) {
    const cancel = element("button", "button small", texts.cancel);
    Object.assign(cancel, { type: "button" });
    cancel.addEventListener("click", () => this.#dialog.close());
    const others = ["duplicate", "export", "delete"].map((name) =>
      actionButton({ name, caption: texts[name], run: () => this.#close(actions[name]) }),
    );
    others.at(-1).classList.add("danger");
    const rename = element("button", "button small primary", texts.rename);
    return element("p", "actions", rename, ...others, cancel);
  }

  #rename(event, rename) {
    const name = this.#name.value.trim();
    if (name) this.#close(() => rename(name));
    else event.preventDefault();
  }

  #close(andThen) {
    this.#dialog.close();
    andThen();
  }
}

/** A field for a setup's name. */
export function nameField() {
  const input = element("input", "field");
  return Object.assign(input, {
    id: `setup-name-${nameField.made++}`,
    maxLength: LONGEST_NAME * 2, // a code point is one or two UTF-16 units; the server counts
    required: true,
    autocomplete: "off",
  });
}
nameField.made = 0;
