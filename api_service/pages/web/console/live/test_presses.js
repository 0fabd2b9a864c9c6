import { textOf } from "../../common/elements.js";
import { labelOf } from "../../streamario.js";
import { confirmed } from "../confirm.js";
import { partsOf, say } from "../parts.js";
import { phaseOf } from "../game/phases.js";
import { TestViewers } from "./test_viewers.js";

const EVERY = 500; // ms

/** What a streamer tries the room out with: a button's test, and a crowd. */
export class TestPresses {
  #testViewers;
  #texts;
  #languages;
  #parts;
  #state = { status: "loading", buttons: [], viewerCount: 0 };
  #isTesting = false;
  #whyNot;

  constructor(root, { api, texts, languages }) {
    this.#texts = texts;
    this.#languages = languages;
    this.#parts = partsOf(root);
    this.#whyNot = textOf(this.#parts["why-not"]);
    this.#testViewers = new TestViewers(api, { tester: texts.tester, member: texts.crowd_member });
    this.#parts.crowd.addEventListener("click", () => this.#toggleCrowd());
  }

  /** The room's state. */
  show(state) {
    this.#state = state;
    if (!this.#isRunning) this.#testViewers.stopCrowd();
    this.#whyNot(this.#texts.untestable[phaseOf(state)] ?? "");
    this.#showCrowd();
  }

  /** Press what this button lacks, and say what came of it. */
  async test(button) {
    if (!button || !this.#isRunning || this.#isTesting) return;
    this.#isTesting = true;
    const label = labelOf(button, this.#languages);
    try {
      this.#say(this.#texts.tested(label, await this.#testViewers.test(button.eventType)));
    } catch (refusal) {
      this.#say(this.#texts.refused(refusal));
    } finally {
      this.#isTesting = false;
    }
  }

  get #isRunning() {
    return phaseOf(this.#state) === "running";
  }

  async #toggleCrowd() {
    if (this.#testViewers.crowdLeft > 0) {
      this.#testViewers.stopCrowd();
      this.#showCrowd();
    } else if (await this.#mayRun()) {
      await this.#run();
    }
  }

  /** A round with viewers is not disturbed without asking. The count includes the console's own. */
  async #mayRun() {
    const { crowd, crowd_question: question, crowd_explanation: explanation } = this.#texts;
    const { viewerCount } = this.#state;
    const may = viewerCount === 0 || (await confirmed(question, explanation(viewerCount), crowd));
    return may && this.#isRunning;
  }

  async #run() {
    this.#say("");
    const running = this.#testViewers.runCrowd(() => this.#anyButton());
    const ticking = setInterval(() => this.#showCrowd(), EVERY);
    this.#showCrowd();
    try {
      await running;
    } catch (refusal) {
      this.#say(this.#texts.refused(refusal));
    } finally {
      clearInterval(ticking);
      this.#showCrowd();
    }
  }

  #anyButton() {
    const usable = this.#state.buttons.filter(({ enabled, available }) => enabled && available);
    return usable[Math.floor(Math.random() * usable.length)]?.eventType;
  }

  #showCrowd() {
    const left = this.#testViewers.crowdLeft;
    const { crowd } = this.#parts;
    crowd.disabled = !this.#isRunning;
    const caption = left > 0 ? this.#texts.stop_crowd(Math.ceil(left / 1_000)) : this.#texts.crowd;
    if (crowd.textContent !== caption) crowd.textContent = caption;
  }

  #say(sentence) {
    say(this.#parts.said, sentence);
  }
}
