import { StreamarioError } from "../../streamario.js";
import { leftOf } from "../../common/countdown.js";
import { confirmed } from "../parts.js";
import { storedStop, storeStop } from "../storage.js";
import { Expected, KeptStop, stoppedOf, Wish } from "./round.js";

const LONGEST = 36_000; // s: the server's limit of a round
const MINUTE = 60; // s
const SECOND = 1_000; // ms
const STOPPED_WITHIN = 1_500; // ms: a stop is sent again rather than waited for

/**
 * What the streamer does with the round. All say themselves what was refused. Each waits for the one before it, but a stop
 * for none; each but a start is for the round that it was given in alone.
 */
export class Commands {
  #desk;
  #expected = new Expected();
  #mood = new Wish();
  #kept;
  #last = null; // the command that was given last and is under way: `{command, done}`
  #stops = 0; // how many were given
  #started = 0; // the round that the last start opened

  constructor(desk) {
    this.#desk = desk;
    this.#kept = new KeptStop({
      stored: storedStop(desk.entry.room_id),
      store: (stop) => storeStop(desk.entry.room_id, stop),
      send: (round) => desk.api.round("stop", { round }, STOPPED_WITHIN),
      done: (answer) => this.#stopped(answer),
      refused: (refusal) => this.#notStopped(refusal),
    });
  }

  /** The phase as it shows: a command shows what it will bring before the room tells. */
  phaseOf(phase) {
    const shown = this.#expected.phaseOf(phase, performance.now());
    this.#desk.redrawAt(this.#expected.until);
    return shown;
  }

  /** Whether a stop is sent until the server answers. */
  get keepsStop() {
    return this.#kept.round > 0 && this.#kept.round === this.#round;
  }

  /** Things a minute, as chosen last; once the room tells so, it alone counts. */
  get perMinute() {
    const perMinute = this.#mood.valueOf(this.#desk.state.triggersPerMinute, performance.now());
    this.#desk.redrawAt(this.#mood.until);
    return perMinute;
  }

  /** The server answers again. */
  reached() {
    this.#kept.hurry();
  }

  start = () => this.#give("start");
  pause = () => this.#give("pause");

  /** End the round that has just begun: nobody meant it, and its results are nobody's. */
  notYet() {
    return this.#give("end", { expects: "not_yet", before: (round) => this.#desk.skipResults(round) });
  }

  /** A stop that is not answered is sent no more. A server that is away is asked only if it carried that one out. */
  async resume() {
    const [wasKept, stops, { sending }] = [this.keepsStop, this.#stops, this.#kept];
    this.#kept.cancel();
    this.#desk.redraw();
    const isNeeded = !wasKept || !this.#desk.isLost || (await sending);
    if (isNeeded && stops === this.#stops) await this.#give("resume");
  }

  /** Whatever is away, or under way: it is sent at once, and until the server answers. */
  stop() {
    const round = this.#round;
    if (!round || this.keepsStop) return;
    this.#desk.refuse("");
    this.#expected.refused();
    this.#stops += 1;
    this.#kept.keep(round);
    this.#last = { command: "stop", done: Promise.allSettled([this.#last?.done, this.#kept.sending]) };
    this.#desk.redraw();
  }

  async end() {
    const { end_question: question, end_explanation: explanation, end_round: yes } = this.#desk.texts;
    const round = this.#round;
    if (await confirmed(question, explanation, yes)) await this.#give("end", { values: { round } });
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
    const set = (wanted) => this.#ask(() => this.#desk.api.changeSettings({ triggers_per_minute: wanted }));
    await this.#mood.make(perMinute, set);
    this.#desk.redraw();
  }

  /** Fire a button, whatever it needs. */
  fire(eventType) {
    return this.#ask(() => this.#desk.api.fire(eventType));
  }

  /** The round that runs, as far as anything has told; 0 for none. */
  get #round() {
    const { status, round } = this.#desk.state;
    if (this.#started > round) return this.#started;
    return status === "in_game" ? round : 0;
  }

  /** One of the round's commands, unless the same is the last that is under way. */
  async #give(command, { expects = command, ...options } = {}) {
    if (this.#last?.command === command) return;
    this.#expected.expect(expects);
    const given = { command };
    given.done = this.#inTurn(given, this.#last?.done, options);
    this.#last = given;
    try {
      await given.done;
    } finally {
      if (this.#last === given) this.#last = null;
      this.#desk.redraw();
    }
  }

  /** Ask for it once what was given `earlier` is answered, unless a stop was given meanwhile. `before(round)` precedes it. */
  async #inTurn(given, earlier, { values = {}, before }) {
    const { command } = given;
    const stops = this.#stops;
    await Promise.allSettled([earlier, this.#kept.sending]);
    const round = this.#round;
    const isWanted = stops === this.#stops && (round > 0 || command === "start");
    if (isWanted) before?.(round);
    const body = command === "start" ? values : { round, ...values };
    const answer = isWanted && (await this.#ask(() => this.#desk.api.round(command, body)));
    if (command === "start" && answer) this.#started = answer.round;
    if (isWanted && stops !== this.#stops && this.#last.command === "stop") this.#kept.keep(round); // this undid it
    if (this.#last !== given) return;
    if (answer) this.#expected.answered(performance.now());
    else this.#expected.refused();
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

  #stopped(answer) {
    this.#expected.expect("stop");
    this.#expected.answered(performance.now());
    this.#desk.takeStopped(stoppedOf(answer));
    this.#desk.redraw();
  }

  /** A round that is over needs no stop, as the bar shows. */
  #notStopped(refusal) {
    if (refusal.code !== "game_not_started") this.#refuse(refusal);
    this.#desk.redraw();
  }
}
