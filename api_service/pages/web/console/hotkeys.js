import { areKeysOff, storeKeysOff } from "./storage.js";
import { partsOf } from "./parts.js";

const TYPED_IN = "input, select, textarea, [contenteditable]";

/**
 * Single keys that run the round, unless somebody types in a field, or a dialog asks something. They
 * can be switched off (WCAG 2.2, 2.1.4).
 */
export class Hotkeys {
  #commands;
  #isOn;

  /** `commands`: key → what it does. */
  constructor(root, commands) {
    this.#commands = commands;
    const { use } = partsOf(root);
    this.#isOn = use.checked = !areKeysOff();
    use.addEventListener("change", () => {
      this.#isOn = use.checked;
      storeKeysOff(!use.checked);
    });
    document.addEventListener("keydown", (event) => this.#hear(event));
  }

  #hear({ key, target, repeat, isComposing, ctrlKey, altKey, metaKey }) {
    if (!this.#isOn || repeat || isComposing || ctrlKey || altKey || metaKey) return;
    if (target.closest?.(TYPED_IN) || document.querySelector("dialog[open]")) return;
    this.#commands[key.toLowerCase()]?.();
  }
}
