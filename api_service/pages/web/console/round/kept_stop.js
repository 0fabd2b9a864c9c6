import { isPassing } from "../../streamario/api.js";
import { Backoff } from "../../streamario/timing.js";

const AGAIN_AFTER = [500, 3_000]; // ms, growing from the one to the other
const STORED_FOR = 60_000; // ms: who comes back later has seen what the round does without it

/** A stop of one round, sent until it is answered: over a reload, too. `round` is 0 while there is none. No DOM here. */
export class KeptStop {
  sending = null; // the attempt that is under way, a promise
  #stop = null; // `{round, at}`
  #options;
  #backoff = new Backoff(...AGAIN_AFTER);
  #again = null;

  /**
   * `stored`: what was stored of it, or null; `store(stop)` stores it, null for none; `send(round)` asks the server;
   * `done(answer)` and `refused(refusal)` tell how it ended.
   */
  constructor({ stored, ...options }) {
    this.#options = options;
    if (stored && Date.now() - stored.at < STORED_FOR) this.#stop = stored;
    this.hurry();
  }

  get round() {
    return this.#stop?.round ?? 0;
  }

  /** Send it, and again where an older one is under way: what went before that may come after it. */
  keep(round) {
    this.#backoff.reset();
    this.#set({ round, at: Date.now() });
    this.hurry();
  }

  cancel() {
    clearTimeout(this.#again);
    if (this.#stop) this.#set(null);
  }

  /** The server answers again, as somebody has noticed. */
  hurry() {
    clearTimeout(this.#again);
    if (this.#stop) this.sending = this.#send(this.#stop);
  }

  async #send(stop) {
    const { send, done, refused } = this.#options;
    let tell;
    try {
      const answer = await send(stop.round);
      tell = () => done(answer);
    } catch (refusal) {
      if (isPassing(refusal)) return this.#tryLater(stop);
      tell = () => refused(refusal);
    }
    if (stop !== this.#stop) return; // taken back, or a newer one is under way
    this.cancel();
    tell();
  }

  #tryLater(stop) {
    if (stop !== this.#stop) return;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.hurry(), this.#backoff.next());
  }

  #set(stop) {
    this.#stop = stop;
    this.#options.store(stop);
  }
}
