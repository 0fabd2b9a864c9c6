import { onChange } from "../common/elements.js";
import { isStored, store } from "./device.js";
import { loadDeferred } from "./load_deferred.js";

const STORAGE_KEY = "streamario:sounds"; // in the storage, while they are on

/**
 * The sounds of triggers and of the show on a viewer's device: off until the viewer turns them on, silent while the
 * page is hidden.
 */
export class SoundButton {
  #button;
  #player = null;
  #sounds = new Map(); // by event type
  #isWanted = isStored(STORAGE_KEY);

  constructor(button) {
    this.#button = button;
    this.#showPressed();
    button.addEventListener("click", () => this.#toggle());
    document.addEventListener("visibilitychange", () => this.#follow());
  }

  /** The room's buttons. */
  show(buttons) {
    const sounding = buttons.filter(({ sound }) => sound);
    this.#sounds = new Map(sounding.map(({ eventType, sound }) => [eventType, sound]));
    this.#soundsChanged([...this.#sounds.values()].join());
  }

  #soundsChanged = onChange(() => this.#follow());

  /** The button fired: its own sound, or the one that any burst has. */
  play(eventType) {
    if (!this.#isDue) return;
    const sound = this.#sounds.get(eventType);
    if (sound) this.#player?.play(sound);
    else this.beat("burst");
  }

  /** A beat of the show. */
  beat(name) {
    if (this.#isDue) this.#player?.beat?.(name);
  }

  get #isDue() {
    return this.#isWanted && !document.hidden;
  }

  #toggle() {
    this.#isWanted = !this.#isWanted;
    store(STORAGE_KEY, this.#isWanted);
    this.#showPressed();
    this.#follow();
  }

  #showPressed() {
    this.#button.setAttribute("aria-pressed", String(this.#isWanted));
  }

  async #follow() {
    if (this.#isDue && !this.#player) await this.#load();
    if (!this.#isDue) return this.#player?.turnOff();
    this.#player?.turnOn();
    this.#player?.prepare(this.#sounds.values());
  }

  async #load() {
    const loaded = await loadDeferred();
    if (loaded) this.#player ??= new loaded.SoundPlayer();
  }
}
