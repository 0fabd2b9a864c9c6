import { sum } from "./figures.js";

const BIN = 2_000; // ms
const BINS = 150; // 5 minutes
const PATIENCE = 3_000; // ms
const MOST_GUESSES = 200; // of a button; so many triggers that did not come belong to another game

/**
 * Accepted presses per button, over time. No DOM here.
 *
 * Nobody sends that figure, but at every moment a button's accepted presses are the thresholds of
 * its fired triggers plus its count. The room's state tells the count and how many triggers fired
 * (`level`); the game's triggers tell how many presses each used up (`trigger_count`). So between
 * two states: growth = thresholds of the triggers fired in between + change of the count.
 *
 * The two come on different ways. If triggers are missing, it waits 3 s, then assumes the present threshold
 * for each, and corrects that when the trigger comes. A reset throws a count away, which is no growth, and
 * neither are the presses that a trigger gives back which did not work.
 */
export class Tally {
  #round = null;
  #fromStart = false; // of the round: its buttons began with nothing
  #buttons = new Map(); // event type → {level, count, thresholds, guesses, back, old, total, bins}
  #waitingSince = new Map();

  /** `stored` is what `snapshot` gave. */
  constructor(stored) {
    if (!stored) return;
    this.#round = stored.round;
    this.#fromStart = stored.fromStart;
    this.#buttons = new Map(
      stored.buttons.map(([type, button]) => [type, { back: 0, ...button, bins: new Map(button.bins) }]),
    );
  }

  /** All there is to go on from, as JSON has it. */
  snapshot() {
    const buttons = [...this.#buttons];
    const plain = buttons.map(([type, button]) => [type, { ...button, bins: [...button.bins] }]);
    return { round: this.#round, fromStart: this.#fromStart, buttons: plain };
  }

  /** A trigger of the game used up so many presses. */
  fired({ event_type: type, trigger_count: threshold }) {
    const button = this.#buttonOf(type);
    if (button.guesses.length > 0) button.total += threshold - button.guesses.shift();
    else button.thresholds.push(threshold);
  }

  /**
   * A trigger gave its presses back: what its button grows by next is none. Of a trigger that came to another
   * game the presses are not known, and taken for the threshold of now.
   */
  returned({ eventType, required }, presses = required) {
    this.#buttonOf(eventType).back += presses;
  }

  /** Triggers before the next one will never come. */
  skipped() {
    for (const button of this.#buttons.values()) Object.assign(button, { guesses: [], old: 0 });
  }

  /** The round is over: triggers that come from here on are of the next one. */
  roundEnded() {
    for (const button of this.#buttons.values()) button.old = button.thresholds.length;
  }

  /** The room's state, at `now` (ms). */
  take({ round, status, buttons }, now) {
    if (status === "loading" || status === "missing") return;
    if (round !== this.#round) this.#beginRound(round);
    for (const button of buttons) this.#takeButton(button, now);
  }

  /** Presses of a button in this round, as far as this page has seen it. */
  totalOf(type) {
    return this.#buttons.get(type)?.total ?? 0;
  }

  /** Presses in each bin of the last 5 minutes, oldest first; the last one is still running. */
  binsOf(type, now) {
    const bins = this.#buttons.get(type)?.bins;
    const last = Math.floor(now / BIN);
    return Array.from({ length: BINS }, (_, n) => bins?.get(last - BINS + 1 + n) ?? 0);
  }

  #beginRound(round) {
    this.#fromStart = this.#round !== null;
    this.#round = round;
    for (const button of this.#buttons.values()) {
      const thresholds = button.thresholds.slice(button.old);
      Object.assign(button, this.#beginning(), { thresholds });
    }
  }

  #takeButton({ eventType, level, count, required }, now) {
    const button = this.#buttonOf(eventType);
    button.level ??= this.#startAt(button, level, count);
    const fired = level - button.level;
    if (fired > button.thresholds.length && this.#waits(eventType, now)) return;
    this.#waitingSince.delete(eventType);
    const used = button.thresholds.splice(0, Math.max(0, fired));
    const guesses = new Array(Math.max(0, fired - used.length)).fill(required);
    button.guesses = [...button.guesses, ...guesses].slice(-MOST_GUESSES);
    const growth = sum(used) + sum(guesses) + count - button.count;
    const back = Math.max(0, Math.min(growth, button.back));
    const old = Math.max(0, button.old - used.length);
    Object.assign(button, { level, count, old, back: button.back - back });
    if (growth > back) this.#add(button, growth - back, now);
  }

  #beginning() {
    const level = this.#fromStart ? 0 : null;
    return { level, count: 0, thresholds: [], guesses: [], back: 0, old: 0, total: 0 };
  }

  #buttonOf(type) {
    if (!this.#buttons.has(type)) {
      this.#buttons.set(type, { ...this.#beginning(), bins: new Map() });
    }
    return this.#buttons.get(type);
  }

  /** What a button had before this page came counts for nothing here. */
  #startAt(button, level, count) {
    Object.assign(button, { count, thresholds: [], old: 0 });
    return level;
  }

  #waits(type, now) {
    if (!this.#waitingSince.has(type)) this.#waitingSince.set(type, now);
    return now - this.#waitingSince.get(type) < PATIENCE;
  }

  #add(button, presses, now) {
    const bin = Math.floor(now / BIN);
    button.total += presses;
    button.bins.set(bin, (button.bins.get(bin) ?? 0) + presses);
    for (const old of button.bins.keys()) if (old <= bin - BINS) button.bins.delete(old);
  }
}

export const BIN_SECONDS = BIN / 1_000;
