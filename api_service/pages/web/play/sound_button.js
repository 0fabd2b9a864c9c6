import { onChange, shownIf } from "../common/elements.js";
import { drawnIcon } from "../common/icons.js";
import { SoundPlayer } from "../common/sound_player.js";
import { isStored, store } from "./device.js";

const STORAGE_KEY = "streamario:sounds"; // in the storage, while they are on

/**
 * A round's sounds on a viewer's device: off until the viewer turns them on, silent while the page is
 * hidden.
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

  /** The room's buttons; until there are some, there is nothing to hear. */
  show(buttons) {
    this.#sounds = new Map(buttons.map(({ eventType, sound }) => [eventType, sound]));
    this.#showButton(this.#sounds.size > 0);
    this.#soundsChanged([...this.#sounds.values()].join());
  }

  #soundsChanged = onChange(() => this.#follow());

  /** A trigger of this button. */
  play(eventType) {
    if (this.#isDue) this.#player?.burst(this.#sounds.get(eventType));
  }

  /** One of `BEATS`. */
  beat(name) {
    if (this.#isDue) this.#player?.beat(name);
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
    this.#button.firstElementChild.replaceChildren(drawnIcon(this.#isWanted ? "sound" : "muted"));
  }

  #follow() {
    if (!this.#isDue) return this.#player?.turnOff();
    this.#player ??= new SoundPlayer();
    this.#player.turnOn();
    this.#player.prepare(this.#sounds.values());
  }
}
