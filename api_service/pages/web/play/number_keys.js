import { isStored, store } from "./device.js";

const NUMBER_KEYS_OFF = "streamario:number_keys_off"; // in the storage, while they are off

/**
 * The keys 1 to 9, where a device has a mouse and so most likely a keyboard: `number_keys.css` shows their
 * switch there. Single keys must be possible to switch off (WCAG 2.2, 2.1.4).
 */
export class NumberKeys {
  #box = document.getElementById("number-keys");
  #device = matchMedia("(hover: hover) and (pointer: fine)");

  constructor(keys) {
    this.#box.checked = !isStored(NUMBER_KEYS_OFF);
    this.#box.addEventListener("change", () => {
      store(NUMBER_KEYS_OFF, !this.#box.checked);
      keys.number(this.areOn);
    });
    this.#device.addEventListener("change", () => keys.number(this.areOn));
    document.addEventListener("keydown", (event) => this.#hear(event, (number) => keys.pressByNumber(number)));
    keys.number(this.areOn);
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
