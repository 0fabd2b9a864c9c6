import { SoundPlayer } from "../../common/sound_player.js";
import { areSoundsOn, storeSoundsOn } from "../storage.js";

/** Plays the triggers' sounds for the streamer, whose window may be behind the game; off at first. */
export class SoundSwitch {
  #desk;
  #player = new SoundPlayer();

  constructor(desk) {
    this.#desk = desk;
    desk.room.on("change", ({ buttons }) => this.#player.prepare(buttons.map(({ sound }) => sound)));
    if (areSoundsOn()) this.#player.turnOn();
  }

  get isOn() {
    return this.#player.isOn;
  }

  set(isOn) {
    storeSoundsOn(isOn);
    if (isOn) this.#player.turnOn();
    else this.#player.turnOff();
    this.#desk.redraw();
  }

  /** What a trigger of this button sounds like, while sounds are on. */
  play(eventType) {
    const button = this.#desk.state.buttons.find((button) => button.eventType === eventType);
    if (button) this.#player.play(button.sound);
  }
}
