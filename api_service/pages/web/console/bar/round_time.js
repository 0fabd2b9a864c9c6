import { leftOf } from "../../common/countdown.js";

const JUMP = 1_500; // ms: more than a clock that is set right
const SECOND = 1_000; // ms
const COARSE = 5_000; // ms: nobody sets less, and what is set in mid-round is some ms more or less

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

/** When whole seconds of this time, which falls or grows, are others. */
export function nextSecondOf({ left, lasted }, now) {
  if (left === undefined) return now + SECOND - (lasted % SECOND);
  return left === 0 ? Infinity : now + (left % SECOND || SECOND);
}

/** 75,900 ms of something that grows: whole seconds, down. */
export const lastedSeconds = (ms) => Math.floor(ms / SECOND) * SECOND;
