import { html } from "lit-html";
import { confirmed } from "../confirm.js";
import { Crowd } from "./crowd.js";

const SECOND = 1_000; // ms

/** Lets a crowd of the console's own into the round, or ends it. */
export class CrowdButton {
  #desk;
  #crowd;

  constructor(desk) {
    this.#desk = desk;
    this.#crowd = new Crowd(desk.api, desk.texts.crowd_member, () => this.#isRunning);
  }

  view() {
    const { texts, isLost, now } = this.#desk;
    if (!this.#isRunning) this.#crowd.stop();
    const { left } = this.#crowd;
    if (left > 0) this.#desk.redrawAt(now + (left % SECOND || SECOND));
    const caption = left > 0 ? texts.stop_crowd(Math.ceil(left / SECOND)) : texts.crowd;
    return html`<div class="below"><button class="btn crowd" type="button" aria-disabled=${!this.#isRunning || isLost}
      title=${texts.crowd_hint} @click=${() => this.#toggle()}>${caption}</button></div>`;
  }

  get #isRunning() {
    return this.#desk.phase === "running";
  }

  async #toggle() {
    if (this.#crowd.left > 0) this.#crowd.stop();
    else if (this.#isRunning && !this.#desk.isLost && (await this.#mayRun())) await this.#run();
    this.#desk.redraw();
  }

  /** A round with viewers is not disturbed without asking. */
  async #mayRun() {
    const { crowd, crowd_question: question, crowd_explanation: explanation } = this.#desk.texts;
    const { viewerCount } = this.#desk.state;
    const may = viewerCount === 0 || (await confirmed(question, explanation(viewerCount), crowd));
    return may && this.#isRunning;
  }

  async #run() {
    const running = this.#crowd.run(() => this.#anyButton());
    this.#desk.redraw();
    try {
      await running;
    } catch (refusal) {
      this.#desk.refuse(this.#desk.texts.refused(refusal));
    }
  }

  #anyButton() {
    const usable = this.#desk.state.buttons.filter(({ enabled, available }) => enabled && available);
    return usable[Math.floor(Math.random() * usable.length)]?.eventType;
  }
}
