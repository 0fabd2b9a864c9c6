import { isStored, store } from "./switches.js";

const STORAGE_KEY = "streamario:number_keys_off"; // in the storage, while they are off

/**
 * The keys 1 to 9, where a device has a mouse and so most likely a keyboard: `keys.css` shows their
 * switch there. Single keys must be possible to switch off (WCAG 2.2, 2.1.4).
 */
export class NumberKeys {
  #box = document.getElementById("number-keys");
  #device = matchMedia("(hover: hover) and (pointer: fine)");

  /** `press(number)`: such a key was pressed; `turned()`: they were switched on or off. */
  constructor(press, turned) {
    this.#box.checked = !isStored(STORAGE_KEY);
    this.#box.addEventListener("change", () => {
      store(STORAGE_KEY, !this.#box.checked);
      turned();
    });
    this.#device.addEventListener("change", turned);
    document.addEventListener("keydown", (event) => this.#hear(event, press));
  }

  get areOn() {
    return this.#device.matches && this.#box.checked;
  }

  #hear({ key, repeat, altKey, ctrlKey, metaKey }, press) {
    const isOther = repeat || altKey || ctrlKey || metaKey || !/^[1-9]$/.test(key);
    if (isOther || !this.areOn || document.querySelector("dialog[open]")) return;
    press(Number(key));
  }
}
