import { sleep } from "../../streamario/timing.js";

const LASTS = 15_000; // ms
const PAUSE = [250, 1_250]; // ms between two triggers: about twenty in all

/** As if twenty viewers fired buttons at random: on the overlay alone, before a round. */
export class Crowd {
  #desk;
  #attempt;
  #until = 0;
  #stopping = null;

  /** `attempt(button)` tests a button; it resolves to whether that went well. */
  constructor(desk, attempt) {
    this.#desk = desk;
    this.#attempt = attempt;
  }

  /** How long it goes on (ms); 0 where there is none. */
  get left() {
    return this.#stopping ? Math.max(0, this.#until - Date.now()) : 0;
  }

  /** Not in a 3-2-1. */
  get mayRun() {
    return ["active", "ended"].includes(this.#desk.phase);
  }

  async toggle() {
    if (this.left > 0) this.stop();
    else if (this.mayRun) await this.#run();
    this.#desk.redraw();
  }

  stop() {
    this.#stopping?.abort();
    this.#stopping = null;
  }

  /** Until the time is over, or a round begins. */
  async #run() {
    this.stop(); // one whose time is over may still pause
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#until = Date.now() + LASTS;
    while (!stopping.signal.aborted && Date.now() < this.#until && this.mayRun) {
      const button = this.#anyButton();
      if (button && !(await this.#attempt(button))) break;
      this.#desk.redraw();
      await sleep(PAUSE[0] + Math.random() * (PAUSE[1] - PAUSE[0]), stopping.signal);
    }
    if (this.#stopping === stopping) this.#stopping = null;
  }

  #anyButton() {
    const enabled = this.#desk.state.buttons.filter((button) => button.enabled);
    return enabled[Math.floor(Math.random() * enabled.length)];
  }
}
