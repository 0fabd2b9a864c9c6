import { partsOf } from "../parts.js";

const PACE = 1_000; // ms
const CROWD = 300; // viewers above whom a button without a pace fires faster than a game can show

/** The buttons' settings, where each that is enabled has a pace: its own, or one second. */
export const paced = (buttons) =>
  buttons.map((button) =>
    button.enabled && !button.pace_ms ? { ...button, pace_ms: PACE } : button,
  );

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

  show({ viewerCount, buttons }) {
    const isUnpaced = buttons.some(({ enabled, paceMs }) => enabled && paceMs === 0);
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
      const { settings } = await this.#api.look();
      await this.#api.changeSettings({ buttons: paced(settings.buttons) });
      this.#settings.changed();
    } catch (refusal) {
      this.#refuse(this.#texts.refused(refusal));
    } finally {
      this.#isSetting = false;
    }
  }
}
