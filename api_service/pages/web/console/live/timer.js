import { clockOf, leftOf } from "../../common/countdown.js";
import { isDead } from "../game/ends.js";
import { partsOf, say } from "../parts.js";

const EVERY = 1_000; // ms
const MINUTE = 60; // seconds
const LONGEST = 600 * MINUTE; // the server's limit

/** The round's timer: after how long the server ends rounds, whoever is the room's game. */
export class Timer {
  #root;
  #api;
  #texts;
  #parts;
  #state = null;
  #limit = 0; // ms, as the room had it last
  #isAsking = false;

  constructor(root, { api, texts }) {
    this.#root = root;
    this.#api = api;
    this.#texts = texts;
    this.#parts = partsOf(root);
    root.addEventListener("submit", (event) => this.#submit(event));
    this.#parts.clear.addEventListener("click", () => this.#set(0));
    setInterval(() => this.#show(), EVERY);
  }

  show(state) {
    this.#state = state;
    this.#show();
  }

  /** Where the room's token does nothing any more, there is nothing to set. */
  showConnection({ reason }) {
    this.#root.hidden = isDead(reason);
  }

  #submit(event) {
    event.preventDefault();
    const seconds = this.#entered;
    const isValid = seconds > 0 && seconds <= LONGEST;
    this.#refuse(isValid ? "" : this.#texts.minutes_problem);
    if (isValid) this.#set(seconds);
  }

  get #entered() {
    const minutes = Number(this.#parts.minutes.value.normalize("NFKC")); // of full-width digits, too
    return Math.ceil(minutes * MINUTE);
  }

  /** In a running round another limit counts from now on; so the same one is removed first. */
  async #set(seconds) {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      if (seconds * 1_000 === this.#limit) await this.#api.changeSettings({ round_limit_s: 0 });
      await this.#api.changeSettings({ round_limit_s: seconds });
      this.#refuse("");
    } catch (refusal) {
      this.#refuse(refusal.problems?.length ? this.#texts.minutes_problem : this.#texts.refused(refusal));
    } finally {
      this.#isAsking = false;
    }
  }

  #refuse(sentence) {
    say(this.#parts["minutes-refusal"], sentence);
    this.#parts.minutes.setAttribute("aria-invalid", String(sentence !== ""));
  }

  /** The field has the room's limit, as it was entered or as it is written here. */
  #follow(limit) {
    if (limit === this.#limit) return;
    this.#limit = limit;
    if (limit === 0 || limit === this.#entered * 1_000) return;
    this.#parts.minutes.value = String(Number((limit / 1_000 / MINUTE).toFixed(2)));
  }

  #show() {
    const { left: shown, clear } = this.#parts;
    const limit = this.#state?.roundLimitMs ?? 0;
    this.#follow(limit);
    clear.hidden = shown.hidden = limit === 0;
    if (limit === 0) return;
    const left = leftOf(this.#state, performance.now());
    const { round_will_last: before, round_ends_in: during } = this.#texts;
    const sentence = left === null ? before(clockOf(limit)) : during(clockOf(left), clockOf(limit));
    if (shown.textContent !== sentence) shown.textContent = sentence;
  }
}
