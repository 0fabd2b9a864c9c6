import { partsOf } from "../parts.js";

export const TRIGGERS_PER_MINUTE = 12; // what rooms of the console begin with
const CROWD = 300; // viewers above whom a button without a pace fires faster than a game can show

/** Tells of a crowd that is too large for buttons without a pace, and gives them one when asked. */
export class PaceHint {
  #api;
  #texts;
  #refuse;
  #settings;
  #parts;
  #isSetting = false;

  /**
   * `refuse(sentence)` says what the server refused; `settings.isDirty()`: they have edits, which would undo
   * this; `settings.changed()`: they are others.
   */
  constructor(root, { api, texts, refuse, settings }) {
    this.#api = api;
    this.#texts = texts;
    this.#refuse = refuse;
    this.#settings = settings;
    this.#parts = partsOf(root);
    this.#parts["set-pace"].addEventListener("click", () => this.#set());
  }

  show({ viewerCount, triggersPerMinute, buttons }) {
    const isUnpaced = !triggersPerMinute && buttons.some(({ enabled, paceMs }) => enabled && paceMs === 0);
    const { "pace-hint": hint, "pace-reason": reason } = this.#parts;
    hint.hidden = !isUnpaced || viewerCount <= CROWD;
    if (!hint.hidden) reason.textContent = this.#texts.pace_needed(viewerCount);
  }

  async #set() {
    if (this.#isSetting) return;
    if (this.#settings.isDirty()) return this.#refuse(this.#texts.pace_after_edits);
    this.#isSetting = true;
    this.#refuse("");
    try {
      await this.#api.changeSettings({ triggers_per_minute: TRIGGERS_PER_MINUTE });
      this.#settings.changed();
    } catch (refusal) {
      this.#refuse(this.#texts.refused(refusal));
    } finally {
      this.#isSetting = false;
    }
  }
}
