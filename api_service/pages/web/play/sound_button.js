import { onChange, shownIf } from "../common/elements.js";
import { SoundPlayer } from "../common/sound_player.js";
import { isStored, store } from "./device.js";

const STORAGE_KEY = "streamario:sounds"; // in the storage, while they are on

/**
 * The triggers' sounds on a viewer's device: off until the viewer turns them on, silent while the page
 * is hidden.
 */
export class SoundButton {
  #button;
  #showButton;
  #player = null;
  #sounds = new Map(); // by event type
  #isWanted = isStored(STORAGE_KEY);

  constructor(button) {
    this.#button = button;
    this.#showButton = shownIf(button);
    this.#showPressed();
    button.addEventListener("click", () => this.#toggle());
    document.addEventListener("visibilitychange", () => this.#follow());
  }

  /** The room's buttons; where none has a sound, there is nothing to turn on. */
  show(buttons) {
    const sounding = buttons.filter(({ sound }) => sound);
    this.#sounds = new Map(sounding.map(({ eventType, sound }) => [eventType, sound]));
    this.#showButton(this.#sounds.size > 0);
    this.#soundsChanged([...this.#sounds.values()].join());
  }

  #soundsChanged = onChange(() => this.#follow());

  play(eventType) {
    if (this.#isDue) this.#player?.play(this.#sounds.get(eventType));
  }

  get #isDue() {
    return this.#isWanted && this.#sounds.size > 0 && !document.hidden;
  }

  #toggle() {
    this.#isWanted = !this.#isWanted;
    store(STORAGE_KEY, this.#isWanted);
    this.#showPressed();
    this.#follow();
  }

  #showPressed() {
    this.#button.setAttribute("aria-pressed", String(this.#isWanted));
    this.#button.firstElementChild.textContent = this.#isWanted ? "🔊" : "🔇";
  }

  #follow() {
    if (!this.#isDue) return this.#player?.turnOff();
    this.#player ??= new SoundPlayer();
    this.#player.turnOn();
    this.#player.prepare(this.#sounds.values());
  }
}
