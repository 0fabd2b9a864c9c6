import { areKeysOff, storeKeysOff } from "./storage.js";

const TYPED_IN = "input, select, textarea, [contenteditable]";

const IN_DIALOGS = "x"; // what is stopped is stopped whatever is open

/**
 * Single keys that run the round, unless somebody types in a field, or a dialog asks something. They
 * can be switched off (WCAG 2.2, 2.1.4).
 */
export class Hotkeys {
  #commands;
  isOn = !areKeysOff();

  /** `commands`: key → what it does. */
  constructor(commands) {
    this.#commands = commands;
    document.addEventListener("keydown", (event) => this.#hear(event));
  }

  set(isOn) {
    this.isOn = isOn;
    storeKeysOff(!isOn);
  }

  #hear({ key, target, repeat, isComposing, ctrlKey, altKey, metaKey }) {
    if (!this.isOn || repeat || isComposing || ctrlKey || altKey || metaKey) return;
    const letter = key.toLowerCase();
    if (target.closest?.(TYPED_IN) || (letter !== IN_DIALOGS && document.querySelector("dialog[open]"))) return;
    this.#commands[letter]?.();
  }
}
