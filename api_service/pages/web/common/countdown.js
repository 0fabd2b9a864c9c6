import { shownIf, textOf } from "./elements.js";

const SECOND = 1_000; // ms
const LAST = 10; // seconds in which it stands out
const READ_OUT = [60, LAST]; // seconds left at which it is read out
const READ_WITHIN = 4; // seconds that a sentence may wait for its turn

/** How long (ms) the round still goes on; null where nothing ends it by itself. */
export function leftOf({ roundEndsAt, roundLeftMs }, now) {
  return roundEndsAt === null ? roundLeftMs : Math.max(0, roundEndsAt - now);
}

/** 75,000 ms as 1:15, an hour as 1:00:00. */
export function clockOf(ms) {
  const seconds = secondsIn(ms);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const padded = (n) => String(n).padStart(2, "0");
  const begin = hours ? `${hours}:${padded(minutes)}` : minutes;
  return `${begin}:${padded(seconds % 60)}`;
}

/** Which of the seconds left that are read out is to be said now; 0 for none. */
export function readOutAt(state, now) {
  const seconds = secondsIn(leftOf(state, now) ?? 0);
  if (state.roundEndsAt === null) return 0;
  return READ_OUT.find((each) => seconds <= each && seconds > each - READ_WITHIN) ?? 0;
}

/** Shows in a node's `b` how long the round still goes on. */
export class RoundClock {
  #node;
  #set;

  constructor(node) {
    this.#node = node;
    this.#set = { shown: shownIf(node), time: textOf(node.querySelector("b")) };
  }

  /** Show the room's state; gives when it must be shown again, in ms on `performance.now()`. */
  show(state, now) {
    const left = leftOf(state, now);
    this.#set.shown(left !== null);
    if (left === null) return Infinity;
    this.#set.time(clockOf(left));
    this.#node.toggleAttribute("data-last", state.roundEndsAt !== null && secondsIn(left) <= LAST);
    if (state.roundEndsAt === null || left === 0) return Infinity;
    return state.roundEndsAt - (secondsIn(left) - 1) * SECOND;
  }
}

const secondsIn = (ms) => Math.ceil(ms / SECOND);
