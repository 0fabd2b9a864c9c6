import { isPassing } from "../../streamario/api.js";
import { Backoff } from "../../streamario/timing.js";

const AGAIN_AFTER = [500, 3_000]; // ms, growing from the one to the other

/**
 * A stop that could not be sent, kept for its round until the server answers: over a reload, too. `round` is 0 while
 * there is none. No DOM here.
 */
export class KeptStop {
  round;
  #options;
  #backoff = new Backoff(...AGAIN_AFTER);
  #isTrying = false;
  #again = null;

  /**
   * `round`: as it was stored; `store(round)` stores it; `read()` gives the room, `send()` stops its round;
   * `done(answer)` and `refused(refusal)` tell how it ended.
   */
  constructor({ round, ...options }) {
    this.round = round;
    this.#options = options;
    if (round) this.#tryLater();
  }

  keep(round) {
    this.#set(round);
    this.#tryLater();
  }

  cancel() {
    clearTimeout(this.#again);
    if (this.round) this.#set(0);
  }

  /** The server answers again, as somebody has noticed. */
  async hurry() {
    if (!this.round || this.#isTrying) return;
    clearTimeout(this.#again);
    this.#isTrying = true;
    try {
      await this.#try(this.round);
    } catch (refusal) {
      this.#fail(refusal);
    } finally {
      this.#isTrying = false;
    }
  }

  /** Another round is nobody's to stop, and who has gone on meanwhile wants none. */
  async #try(round) {
    const room = await this.#options.read();
    if (this.round !== round) return;
    if (room.status !== "in_game" || room.round !== round) return this.#end(() => {});
    const answer = await this.#options.send();
    if (this.round === round) this.#end(() => this.#options.done(answer));
  }

  #fail(refusal) {
    if (!this.round) return;
    if (isPassing(refusal)) this.#tryLater();
    else this.#end(() => this.#options.refused(refusal));
  }

  #end(tell) {
    this.#backoff.reset();
    this.#set(0);
    tell();
  }

  #tryLater() {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.hurry(), this.#backoff.next());
  }

  #set(round) {
    this.round = round;
    this.#options.store(round);
  }
}
