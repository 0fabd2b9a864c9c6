const MINUTE = 60_000; // ms
const MOST = 600_000; // ms; the server computes no longer pace
const READ_OUT = 10; // triggers a minute
const LARGE_CROWD = 300;
const SECONDS_UNTIL = 120_000; // ms, from which on minutes are said

/**
 * How far apart (ms) a button's triggers are about, with a crowd that fills it; null where nothing but its threshold
 * holds it. One that is off counts as if it were on.
 *
 * Buttons are `{enabled, paceMs, cooldownMs, weight}`; `triggersPerMinute` is of all without a pace of their own.
 */
export function apartOf(button, buttons, triggersPerMinute) {
  const pace = button.paceMs || paceOf(button, buttons, triggersPerMinute);
  return Math.max(pace, button.cooldownMs) || null;
}

function paceOf(button, buttons, triggersPerMinute) {
  if (!(triggersPerMinute > 0)) return 0;
  const shared = buttons.filter((other) => other.enabled || other === button);
  const weights = shared.reduce((sum, { weight }) => sum + weight, 0);
  return Math.min(MOST, (MINUTE * weights) / (triggersPerMinute * button.weight));
}

/** Whether so many viewers fire buttons that nothing holds back faster than a game can show. */
export const lacksPace = ({ viewerCount, triggersPerMinute, buttons }) =>
  viewerCount > LARGE_CROWD && !triggersPerMinute && buttons.some(({ enabled, paceMs }) => enabled && !paceMs);

/** A time as one says it: `{unit, count}`, whole seconds or, from two minutes on, minutes; tenths below a second. */
export function said(ms) {
  if (ms >= SECONDS_UNTIL) return { unit: "minutes", count: Math.round(ms / MINUTE) };
  if (ms < 1_000) return { unit: "seconds", count: Math.max(1, Math.round(ms / 100)) / 10 };
  return { unit: "seconds", count: Math.round(ms / 1_000) };
}

/** How many triggers of the round the buttons have had. */
export const firedOf = (buttons) => buttons.reduce((sum, { level }) => sum + level, 0);

/** How many triggers of a round came in the last minute. Times are ms since 1970, of this page's clock. */
export class Rate {
  #came = []; // {at, round}

  take(at, round) {
    this.#came.push({ at, round });
  }

  of(round, now) {
    this.#came = this.#came.filter(({ at }) => at > now - MINUTE);
    return this.#came.filter((each) => each.round === round).length;
  }

  /** When it is less by itself; Infinity where nothing fired. */
  get falls() {
    return Math.min(...this.#came.map(({ at }) => at)) + MINUTE;
  }
}

/** Whether so few triggers fire a minute that a screen reader may read them all. */
export const isReadOut = (rate) => rate <= READ_OUT;
