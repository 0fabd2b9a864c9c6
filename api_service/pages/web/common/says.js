import { chargeOf, nextSecond, secondsTo } from "./charge.js";

/**
 * What a button says, alike on phones, the overlay and the console, which have their own words for it: the first of these
 * that holds, and whether the button `rests`, so that it takes no presses.
 */
const LADDER = [
  { word: "asleep", rests: true, holds: ({ button }) => !button.enabled },
  { word: "starting", rests: true, holds: ({ startsIn }) => startsIn > 0 },
  { word: "paused", rests: true, holds: ({ isPaused }) => isPaused },
  { word: "unavailable", rests: true, holds: ({ button }) => !button.available },
  { word: "failed", holds: ({ answer }) => answer?.state === "failed" },
  { word: "called", holds: ({ place }) => place },
  { word: "done", holds: ({ answer }) => answer?.state === "done" },
  { word: "next", holds: ({ isFull, waits }) => isFull && !waits },
  { word: "close", holds: ({ button, isClose, cools }) => isClose && button.count > 0 && !cools },
  { word: "lasting", holds: ({ countdown }) => countdown },
  { word: "sent", holds: ({ answer }) => answer?.state === "sent" },
  { word: "time", holds: ({ isFull, waits, cools }) => waits && (isFull || cools) },
  { word: "more", holds: () => true },
];

/**
 * The `word` of LADDER for a button and what its page knows beside it: `isPaused`, when its round `startsAt`, the `answer`
 * `{state: "sent", "done" or "failed"}` to its last trigger while that shows, the `countdown` of an effect, its `place` in
 * the overlay's line. With it `startsIn`, `readyIn` (s) and what `chargeOf` says. Times are ms on `performance.now()`.
 */
export function saysOf({ button, startsAt = 0, ...known }, now) {
  const charge = chargeOf(button, now);
  const facts = {
    ...{ button, ...known, ...charge },
    startsIn: secondsTo(startsAt, now),
    waits: charge.readyIn > 0,
    cools: button.cooldownUntil > now && charge.readyIn > 0,
  };
  const { word, rests = false } = LADDER.find(({ holds }) => holds(facts));
  return { ...charge, word, rests, startsIn: facts.startsIn };
}

/** How many presses or, of `time`, seconds the slower one lacks: what is full waits for a press, too. */
export const lacksOf = (word, { missing, readyIn }) => (word === "time" ? readyIn : Math.max(1, missing));

/** When it says something else by itself, as far as the clock alone decides that. */
export function nextWordOf({ cooldownUntil, readyAt }, startsAt, now) {
  return Math.min(...[cooldownUntil, readyAt, startsAt].map((at) => nextSecond(at, now)));
}
