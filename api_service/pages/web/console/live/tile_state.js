import { nextSecond, secondsTo } from "../../common/charge.js";
import { lacksOf, nextWordOf, saysOf } from "../../common/says.js";

const ROOMY = 6; // characters of a number; where there are more, they are smaller
const KEPT_FOR = 2_000; // ms after the answer, in which the room must have told of it
const NEAR = ["close", "next"];

/**
 * What a button's tile shows. `last` is its last trigger in the feed, `effectSince` when its effect that ends last
 * began, `discarded` how many of its presses a stop threw away, `hidesNames` whether viewers' names are hidden. Times
 * are ms on `performance.now()`.
 *
 * Gives the `kind` of tile: the word of `saysOf`, "still" in a stop or "idle" while no round runs; how many presses or
 * seconds it `lacks`, and the presses `counted`, `{has, needs}`, each null where nobody asks; what it `says` beside
 * that (a text's name and values, empty for nothing); its last `line` `{kind, says}`; how much of it is filled
 * (`share`); in how many seconds it may fire (`readyIn`); how much of its effect is left (`effectShare`); whether it
 * may be fired once; and `next`, when its words are others by themselves.
 */
export function tileOf({ button, phase, isLost = false, now, last = null, effectSince = now, discarded = 0, hidesNames = false }) {
  const effect = effectOf(button, effectSince, now);
  const { readyIn, ...charge } = saysOf({ button, isPaused: phase === "paused", countdown: effect }, now);
  const kind = kindOf(charge, { phase, isLost });
  const { people, required: needs } = button;
  // What is pressed in a stop is thrown away, too.
  const { missing, share } = kind === "still" ? { missing: needs, share: 0 } : charge;
  return {
    ...{ kind, share, readyIn },
    lacks: kind === "asleep" ? null : lacksOf(kind, { missing, readyIn }),
    counted: COUNTLESS.includes(kind) ? null : { has: needs - missing, needs },
    says: (SAYS[kind] ?? SAYS.more)({ people, effect }),
    line: lineOf({ button, phase, last, discarded, hidesNames }),
    effectShare: effect?.share ?? 0,
    mayFire: mayFire(button, { phase, isLost }),
    next: Math.min(nextWordOf(button, 0, now), nextSecond(effect?.endsAt ?? 0, now)),
  };
}

/** How large a tile's number is, 0 to 1. */
export const fitOf = (number) => Math.min(1, ROOMY / number.length);

const isPlayed = ({ phase, isLost }) => phase === "running" && !isLost;

/** Whether a button may be fired once. */
export const mayFire = (button, room) => isPlayed(room) && button.enabled && button.available;

/** What a tile makes of a word: a stop, or no round, is a kind of its own, and without the server nothing is near. */
function kindOf({ word, rests }, { phase, isLost }) {
  if (word === "asleep") return word;
  if (phase === "stopped") return "still";
  if (phase !== "running" && !rests) return "idle";
  return isLost && NEAR.includes(word) ? "more" : word;
}

/** Kinds of which nobody asks how many presses are in. */
const COUNTLESS = ["asleep", "time"];

/** What stands beside the number, by kind: who is in, or why nobody can press. */
const SAYS = {
  asleep: () => ["asleep"],
  still: () => [],
  idle: () => [],
  paused: () => ["paused"],
  unavailable: () => ["not_now"],
  next: () => ["next_press"],
  lasting: ({ effect }) => ["lasting", effect.times, effect.seconds],
  more: ({ people }) => (people > 0 ? ["people", people] : []),
};

/** The effect that ends last; null where none goes on. */
function effectOf({ effects }, since, now) {
  const endsAt = effects.at(-1)?.endsAt ?? 0;
  if (endsAt <= now) return null;
  const share = (endsAt - now) / (endsAt - since);
  return { times: effects.length, seconds: secondsTo(endsAt, now), share, endsAt };
}

/** What happened last, or why nothing does. */
function lineOf({ button, phase, last, discarded, hidesNames }) {
  if (!button.enabled) return line("", "unpressable");
  if (phase === "stopped") return discarded > 0 ? line("", "thrown_away", discarded) : line("");
  if (phase === "paused") return line("", "kept");
  if (!button.available) return button.reason ? line("warn", "reason", button.reason) : line("");
  if (last?.outcome?.status === "failed") return line("bad", "failed", last.outcome.returned, last.outcome.reason);
  const name = last ? last.viewerName : button.lastTippedBy;
  if (name) return hidesNames ? line("") : line("", "last", name);
  if (last) return last.by ? line("", `last_${last.by}`) : line("");
  return button.accepted === 0 ? line("", "nobody_yet") : line("");
}

const line = (kind, ...says) => ({ kind, says });

/** Switches buttons on and off, one after the other: the API takes a room's buttons as a whole. */
export class ButtonSwitch {
  #api;
  #wishes = new Map(); // event type → `{isOn, until}`: what it shall be; `until` is Infinity before the answer
  #last = Promise.resolve();

  constructor(api) {
    this.#api = api;
  }

  /** Whether a button is on, or will be in a moment. Times are ms on `performance.now()`. */
  isOn({ eventType, enabled }, now) {
    const wish = this.#wishes.get(eventType);
    if (!wish) return enabled;
    const isTold = wish.isOn === enabled && wish.until < Infinity;
    if (!isTold && now < wish.until) return wish.isOn;
    this.#wishes.delete(eventType);
    return enabled;
  }

  /** When the room's own word counts again. */
  get next() {
    return Math.min(...Array.from(this.#wishes.values(), ({ until }) => until));
  }

  /** Resolves once the server has it. Throws StreamarioError. */
  async set(eventType, isOn) {
    const wish = { isOn, until: Infinity };
    this.#wishes.set(eventType, wish);
    const sent = this.#last.then(() => this.#send(eventType, isOn));
    this.#last = sent.catch(() => {});
    try {
      await sent;
      wish.until = performance.now() + KEPT_FOR;
    } catch (refusal) {
      if (this.#wishes.get(eventType) === wish) this.#wishes.delete(eventType);
      throw refusal;
    }
  }

  #send(eventType, enabled) {
    const switched = (button) => (button.event_type === eventType ? { ...button, enabled } : button);
    return this.#api.editSettings(({ buttons }) => ({ buttons: buttons.map(switched) }));
  }
}
