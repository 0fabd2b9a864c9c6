import { partsOf, say } from "./parts.js";
import { phaseOf } from "./phases.js";
import { RoundLimit } from "./round_limit.js";

const EVERY = 1_000; // ms
const MINUTE = 60_000; // ms
const MOST = 600; // minutes

/** The round's timer: this page, as the room's game, ends the round when its time is over. */
export class Timer {
  #root;
  #game;
  #texts;
  #parts;
  #keep;
  #limit;
  #state = { phase: "loading", round: 0 };
  #endedRound = 0; // which was told to end

  /** `keep(limit)` keeps what `kept` will be after a reload. */
  constructor(root, { game, texts, kept, keep }) {
    this.#root = root;
    this.#game = game;
    this.#texts = texts;
    this.#parts = partsOf(root);
    this.#keep = keep;
    this.#limit = new RoundLimit(kept);
    root.addEventListener("submit", (event) => this.#set(event));
    this.#parts.clear.addEventListener("click", () => this.#clear());
    setInterval(() => this.#tick(), EVERY);
  }

  /** The room's state. It also comes where the browser slows down the clock of a page behind. */
  show(state) {
    this.#state = { phase: phaseOf(state), round: state.round };
    this.#changing(() => this.#limit.follow(this.#state, Date.now()));
    this.#tick();
  }

  /** What the game's socket does: only the room's game ends rounds. */
  showConnection({ state, reason }) {
    this.#root.hidden = state === "ended";
    if (state === "ended" && reason !== "left") this.#clear();
  }

  #set(event) {
    event.preventDefault();
    const minutes = Number(this.#parts.minutes.value);
    const isValid = minutes > 0 && minutes <= MOST;
    say(this.#parts.refusal, isValid ? "" : this.#texts.minutes_problem);
    this.#parts.minutes.setAttribute("aria-invalid", String(!isValid));
    if (!isValid) return;
    this.#changing(() => this.#limit.set(minutes * MINUTE, this.#state, Date.now()));
    this.#show();
  }

  #clear() {
    this.#changing(() => this.#limit.clear());
    this.#show();
  }

  #changing(change) {
    const before = this.#limit.snapshot;
    change();
    const after = this.#limit.snapshot;
    if (JSON.stringify(after) !== JSON.stringify(before)) this.#keep(after);
  }

  #tick() {
    const { round } = this.#state;
    if (this.#limit.isDue(Date.now()) && this.#game.isOpen && this.#endedRound !== round) {
      this.#endedRound = round;
      this.#game.order({ type: "game_end" }, round);
    }
    this.#show();
  }

  #show() {
    const left = this.#limit.leftAt(Date.now());
    const { left: shown, clear } = this.#parts;
    clear.hidden = left === null;
    shown.hidden = left === null;
    if (left === null) return;
    const isCounting = ["running", "paused"].includes(this.#state.phase);
    const [before, during] = [this.#texts.round_will_last, this.#texts.round_ends_in];
    const sentence = (isCounting ? during : before)(clockOf(left));
    if (shown.textContent !== sentence) shown.textContent = sentence;
  }
}

/** 75,000 ms as 1:15. */
function clockOf(ms) {
  const seconds = Math.ceil(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
