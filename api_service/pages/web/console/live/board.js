import { textOf } from "../../common/elements.js";
import { grouped } from "../../common/languages.js";
import { confirmed } from "../confirm.js";
import { sum } from "./figures.js";
import { PaceHint } from "./pace.js";
import { partsOf, say } from "../parts.js";
import { phaseOf } from "../game/phases.js";
import { Stopping } from "./stopping.js";

const PATIENCE = 5_000; // ms until a command that changed nothing may be given again
const OFFERED = {
  active: ["start"],
  running: ["pause", "stop", "end", "reset"],
  paused: ["resume", "stop", "end"],
  ended: ["next"],
};

/** Where the round stands, how the game's socket is, and the buttons that run the round. */
export class RoundBoard {
  #game;
  #api;
  #texts;
  #parts;
  #set;
  #stopping;
  #paceHint;
  #phase = "loading";
  #round = 0;
  #orderedIn = null; // the phase in which a command was given that has not shown yet
  #patience = null;
  #socket = {}; // its state, and why
  #isOffline = false;
  #wantsFocus = false;

  /** `stopped` is what `storeStopped` was called with last; `settings` is as `PaceHint` takes it. */
  constructor(root, { game, api, texts, stopped, storeStopped, settings }) {
    this.#game = game;
    this.#api = api;
    this.#texts = texts;
    this.#parts = partsOf(root);
    const changed = () => this.#showStopped();
    this.#stopping = new Stopping({ game, api, stored: stopped, store: storeStopped, changed });
    const refuse = (sentence) => this.refuse(sentence);
    this.#paceHint = new PaceHint(root, { api, texts, refuse, settings });
    const shown = ["status", "viewers", "triggers", "connection", "reason"];
    this.#set = Object.fromEntries(shown.map((name) => [name, textOf(this.#parts[name])]));
    for (const [name, command] of Object.entries(this.#commands)) {
      this.#parts[name].addEventListener("click", () => this.#give(name, command));
    }
    this.#parts["take-back"].addEventListener("click", () => game.open());
    this.showConnection({ state: "connecting" });
  }

  show(state) {
    const { round, viewerCount, buttons, connection } = state;
    const phase = phaseOf(state);
    this.#round = round;
    this.#set.status(this.#texts.phases[phase](round));
    this.#parts.status.dataset.phase = phase;
    this.#set.viewers(grouped(viewerCount));
    this.#set.triggers(grouped(sum(buttons.map(({ level }) => level))));
    if (phase !== this.#orderedIn) this.#orderedIn = null;
    this.#isOffline = connection === "offline";
    this.#showNotice();
    this.#offer(phase);
    this.#showStopped();
    this.#paceHint.show(state);
  }

  /** What the game's socket does, and why. */
  showConnection({ state, reason }) {
    // While it is tried again, what went wrong stays said.
    const isTrying = state === "connecting";
    this.#socket = { state, reason: reason ?? (isTrying ? this.#socket.reason : undefined) };
    this.#set.connection(this.#texts.connections[state]);
    this.#parts.connection.dataset.state = state;
    this.#showNotice();
    for (const name of Object.keys(this.#commands)) {
      this.#parts[name].disabled = !this.#game.isOpen;
    }
    this.#focusFirst();
  }

  /** Take the focus that nobody has, as soon as there is something to do here. */
  takeFocus() {
    this.#wantsFocus = true;
    this.#focusFirst();
  }

  /** As if the first of these buttons that is there had been pressed. */
  press(...names) {
    const name = names.find((name) => !this.#parts[name].hidden);
    this.#parts[name]?.click();
  }

  /** Something that was asked for is not done; "" where it is tried again. */
  refuse(sentence) {
    if (sentence) this.#orderedIn = null;
    say(this.#parts.refusal, sentence);
  }

  #commands = {
    start: () => this.#order("game_start"),
    next: () => this.#order("game_start"),
    pause: () => this.#order("pause"),
    resume: () => this.#stopping.resume(this.#round),
    stop: () => this.#stopping.stop(this.#round),
    end: () => this.#end(),
    reset: () => this.#reset(),
  };

  async #give(name, command) {
    if (this.#orderedIn && name !== "stop") return; // that one never waits
    say(this.#parts.refusal, "");
    const changesNoPhase = name === "reset" || (name === "stop" && this.#phase === "paused");
    this.#orderedIn = changesNoPhase ? null : this.#phase;
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => (this.#orderedIn = null), PATIENCE);
    await command();
  }

  #order(type) {
    this.#game.order({ type }, this.#round);
  }

  async #end() {
    const { end_question: question, end_explanation: explanation, end_round: yes } = this.#texts;
    if (await confirmed(question, explanation, yes)) this.#order("game_end");
    else this.#orderedIn = null;
  }

  async #reset() {
    const { reset_question: question, reset_explanation: explanation } = this.#texts;
    if (!(await confirmed(question, explanation, this.#texts.reset_counts))) return;
    try {
      await this.#api.reset();
    } catch (refusal) {
      this.refuse(this.#texts.refused(refusal));
    }
  }

  #showNotice() {
    const { state, reason } = this.#socket;
    const ofSocket = state === "open" || !reason ? "" : this.#texts.ended(reason);
    const sentence = ofSocket || (this.#isOffline ? this.#texts.offline : "");
    this.#parts.notice.hidden = sentence === "";
    this.#set.reason(sentence);
    this.#parts["take-back"].hidden = !(state === "ended" && reason === "replaced");
  }

  #showStopped() {
    const note = this.#phase === "paused" ? this.#stopping.noteOn(this.#round) : null;
    const sentence = note ? this.#texts[note] : "";
    if (this.#parts.stopped.textContent !== sentence) say(this.#parts.stopped, sentence);
  }

  #offer(phase) {
    if (phase === this.#phase) return;
    if (this.#phase === "paused") this.#stopping.end();
    this.#phase = phase;
    const offered = OFFERED[phase] ?? [];
    const hadFocus = document.activeElement;
    for (const name of Object.keys(this.#commands)) {
      this.#parts[name].hidden = !offered.includes(name);
    }
    // Whoever works with the keyboard stays among the buttons.
    if (hadFocus?.hidden && hadFocus.closest(".controls")) this.#parts[offered[0]]?.focus();
    this.#focusFirst();
  }

  #focusFirst() {
    const first = this.#parts[OFFERED[this.#phase]?.[0]];
    if (!this.#wantsFocus || !first || first.disabled) return;
    this.#wantsFocus = false;
    if (document.activeElement === document.body) first.focus();
  }
}
