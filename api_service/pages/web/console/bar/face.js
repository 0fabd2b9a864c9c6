import { leftOf } from "../../common/countdown.js";

const RESTS_FOR = 600; // ms
const JUMP = 1_500; // ms: more than a clock that is set right
const SECOND = 1_000; // ms
const COUNTS = 3; // seconds, before a round
const COARSE = 5_000; // ms: nobody sets less, and what is set in mid-round is some ms more or less

/**
 * What the bar shows and does, by the room's phase. Each of its three places does one thing at a time: "left" (pause,
 * resume, notYet), "stop", and "right" (start, count, end); one that `isOff` does nothing now. null: nothing is there.
 *
 * `isLost`: the server does not answer; `keptStop`: a stop is sent until it does, which `resume` takes back. Only Stop
 * works without a server: in the 3-2-1, too.
 */
export function faceOf({ phase, isLost, keptStop }) {
  const { left, right } = PLACES[phase];
  const isOff = isLost || keptStop;
  const places = {
    left: keptStop ? { does: "resume", isOff: false } : left && { does: left, isOff },
    stop: stopIn(phase, isOff) && { does: "stop", isOff: keptStop || phase === "stopped" },
    right: right && { does: right, isOff },
  };
  return { state: stateOf({ phase, isLost, keptStop }), places };
}

function stateOf({ phase, isLost, keptStop }) {
  if (keptStop) return "stopping";
  return isLost && phase !== "missing" ? "lost" : phase;
}

const stopIn = (phase, isOff) => ["running", "paused", "stopped"].includes(phase) || (phase === "starting" && isOff);

/** Which place a key presses, "p" or "x": one that does what the key is for. What has just begun is taken back like a stop. */
export function placeOfKey(key, places) {
  const isFor = ([, place]) => place && !place.isOff && KEYS[key].includes(place.does);
  return Object.entries(places).find(isFor)?.[0] ?? null;
}

const KEYS = { p: ["pause", "resume"], x: ["stop", "notYet"] };

const PLACES = {
  loading: { left: null, right: null },
  missing: { left: null, right: null },
  active: { left: null, right: "start" },
  starting: { left: "notYet", right: "count" },
  running: { left: "pause", right: "end" },
  paused: { left: "resume", right: "end" },
  stopped: { left: "resume", right: "end" },
  ended: { left: null, right: "start" },
};

/** How long a round may last, to choose from: minutes, 0 for no end. */
export const LENGTHS = [1, 3, 5, 10, 0];

/** How many things a minute happen in a room, by the names that streamers know them by. */
export const MOODS = { calm: 4, lively: 12, wild: 60 };

/** The moods to choose from, `{name, perMinute, isChosen}`; a room with another number has that one, too ("own"). */
export function moodsOf(perMinute) {
  const moods = Object.entries(MOODS).map(([name, each]) => ({ name, perMinute: each, isChosen: each === perMinute }));
  const isKnown = moods.some(({ isChosen }) => isChosen);
  return isKnown ? moods : [...moods, { name: "own", perMinute, isChosen: true }];
}

/** A mood in words: a name with its number, of another number that alone. */
export function moodIn(texts, perMinute) {
  const { name } = moodsOf(perMinute).find(({ isChosen }) => isChosen);
  if (name !== "own") return `${texts.mood_names[name]} ${perMinute}`;
  return perMinute > 0 ? texts.a_minute(perMinute) : texts.mood_unpaced;
}

/**
 * A place in the bar whose meaning has just changed takes no click for a moment: the second click of a double click
 * was meant for what was there before.
 */
export class Guard {
  #places = new Map(); // by name: what it does, and since when

  /** What each place does now, `{name: {does}}`; null where nothing is. */
  show(places, now) {
    for (const [name, place] of Object.entries(places)) {
      const does = place?.does ?? null;
      const known = this.#places.get(name);
      if (known?.does !== does) this.#places.set(name, { does, since: known ? now : -Infinity });
    }
  }

  takes(name, now) {
    return now - (this.#places.get(name)?.since ?? -Infinity) >= RESTS_FOR;
  }
}

/**
 * The round's time: how long it goes on, of how much in all; where nothing ends it, how long it has lasted. All in ms,
 * `now` on `performance.now()`.
 */
export class RoundTime {
  #round = 0;
  #whole = 0; // how long it lasts in all
  #end = null; // what was left when it was seen last, and when

  /** Follow the room's state. */
  follow(state, now) {
    const left = leftOf(state, now);
    if (state.round !== this.#round || left === null || this.#end === null) this.#begin(state, left);
    else this.#adjust(state, left, now);
    this.#end = left === null ? null : { left, at: now, runs: state.roundEndsAt !== null };
  }

  #begin({ round, roundLimitMs }, left) {
    this.#round = round;
    this.#whole = Math.max(left ?? 0, roundLimitMs);
  }

  /** The limit was changed in mid-round: what is over stays so. */
  #adjust({ roundEndsAt }, left, now) {
    const { left: before, at, runs } = this.#end;
    const due = runs && roundEndsAt !== null ? before - (now - at) : before;
    const change = left - due;
    if (Math.abs(change) > JUMP) this.#whole = Math.max(left, this.#whole + change);
  }

  /** `{left, whole, share}` of a round with a limit, otherwise `{lasted}`; `startedAt` is null where it is not known. */
  at(state, startedAt, now) {
    const left = leftOf(state, now);
    if (left === null) return { lasted: startedAt === null ? 0 : Math.max(0, now - startedAt) };
    const whole = Math.round(this.#whole / COARSE) * COARSE;
    return { left, whole, share: Math.min(1, left / this.#whole) };
  }
}

/** When the round ends, by this computer's clock; null where nothing ends it. */
export const endOf = ({ roundEndsAt }, now) => (roundEndsAt === null ? null : new Date(Date.now() + roundEndsAt - now));

/** When whole seconds of this time, which falls or grows, are others. */
export function nextSecondOf({ left, lasted }, now) {
  if (left === undefined) return now + SECOND - (lasted % SECOND);
  return left === 0 ? Infinity : now + (left % SECOND || SECOND);
}

/** Which second of the 3-2-1 it is, and when that is another. Where none is counted, the first one stands. */
export function countOf(startsAt, now) {
  const left = startsAt - now;
  if (left <= 0 || left > COUNTS * SECOND) return { count: COUNTS, next: Infinity };
  return { count: Math.ceil(left / SECOND), next: nextSecondOf({ left }, now) };
}

/** 75,900 ms of something that grows: whole seconds, down. */
export const lastedSeconds = (ms) => Math.floor(ms / SECOND) * SECOND;
