import { onChange } from "../../common/elements.js";
import { partsOf, say } from "../parts.js";

/** Hides all viewers' names with one click, or shows them again; says which it is. */
export class NamesSwitch {
  #api;
  #texts;
  #refuse;
  #changed;
  #parts;
  #isHidden = false;
  #isAsking = false;

  /** `refuse(sentence)` says what the server refused, "" for nothing; `changed()`: the settings are others. */
  constructor(root, { api, texts, refuse, changed }) {
    this.#api = api;
    this.#texts = texts;
    this.#refuse = refuse;
    this.#changed = changed;
    this.#parts = partsOf(root);
    this.#parts.names.addEventListener("click", () => this.set(!this.#isHidden));
    this.#show(false);
  }

  /** Whether names are hidden: as the server has said last, to this page or to all viewers. */
  get isHidden() {
    return this.#isHidden;
  }

  /** Viewers are told that names show, or do not: somebody else may have changed it. */
  follow = onChange((shown) => this.#show(!shown));

  async set(hide) {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#refuse("");
    try {
      const { show_names: shown } = await (hide ? this.#api.hideNames() : this.#api.showNames());
      this.#show(!shown);
      this.#changed();
    } catch (refusal) {
      this.#refuse(this.#texts.refused(refusal));
    } finally {
      this.#isAsking = false;
    }
  }

  #show(isHidden) {
    this.#isHidden = isHidden;
    const { names, "names-hidden": note } = this.#parts;
    names.textContent = isHidden ? this.#texts.show_all_names : this.#texts.hide_names;
    if (note.hidden === isHidden) say(note, isHidden ? this.#texts.names_hidden : "");
  }
}
