import { sleep } from "../../streamario/timing.js";
import { newViewer } from "../api.js";

const SIZE = 20; // viewers
const LASTS = 15_000; // ms
const PAUSE = [400, 1_600]; // ms between two batches of a viewer
const MOST_AT_ONCE = 4; // presses of such a batch

/** Viewers of the console's own, who press at random for a while. They press as any viewer does. */
export class Crowd {
  #api;
  #nameOf;
  #goesOn;
  #ids = [];
  #until = 0;
  #stopping = null;

  /** `nameOf(n)` is what the n-th is called; where the round no longer `goesOn()`, they end. */
  constructor(api, nameOf, goesOn) {
    this.#api = api;
    this.#nameOf = nameOf;
    this.#goesOn = goesOn;
  }

  /** How long it goes on (ms); 0 where there is none. */
  get left() {
    return this.#stopping ? Math.max(0, this.#until - Date.now()) : 0;
  }

  /** Press, until its time is over or it is stopped; `choose()` gives an event type, or nothing. Throws StreamarioError. */
  async run(choose) {
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#until = Date.now() + LASTS;
    try {
      while (this.#ids.length < SIZE) this.#ids.push(await newViewer());
      await Promise.all(this.#ids.map((id, n) => this.#play(id, n + 1, choose, stopping.signal)));
    } finally {
      stopping.abort();
      if (this.#stopping === stopping) this.#stopping = null;
    }
  }

  stop() {
    this.#stopping?.abort();
    this.#stopping = null;
  }

  async #play(id, n, choose, signal) {
    for (;;) {
      await sleep(between(...PAUSE), signal);
      if (!this.#goesOn()) this.stop();
      if (signal.aborted || Date.now() >= this.#until) return;
      const eventType = choose();
      const presses = Math.ceil(Math.random() * MOST_AT_ONCE);
      if (eventType) await this.#api.press(id, this.#nameOf(n), eventType, presses);
    }
  }
}

const between = (least, most) => least + Math.random() * (most - least);
