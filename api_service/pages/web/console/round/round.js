import { isPassing } from "../../streamario/api.js";
import { Backoff } from "../../streamario/timing.js";

const AGAIN_AFTER = [500, 3_000]; // ms, growing from the one to the other
const STORED_FOR = 60_000; // ms: who comes back later has seen what the round does without it
const A_MOMENT = 2_000; // ms after an answer in which the room's own word must have come

/**
 * Where a round stands, as the console tells it: "loading", "missing", "active" (no round yet), "starting" (its 3-2-1),
 * "running", "paused", "stopped" (paused, and what was in the bars thrown away) or "ended".
 *
 * `now` is ms on `performance.now()`.
 */
export function phaseOf({ status, paused, stopped, startsAt }, now) {
  if (status !== "in_game") return status;
  if (paused) return stopped ? "stopped" : "paused";
  return startsAt > now ? "starting" : "running";
}

/** What each command makes of a round, and in which phases that is still to come. */
const COMMANDS = {
  start: { phase: "starting", before: ["active", "ended"] },
  pause: { phase: "paused", before: ["starting", "running"] },
  resume: { phase: "running", before: ["paused", "stopped"] },
  stop: { phase: "stopped", before: ["starting", "running", "paused"] },
  not_yet: { phase: "ended", before: ["active", "starting", "running"] },
};

/** The phase that a command will bring, shown before the room tells of it. */
export class Expected {
  until = Infinity; // when it is shown no more (ms on `performance.now()`)
  #command = null;

  /** A command is on its way. */
  expect(command) {
    this.#command = COMMANDS[command] ?? null;
    this.until = Infinity;
  }

  answered(now) {
    this.until = now + A_MOMENT;
  }

  refused() {
    this.#command = null;
  }

  /** What to show of a round whose phase is this one, as the room tells it. */
  phaseOf(phase, now) {
    const isDue = this.#command?.before.includes(phase) && now < this.until;
    if (isDue) return this.#command.phase;
    this.#command = null;
    this.until = Infinity;
    return phase;
  }
}

/** A setting that was just chosen, shown before the room tells of it. One change is on its way at a time. */
export class Wish {
  #value = null;
  #isSetting = false;
  until = Infinity; // when it is shown no more (ms on `performance.now()`)

  /** Have `set(value)` make it so; it gives whether that was done. What is chosen meanwhile follows it. */
  async make(value, set) {
    this.#value = value;
    this.until = Infinity;
    if (this.#isSetting) return;
    this.#isSetting = true;
    let isSet = true;
    for (let sent = null; isSet && sent !== this.#value; ) {
      sent = this.#value;
      isSet = await set(sent);
    }
    this.#isSetting = false;
    this.until = isSet ? performance.now() + A_MOMENT : 0;
  }

  /** What to show where the room tells this. */
  valueOf(told, now) {
    if (!this.#isSetting && (told === this.#value || now >= this.until)) this.#forget();
    return this.#value ?? told;
  }

  #forget() {
    this.#value = null;
    this.until = Infinity;
  }
}

/** A stop of one round, sent until it is answered: over a reload, too. `round` is 0 while there is none. */
export class KeptStop {
  sending = null; // the last attempt: a promise of whether the server stopped the round
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
    if (this.#stop) this.#set(null);
  }

  /** The server answers again, as somebody has noticed. */
  hurry() {
    clearTimeout(this.#again);
    if (this.#stop) this.sending = this.#send(this.#stop);
  }

  async #send(stop) {
    const { send, done, refused } = this.#options;
    const [answer, refusal] = await send(stop.round).then((answer) => [answer, null], (refusal) => [null, refusal]);
    if (refusal && isPassing(refusal)) this.#tryLater(stop);
    else if (stop === this.#stop) {
      this.cancel();
      if (refusal) refused(refusal);
      else done(answer);
    } // otherwise it was taken back, or a newer one is under way
    return !refusal;
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

/** What a stop threw away: `{round, total, counts}`, `counts` by button, of the answer to `stop`. */
export function stoppedOf({ round, discarded }) {
  const counts = Object.fromEntries(discarded.map(({ event_type: type, count }) => [type, count]));
  return { round, total: discarded.reduce((sum, { count }) => sum + count, 0), counts };
}

/** Tells when a round begins or ends while somebody looks. */
export class Rounds {
  #running = null; // the round that runs, 0 for none; null until the room is known
  #skipped = 0;
  #heard = { round: 0, startedAt: null }; // as the API told last

  /** The end of this round is no news. */
  skip(round) {
    this.#skipped = round;
  }

  /** The room's state; gives "began" or "ended" where that has just happened, otherwise null. */
  follow({ status, round }) {
    if (status === "loading" || status === "missing") return null;
    const before = this.#running;
    this.#running = status === "in_game" ? round : 0;
    if (before === null || before === this.#running) return null;
    if (this.#running > 0) return "began";
    return before === this.#skipped ? null : "ended";
  }

  /** The room as the API tells it at `now` (ms). */
  hear({ round, started_at: startedAt, time }, now) {
    this.#heard = { round, startedAt: startedAt && now - (Date.parse(time) - Date.parse(startedAt)) };
  }

  /** When this round began (ms); null where the API has not told of it yet. */
  startOf(round) {
    return this.#heard.round === round ? this.#heard.startedAt : null;
  }
}
