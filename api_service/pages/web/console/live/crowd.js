import { sleep } from "../../streamario/timing.js";
import { newViewer } from "../api.js";
import { confirmed } from "../parts.js";

const SIZE = 20; // viewers
const LASTS = 15_000; // ms
const PAUSE = [400, 1_600]; // ms between two batches of a viewer
const MOST_AT_ONCE = 4; // presses of such a batch

/** Viewers of the console's own, who press at random for a while. They press as any viewer does. */
export class Crowd {
  #desk;
  #ids = [];
  #until = 0;
  #stopping = null;

  constructor(desk) {
    this.#desk = desk;
  }

  /** How long it goes on (ms); 0 where there is none. */
  get left() {
    return this.#stopping ? Math.max(0, this.#until - Date.now()) : 0;
  }

  get mayRun() {
    return this.#isRound && !this.#desk.isLost;
  }

  /** Let it into the round, or end it. */
  async toggle() {
    if (this.left > 0) this.stop();
    else if (this.mayRun && (await this.#isWanted())) await this.#run();
    this.#desk.redraw();
  }

  stop() {
    this.#stopping?.abort();
    this.#stopping = null;
  }

  get #isRound() {
    return this.#desk.phase === "running";
  }

  /** A round with viewers is not disturbed without asking. */
  async #isWanted() {
    const { crowd, crowd_question: question, crowd_explanation: explanation } = this.#desk.texts;
    const { viewerCount } = this.#desk.state;
    return viewerCount === 0 || ((await confirmed(question, explanation(viewerCount), crowd)) && this.#isRound);
  }

  async #run() {
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#until = Date.now() + LASTS;
    this.#desk.redraw();
    try {
      while (this.#ids.length < SIZE) this.#ids.push(await newViewer());
      await Promise.all(this.#ids.map((id, n) => this.#play(id, n + 1, stopping.signal)));
    } catch (refusal) {
      this.#desk.refuse(this.#desk.texts.refused(refusal));
    } finally {
      stopping.abort();
      if (this.#stopping === stopping) this.#stopping = null;
    }
  }

  /** Press until the time is over, or the round. */
  async #play(id, n, signal) {
    for (;;) {
      await sleep(between(...PAUSE), signal);
      if (!this.#isRound) this.stop();
      if (signal.aborted || Date.now() >= this.#until) return;
      const eventType = this.#anyButton();
      const presses = Math.ceil(Math.random() * MOST_AT_ONCE);
      if (eventType) await this.#desk.api.press(id, this.#desk.texts.crowd_member(n), eventType, presses);
    }
  }

  #anyButton() {
    const usable = this.#desk.state.buttons.filter(({ enabled, available }) => enabled && available);
    return usable[Math.floor(Math.random() * usable.length)]?.eventType;
  }
}

const between = (least, most) => least + Math.random() * (most - least);
