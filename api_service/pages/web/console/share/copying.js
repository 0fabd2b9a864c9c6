import { html } from "lit-html";
import { element } from "../../common/elements.js";
import { buttonOf } from "../parts.js";

const SAID_FOR = 3_000; // ms

/** Buttons that copy a link, and say so for a while; only the one pressed last. */
export class Copying {
  #page;
  #copied = null; // a link's name
  #sentence = "";
  #silence = null;

  constructor({ texts, redraw }) {
    this.#page = { texts, redraw };
  }

  /** The button that copies `link`, which has this `name`; `done()` is called once it is copied. */
  button(name, link, { caption = this.#page.texts.copy, kind = "", done = () => {} } = {}) {
    const isSaid = this.#copied === name;
    return html`<button class="btn ${kind}" type="button" data-copies=${name}
      @click=${async () => (await this.#copy(name, link)) && done()}>${isSaid ? this.#sentence : caption}</button
    ><span class="unseen" role="status">${isSaid ? this.#sentence : ""}</span>`;
  }

  async #copy(name, link) {
    const { texts, redraw } = this.#page;
    const isCopied = await copyText(link);
    clearTimeout(this.#silence);
    [this.#copied, this.#sentence] = [name, isCopied ? texts.copied : texts.not_copied];
    this.#silence = setTimeout(() => {
      this.#copied = null;
      redraw();
    }, SAID_FOR);
    redraw();
    return isCopied;
  }
}

/** Copy a text; gives whether that worked. */
async function copyText(text) {
  const opener = document.activeElement;
  const field = Object.assign(element("textarea", "unseen"), { value: text, readOnly: true });
  (opener?.closest("dialog") ?? document.body).append(field); // what is beside an open dialog takes no focus
  const isCopied = await copy(field);
  field.remove();
  opener?.focus();
  return isCopied;
}

/** A link to copy: the `field` that shows it, the `button` that copies it, and where that is `said`. */
export function linkToCopy(texts, kind = "") {
  const field = Object.assign(element("input", "field"), { readOnly: true });
  const said = element("span", { class: "soft small", role: "status" });
  const button = buttonOf(kind, texts.copy, async () => {
    said.textContent = (await copy(field)) ? texts.copied : texts.copy_yourself;
  });
  return { field, button, said };
}

/** Copy a field's text; pages over plain HTTP have no clipboard of their own. */
export async function copy(field) {
  field.select();
  if (!navigator.clipboard) return document.execCommand("copy");
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
