import { studio } from "./studio.js";
import { storedSettings } from "../storage.js";

const LAST = "last";
const DEFAULTS = "";

/** Which settings a new room begins with: the last room's, a setup's, or the server's own. */
export class SetupChoice {
  #row;
  #select;
  #texts;

  constructor(row, texts) {
    this.#row = row;
    this.#select = row.querySelector("select");
    this.#texts = texts;
    this.setSetups([]);
  }

  /** These setups there are; what was chosen stays so. */
  setSetups(setups) {
    const chosen = this.#row.hidden ? null : this.#select.value; // nobody chose what did not show
    const { last_setup: last, default_setup: defaults } = this.#texts;
    this.#select.replaceChildren(
      ...(storedSettings() ? [new Option(last, LAST)] : []),
      ...setups.map(({ setup_id: id, name }) => new Option(name, id)),
      new Option(defaults, DEFAULTS),
    );
    const isThere = [...this.#select.options].some(({ value }) => value === chosen);
    if (isThere) this.#select.value = chosen;
    this.#row.hidden = this.#select.length === 1;
  }

  /** What is chosen, as settings for the room. Throws StreamarioError. */
  async settings() {
    const { value } = this.#select;
    if (value === LAST) return storedSettings();
    return value === DEFAULTS ? {} : (await studio.setup(value)).settings;
  }
}
