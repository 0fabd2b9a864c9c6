const BIN = 2_000; // ms
export const MINUTES = 5;
const BINS = 150; // 5 minutes
const LEAST_SCALE = 10; // presses a bin; a lone press is no summit

export const BIN_SECONDS = BIN / 1_000;
export const WIDTH = 750; // units of the chart's drawing
export const HEIGHT = 180;

/**
 * The accepted presses of each button over time: what `accepted` grows by from one state of a round to the
 * next. Where a page is opened in mid-round, they begin there; one that was closed meanwhile has what came in
 * one bin. No DOM here.
 */
export class PressBins {
  #round = null;
  #accepted = new Map(); // by event type, in this round
  #bins = new Map(); // by event type: the presses in each bin, by its number

  /** `stored` is what `snapshot` gave. */
  constructor(stored) {
    if (!stored) return;
    this.#round = stored.round;
    this.#accepted = new Map(stored.accepted);
    this.#bins = new Map(stored.bins.map(([type, bins]) => [type, new Map(bins)]));
  }

  /** All there is to go on from, as JSON has it. */
  snapshot() {
    const bins = [...this.#bins].map(([type, bins]) => [type, [...bins]]);
    return { round: this.#round, accepted: [...this.#accepted], bins };
  }

  /** The room's state, at `now` (ms). */
  take({ round, status, buttons }, now) {
    if (status === "loading" || status === "missing") return;
    const isFirst = this.#round === null;
    if (round !== this.#round) this.#accepted.clear();
    this.#round = round;
    for (const { eventType: type, accepted } of buttons) {
      const before = this.#accepted.get(type) ?? (isFirst ? accepted : 0);
      this.#accepted.set(type, Math.max(before, accepted));
      if (accepted > before) this.#add(type, accepted - before, Math.floor(now / BIN));
    }
  }

  /** Presses in each bin of the last 5 minutes, oldest first; the last one is still running. */
  binsOf(type, now) {
    const bins = this.#bins.get(type);
    const last = Math.floor(now / BIN);
    return Array.from({ length: BINS }, (_, n) => bins?.get(last - BINS + 1 + n) ?? 0);
  }

  #add(type, presses, bin) {
    const bins = this.#bins.get(type) ?? new Map();
    this.#bins.set(type, bins.set(bin, (bins.get(bin) ?? 0) + presses));
    for (const old of bins.keys()) if (old <= bin - BINS) bins.delete(old);
  }
}

/** The same by the minute. */
export function minutesOf(bins) {
  const each = Math.ceil(bins.length / MINUTES);
  return Array.from({ length: MINUTES }, (_, n) =>
    bins.slice(n * each, (n + 1) * each).reduce((sum, presses) => sum + presses, 0),
  );
}

/** The outline of one button's bars in the chart, on top of those below; raises `heights` by them. */
export function stackOn(heights, presses, scale) {
  const wide = WIDTH / presses.length;
  return presses
    .map((count, n) => {
      if (count === 0) return "";
      const tall = (count / scale) * HEIGHT;
      heights[n] += tall;
      const x = n * wide + 0.5;
      const y = HEIGHT - heights[n];
      return `M${x} ${y.toFixed(1)}h${wide - 1}v${tall.toFixed(1)}h${1 - wide}z`;
    })
    .join("");
}

/** The chart's scale: the next of 10, 20, 50, 100 … that holds the highest bin. */
export function scaleOf(bins) {
  const most = Math.max(LEAST_SCALE, ...sumsOf(bins));
  const power = 10 ** Math.floor(Math.log10(most));
  return power * [1, 2, 5, 10].find((step) => step * power >= most);
}

/** Presses a second, of the last bin that is over. */
export const perSecond = (bins) => (sumsOf(bins).at(-2) ?? 0) / BIN_SECONDS;

/** The sums of bins that stand on each other. */
export const sumsOf = (bins) =>
  bins.reduce((total, presses) => presses.map((n, at) => n + (total[at] ?? 0)), []);
