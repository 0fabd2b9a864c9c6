import { chargeOf, nextSecond, secondsTo } from "../common/charge.js";

/**
 * What a button's tape says, the most important first. Each gives `over`, `title` and `detail`, three lines, and
 * `number`, large beside them; what is missing is left out. `speaks` is for whoever listens. A button that `rests`
 * is there, but takes no presses. The last ones have no tape.
 */
const RULES = [
  {
    state: "off",
    rests: true,
    applies: ({ button }) => !button.enabled,
    says: (texts) => texts.off,
  },
  {
    state: "starting",
    rests: true,
    applies: ({ startsIn }) => startsIn > 0,
    says: (texts, { startsIn }) => ({ ...texts.starting, number: startsIn }),
    speaks: (texts, { startsIn }) => texts.startsIn(startsIn),
  },
  {
    state: "paused",
    rests: true,
    applies: ({ paused }) => paused,
    says: (texts) => texts.resting,
  },
  {
    state: "unavailable",
    rests: true,
    applies: ({ button }) => !button.available,
    says: (texts, { button }) => ({ title: texts.notUsable, detail: button.reason }),
    speaks: (texts, { button }) => texts.unavailable(button.reason),
  },
  {
    state: "failed",
    applies: ({ answer }) => answer?.state === "failed",
    says: (texts, { answer }) => ({ title: texts.gaveBack, detail: texts.back(answer) }),
    speaks: (texts, { answer }) => texts.failed(answer.reason),
  },
  {
    state: "done",
    applies: ({ answer }) => answer?.state === "done",
    says: (texts, { answer }) => ({ title: texts.done, detail: answer.reason }),
  },
  {
    state: "lasting",
    applies: ({ countdown }) => countdown,
    says: (texts, { countdown }) => ({
      title: texts.lasting,
      detail: texts.lastingOf(countdown),
      number: countdown.seconds,
    }),
    speaks: (texts, { countdown }) => texts.lastingSpoken(countdown),
  },
  {
    state: "sent",
    applies: ({ answer }) => answer?.state === "sent",
    says: (texts, { answer }) => ({ title: texts.sent, detail: answer.presses ? texts.spent(answer.presses) : "" }),
  },
  {
    state: "full",
    applies: ({ isFull, readyIn }) => isFull && readyIn > 0,
    says: (texts, { readyIn }) => ({ over: texts.full, title: texts.readyIn, number: readyIn }),
    speaks: (texts, { readyIn }) => `${texts.full}${texts.comma}${texts.ready(readyIn)}`,
  },
  {
    state: "cooling",
    applies: ({ coolsFor }) => coolsFor > 0,
    says: (texts, { coolsFor }) => ({ over: texts.cooling, title: texts.backIn, number: coolsFor }),
    speaks: (texts, { coolsFor }) => texts.ready(coolsFor),
  },
  {
    state: "ready",
    applies: ({ isFull }) => isFull,
    speaks: (texts) => texts.full,
  },
  { state: "open", applies: () => true, speaks: () => "" },
];

/**
 * What is to be said of `{button, paused, startsAt, answer, countdown}` at this time: the `state`, the `tape` or
 * null, what a screen reader says (`spoken`), and whether the button `rests`.
 */
export function tapeOf(texts, known, now) {
  const shown = {
    ...known,
    ...chargeOf(known.button, now),
    startsIn: secondsTo(known.startsAt, now),
    coolsFor: secondsTo(known.button.cooldownUntil, now),
  };
  const { state, rests = false, says, speaks } = RULES.find(({ applies }) => applies(shown));
  const tape = says?.(texts, shown) ?? null;
  return { state, rests, tape, spoken: speaks?.(texts, shown) ?? tape.title };
}

/** When its seconds are others, on `performance.now()`. */
export function nextSecondOf({ cooldownUntil, readyAt }, startsAt, now) {
  return Math.min(...[cooldownUntil, readyAt, startsAt].map((at) => nextSecond(at, now)));
}
