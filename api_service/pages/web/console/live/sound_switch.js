import { SoundPlayer } from "../../common/sound_player.js";
import { areSoundsOn, storeSoundsOn } from "../storage.js";

/** Plays the triggers' sounds for the streamer, whose window may be behind the game; off at first. */
export class SoundSwitch {
  #box;
  #player = new SoundPlayer();

  /** `box` is the checkbox; `room` the room whose triggers are heard. */
  constructor(box, room) {
    this.#box = box;
    box.checked = areSoundsOn();
    box.addEventListener("change", () => this.#turn());
    room.on("change", ({ buttons }) => this.#player.prepare(buttons.map(({ sound }) => sound)));
    room.on("trigger", ({ eventType }) => this.#play(room.state.buttons, eventType));
    if (box.checked) this.#player.turnOn();
  }

  #turn() {
    storeSoundsOn(this.#box.checked);
    if (this.#box.checked) this.#player.turnOn();
    else this.#player.turnOff();
  }

  #play(buttons, eventType) {
    const button = buttons.find((button) => button.eventType === eventType);
    if (this.#box.checked && button) this.#player.play(button.sound);
  }
}
