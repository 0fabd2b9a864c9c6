import { sleep } from "../../streamario/timing.js";
import { newViewer } from "../api.js";

const MOST = 20; // presses of a button that a request counts
const CROWD = 20; // viewers
const LASTS = 15_000; // ms
const PAUSE = [400, 1_600]; // ms between two batches of a viewer
const MOST_AT_ONCE = 4; // presses of such a batch

/** The viewers of the console's own. They press as any viewer does, and within the same limits. */
export class TestViewers {
  #api;
  #names;
  #tester = null; // full ids
  #crowd = [];
  #until = 0;
  #stopping = null;

  /** `names` are `{tester, member(n)}`. */
  constructor(api, names) {
    this.#api = api;
    this.#names = names;
  }

  /**
   * Press what a button lacks, until it fires, its pace holds it or the server counts no more. Resolves
   * to `{fired, pressed, left, why}`, the last "pace" or as `rejected_by` names it. Throws StreamarioError.
   */
  async test(eventType) {
    this.#tester ??= await newViewer();
    const { stats } = await this.#api.stats();
    const statIn = (all) => all.find((stat) => stat.event_type === eventType);
    let left = statIn(stats)?.remaining_count ?? 1;
    for (let pressed = 0; ; ) {
      const count = Math.min(MOST, Math.max(1, left));
      const answer = await this.#api.press(this.#tester, this.#names.tester, eventType, count);
      if (answer.game_over) return { fired: false, pressed, left, why: "over" };
      const [{ accepted, remaining_count: missing, triggers_fired: fired }] = answer.event_results;
      [pressed, left] = [pressed + accepted, missing];
      if (fired > 0 || accepted < count) {
        return { fired: fired > 0, pressed, left, why: reasonIn(answer.rejected_by) };
      }
      const why = statIn(answer.stats)?.cooldown_left_ms > 0 ? "cooldown" : "pace";
      if (left === 0) return { fired: false, pressed, left, why };
    }
  }

  /** How long the crowd goes on (ms); 0 where there is none. */
  get crowdLeft() {
    return this.#stopping ? Math.max(0, this.#until - Date.now()) : 0;
  }

  /**
   * Have a crowd press at random, until its time is over or it is stopped. `choose()` gives a button's
   * event type, or nothing where none can be pressed. Throws StreamarioError.
   */
  async runCrowd(choose) {
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#until = Date.now() + LASTS;
    try {
      while (this.#crowd.length < CROWD) this.#crowd.push(await newViewer());
      await Promise.all(this.#crowd.map((id, n) => this.#play(id, n + 1, choose, stopping.signal)));
    } finally {
      stopping.abort();
      if (this.#stopping === stopping) this.#stopping = null;
    }
  }

  stopCrowd() {
    this.#stopping?.abort();
    this.#stopping = null;
  }

  async #play(id, n, choose, signal) {
    for (;;) {
      await sleep(between(...PAUSE), signal);
      if (signal.aborted || Date.now() >= this.#until) return;
      const eventType = choose();
      const presses = Math.ceil(Math.random() * MOST_AT_ONCE);
      if (eventType) await this.#api.press(id, this.#names.member(n), eventType, presses);
    }
  }
}

const between = (least, most) => least + Math.random() * (most - least);

/** The first reason for which presses were refused; nothing where none were. */
const reasonIn = (rejectedBy) => Object.keys(rejectedBy).find((reason) => rejectedBy[reason] > 0);
