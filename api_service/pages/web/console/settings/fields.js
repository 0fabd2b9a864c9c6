import { element } from "../../common/elements.js";
import { say } from "../parts.js";

/**
 * Labelled inputs, each bound to one value of a draft: `owner[key]`. `path` is what the server
 * calls the value where it finds it wrong (`buttons[2].min`). `onEdit` is called after each edit.
 */
export class Fields {
  #onEdit;

  constructor(onEdit) {
    this.#onEdit = onEdit;
  }

  /** Something was edited otherwise than by these inputs. */
  edited() {
    this.#onEdit();
  }

  text(label, path, owner, key, attributes = {}) {
    const input = element("input", "field");
    Object.assign(input, { type: "text", autocomplete: "off", value: owner[key], ...attributes });
    return this.#bound(label, path, input, () => (owner[key] = input.value));
  }

  /** A list of texts, one a line; empty lines do not count. */
  lines(label, path, owner, key) {
    const input = element("textarea", "field");
    Object.assign(input, { rows: 4, value: owner[key].join("\n") });
    return this.#bound(label, path, input, () => {
      owner[key] = input.value.split("\n").map((line) => line.trim()).filter(Boolean);
    });
  }

  /** Nothing entered is null: the server says what it should be. */
  number(label, path, owner, key, attributes = {}) {
    const input = element("input", "field figures");
    Object.assign(input, { type: "number", step: "any", value: owner[key] ?? "", ...attributes });
    return this.#bound(label, path, input, () => {
      owner[key] = input.value === "" ? null : Number(input.value);
    });
  }

  /** Without a colour of its own, `own` is shown. */
  color(label, path, owner, key, own) {
    const input = element("input", "field color");
    Object.assign(input, { type: "color", value: owner[key] || own });
    return this.#bound(label, path, input, () => (owner[key] = input.value));
  }

  /** `options`: value → caption. */
  choice(label, path, owner, key, options) {
    const input = element("select", "field");
    input.append(...Object.entries(options).map(([value, caption]) => new Option(caption, value)));
    input.value = owner[key];
    return this.#bound(label, path, input, () => (owner[key] = input.value));
  }

  flag(label, path, owner, key) {
    const input = element("input");
    Object.assign(input, { type: "checkbox", checked: owner[key] });
    const row = this.#bound(label, path, input, () => (owner[key] = input.checked));
    row.classList.add("flag");
    return row;
  }

  #bound(label, path, input, write) {
    input.id = `field ${path}`.replaceAll(/[^a-z0-9_]+/gi, "-");
    input.dataset.field = path;
    const caption = element("label", { for: input.id }, label);
    const refusal = element("p", "refusal");
    refusal.id = `${input.id}-refusal`;
    refusal.hidden = true;
    const hint = element("span", "hint");
    hint.id = `${input.id}-hint`;
    input.setAttribute("aria-describedby", `${refusal.id} ${hint.id}`);
    input.addEventListener("input", () => {
      write();
      accept(input);
      this.#onEdit();
    });
    return element("div", "labelled", caption, input, hint, refusal);
  }
}

/** Say at an input what is wrong with its value. */
export function refuse(input, sentence) {
  say(refusalOf(input), sentence);
  input.setAttribute("aria-invalid", "true");
}

/** Take back what was said. */
function accept(input) {
  say(refusalOf(input), "");
  input.removeAttribute("aria-invalid");
}

/** Take back all that was said in a form, also where there is no input for it. */
export function acceptAll(form) {
  for (const input of form.querySelectorAll(".labelled [data-field][aria-invalid]")) accept(input);
  for (const loose of form.querySelectorAll(".refusal.loose")) loose.remove();
}

/** Also of an input that was drawn anew meanwhile, whose id another one has. */
const refusalOf = (input) => input.closest(".labelled").querySelector(".refusal");
