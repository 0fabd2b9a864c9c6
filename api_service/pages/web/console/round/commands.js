import { StreamarioError } from "../../streamario.js";
import { leftOf } from "../../common/countdown.js";
import { isPassing } from "../../streamario/api.js";
import { confirmed } from "../confirm.js";
import { KeptStop } from "./kept_stop.js";
import { Expected } from "./phases.js";
import { stoppedOf } from "./rounds.js";

const LONGEST = 36_000; // s: the server's limit of a round
const MINUTE = 60; // s
const SECOND = 1_000; // ms

/** What the streamer does with the round. All say themselves what was refused. */
export class Commands {
  #desk;
  #expected = new Expected();
  #kept;
  #underway = new Set();
  #wanted = null; // how much is to happen, until the room tells

  constructor(desk) {
    this.#desk = desk;
    this.#kept = new KeptStop({
      round: desk.entry.kept_stop ?? 0,
      store: (round) => desk.store({ kept_stop: round }),
      read: () => desk.api.readRoom(),
      send: () => desk.api.round("stop"),
      done: (answer) => this.#stopped(answer),
      refused: (refusal) => this.#refuse(refusal),
    });
  }

  /** The phase as it shows: a command shows what it will bring before the room tells. */
  phaseOf(phase) {
    return this.#expected.phaseOf(phase, performance.now());
  }

  /** Whether a stop waits until the server answers. */
  get keepsStop() {
    return Boolean(this.#kept.round) && this.#kept.round === this.#desk.state.round;
  }

  /** Things a minute, as chosen last; once the room tells so, it alone counts. */
  get perMinute() {
    const { triggersPerMinute } = this.#desk.state;
    if (this.#wanted === triggersPerMinute) this.#wanted = null;
    return this.#wanted ?? triggersPerMinute;
  }

  /** The server answers again. */
  reached() {
    this.#kept.hurry();
  }

  start = () => this.#give("start");
  pause = () => this.#give("pause");

  /** End the round that has just begun: nobody meant it, and its results are nobody's. */
  notYet() {
    this.#desk.skipResults(this.#desk.state.round);
    return this.#give("end", { expects: "not_yet" });
  }

  /** A stop that was not sent is not sent any more. */
  async resume() {
    if (this.keepsStop) {
      this.#kept.cancel();
      return this.#desk.redraw();
    }
    await this.#give("resume");
  }

  /** Whatever is away: it is said at once, and sent as soon as the server answers. */
  async stop() {
    const { state } = this.#desk;
    if (state.status !== "in_game" || this.keepsStop) return;
    this.#desk.refuse("");
    if (this.#desk.isLost) return this.#keep(state.round);
    this.#expected.expect("stop");
    this.#desk.redraw();
    try {
      this.#stopped(await this.#desk.api.round("stop"));
    } catch (refusal) {
      this.#expected.refused();
      if (!isPassing(refusal)) this.#refuse(refusal);
      else this.#keep(state.round);
    }
  }

  async end() {
    const { end_question: question, end_explanation: explanation, end_round: yes } = this.#desk.texts;
    if (await confirmed(question, explanation, yes)) await this.#give("end");
  }

  /** How long (s) this round goes on from now on; 0 for no end. */
  limit(seconds) {
    return this.#give("limit", { values: { limit_s: Math.min(LONGEST, seconds) } });
  }

  /** A minute more: of this round, or before it, of every round. */
  async longer() {
    const { state } = this.#desk;
    const left = leftOf(state, performance.now());
    if (state.status === "in_game") await this.limit(Math.ceil(left / SECOND) + MINUTE);
    else await this.everyRound(state.roundLimitMs / SECOND + MINUTE);
  }

  /** How long (s) rounds last from the next one on; 0 for no end. The setting is the running round's, too. */
  async everyRound(seconds) {
    const { state } = this.#desk;
    const left = Math.ceil((leftOf(state, performance.now()) ?? 0) / SECOND);
    const isSet = await this.#ask(() => this.#desk.api.changeSettings({ round_limit_s: Math.min(LONGEST, seconds) }));
    if (isSet && state.status === "in_game") await this.limit(left);
  }

  /** How many things happen a minute. */
  async mood(perMinute) {
    this.#wanted = perMinute;
    const isSet = await this.#ask(() => this.#desk.api.changeSettings({ triggers_per_minute: perMinute }));
    if (!isSet) this.#wanted = null;
    this.#desk.redraw();
  }

  async reset() {
    const { reset_question: question, reset_explanation: explanation, reset_now: yes } = this.#desk.texts;
    if (await confirmed(question, explanation, yes)) await this.#ask(() => this.#desk.api.reset());
  }

  /** Fire a button, whatever it needs. */
  fire(eventType) {
    return this.#ask(() => this.#desk.api.fire(eventType));
  }

  /** One of the round's commands, unless the same is under way. */
  async #give(command, { expects = command, values = {} } = {}) {
    if (this.#underway.has(command)) return;
    this.#underway.add(command);
    this.#expected.expect(expects);
    const answer = await this.#ask(() => this.#desk.api.round(command, values));
    if (answer) this.#expected.answered(performance.now());
    else this.#expected.refused();
    this.#underway.delete(command);
    this.#desk.redraw();
  }

  /** Gives the answer, or null where it was refused. */
  async #ask(request) {
    this.#desk.refuse("");
    try {
      return await request();
    } catch (refusal) {
      this.#refuse(refusal);
      return null;
    }
  }

  #refuse(refusal) {
    if (!(refusal instanceof StreamarioError)) throw refusal;
    this.#desk.refuse(this.#desk.texts.refused(refusal));
  }

  #keep(round) {
    this.#kept.keep(round);
    this.#desk.redraw();
  }

  #stopped(answer) {
    this.#expected.answered(performance.now());
    this.#desk.takeStopped(stoppedOf(answer));
  }
}
