const LASTS_FOR = 10_000; // ms after a press in which one still has a part in what fires

/** What a key says of its button's state, the most important first. */
const RULES = [
  {
    state: "off",
    applies: ({ button }) => !button.enabled,
    says: (texts) => texts.off,
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
    says: (texts, { button }) => texts.unavailable(button.reason),
  },
  {
    state: "failed",
    applies: ({ failure }) => failure,
    says: (texts, { failure }) => texts.failed(failure.reason),
  },
  {
    state: "lasting",
    applies: ({ countdown }) => countdown,
    says: (texts, { countdown }) => texts.lasting(countdown),
    speaks: (texts, { countdown }) => texts.lastingSpoken(countdown),
  },
  {
    state: "cooling",
    applies: ({ coolsFor }) => coolsFor > 0,
    says: (texts, { coolsFor }) => texts.cooling(coolsFor),
  },
  {
    state: "full",
    applies: isFull,
    says: (texts, { readyIn }) => (readyIn > 0 ? texts.cooling(readyIn) : texts.full),
  },
  {
    state: "open",
    applies: () => true,
    says: (texts, { button: { lastTippedBy: name } }) => (name ? texts.tippedBy(name) : ""),
  },
];

/**
 * The note for `{button, paused, failure, countdown}` at this time: its state, text, what a screen
 * reader says, and whether the button rests: it is there, but invites no presses.
 */
export function noteOf(texts, known, now) {
  const { cooldownUntil, readyAt } = known.button;
  const shown = { ...known, coolsFor: secondsTo(cooldownUntil, now), readyIn: secondsTo(readyAt, now) };
  const { state, rests = false, says, speaks = says } = RULES.find(({ applies }) => applies(shown));
  return { state, rests, text: says(texts, shown), spoken: speaks(texts, shown) };
}

/** When the seconds of a note are others, on `performance.now()`. */
export function nextSecondOf({ cooldownUntil, readyAt }, now) {
  return Math.min(...[cooldownUntil, readyAt].map((at) => secondBefore(at, now)));
}

function secondBefore(at, now) {
  const seconds = secondsTo(at, now);
  return seconds > 0 ? at - (seconds - 1) * 1000 : Infinity;
}

const secondsTo = (at, now) => Math.max(0, Math.ceil((at - now) / 1000));

function isFull({ button }) {
  return button.count >= button.required;
}

/** How many triggers in a row of one button the viewer has helped with. */
export class Streak {
  length = 0;
  #pressedAt = -Infinity;

  press(now) {
    this.#pressedAt = now;
  }

  /** The button fired. */
  follow(now) {
    this.length = now - this.#pressedAt < LASTS_FOR ? this.length + 1 : 0;
  }
}
