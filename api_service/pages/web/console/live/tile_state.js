import { chargeOf, nextSecond, secondsTo } from "../../common/charge.js";

const ROOMY = 8; // characters of both figures; where there are more, they are smaller
const KEPT_FOR = 2_000; // ms after the answer, in which the room must have told of it

/**
 * What a button's tile shows. `last` is its last trigger in the feed, `effectSince` when its effect that ends last
 * began, `discarded` how many of its presses a stop threw away, `hidesNames` whether viewers' names are hidden. Times are ms on `performance.now()`.
 *
 * Gives the `kind` of tile, what it `says` (a text's name and values, empty for nothing), its last `line`
 * `{kind, says}`, the `count` that shows, how much of it is filled (`share`) and how much of its effect is left
 * (`effectShare`), whether it may be fired once, and `next`, when its words are others by themselves.
 */
export function tileOf({ button, phase, isLost = false, now, last = null, effectSince = now, discarded = 0, hidesNames = false }) {
  const charge = chargeOf(button, now);
  const effect = effectOf(button, effectSince, now);
  const isRunning = isPlayed({ phase, isLost });
  const [kind, ...says] = kindOf({ button, phase, charge, effect, isRunning });
  return {
    ...{ kind, says },
    line: lineOf({ button, phase, last, discarded, hidesNames }),
    // What is pressed in a stop is thrown away, too.
    ...(kind === "still" ? { count: 0, share: 0 } : { count: button.count, share: charge.share }),
    effectShare: effect?.share ?? 0,
    mayFire: mayFire(button, { phase, isLost }),
    next: nextSecond(kind === "ready" ? button.readyAt : (effect?.endsAt ?? 0), now),
  };
}

/** How large a tile's two figures are, 0 to 1. */
export const fitOf = (has, needs) => Math.min(1, ROOMY / (has.length + needs.length));

const isPlayed = ({ phase, isLost }) => phase === "running" && !isLost;

/** Whether a button may be fired once. */
export const mayFire = (button, room) => isPlayed(room) && button.enabled && button.available;

/** The first that holds: the kind, and what is said. */
function kindOf({ button, phase, charge: { isFull, isClose, missing, readyIn }, effect, isRunning }) {
  if (!button.enabled) return ["off", "off"];
  if (phase === "stopped") return ["still"];
  if (!button.available) return ["away", "not_now"];
  if (phase !== "running" && phase !== "paused") return ["idle"];
  if (isFull && phase === "paused") return ["ready", "full"];
  if (isFull) return readyIn > 0 ? ["ready", "ready_in", readyIn] : ["next", "next_press"];
  if (isClose && isRunning) return ["near", "close", missing];
  if (effect) return ["effect", "in_effect", effect.times, effect.seconds];
  return ["charging", isClose ? "close" : "more", missing];
}

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
