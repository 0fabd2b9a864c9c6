/** How often buttons of the settings happen, and after how many presses. No DOM here. */
import { apartOf, said } from "../live/pace.js";

/** What decimal factors leave behind in binary; the server takes off the same. */
const ROUNDING_NOISE = 1e-9;
const MINUTE = 60_000; // ms

/** The weights that have a name. */
export const WEIGHTS = { often: 2, normal: 1, rare: 0.5 };

/** The name of a value in such a table; "" where it has none. */
export const nameIn = (table, value) => Object.keys(table).find((name) => table[name] === value) ?? "";

/**
 * Presses for one trigger while so many viewers are active, as the server counts:
 * clamp(ceil(base × factor), min, max). NaN while a value is missing.
 */
export function thresholdOf({ base, min, max }, multipliers, viewers) {
  const product = (base ?? NaN) * factorOf(multipliers, Math.max(1, viewers));
  return Math.min(Math.max(Math.ceil(product - ROUNDING_NOISE), min ?? NaN), max ?? NaN);
}

/** The factor of the first band that holds the viewers; the last one holds any larger crowd. */
function factorOf(multipliers, viewers) {
  const band = multipliers.find(({ up_to: bound }) => viewers <= bound) ?? multipliers.at(-1);
  return band?.factor ?? NaN;
}

/**
 * About how often the nth button happens with so many viewers: every `count` of a `unit`, "seconds" or "minutes",
 * while the crowd fills it, and not without a unit, where presses alone decide; and how many `presses` that takes.
 * `state` is the room's: a crowd that is fast needs more than the threshold, as much as it took last.
 */
export function oftenOf(n, settings, { viewerCount: viewers, buttons: shown }) {
  const button = settings.buttons[n];
  const least = thresholdOf(button, settings.multipliers, viewers);
  const needed = shown.find(({ eventType }) => eventType === button.event_type)?.required ?? 0;
  const apart = apartEach(settings)[n];
  return { viewers, ...(apart && said(apart)), presses: Math.max(least || 0, apart ? needed : 0) };
}

/** How many triggers a minute all buttons have together; 0 where presses alone decide of one. */
export function togetherPerMinute(settings) {
  const apart = apartEach(settings).filter((_, n) => settings.buttons[n].enabled);
  return apart.includes(null) ? 0 : Math.round(apart.reduce((sum, each) => sum + MINUTE / each, 0));
}

/** How far apart (ms) the triggers of each button are. */
function apartEach({ buttons, triggers_per_minute: perMinute }) {
  const counted = buttons.map(({ enabled, weight, pace_ms: paceMs, cooldown_ms: cooldownMs }) => ({
    ...{ enabled, paceMs, cooldownMs },
    weight: weight ?? 1,
  }));
  return counted.map((button) => apartOf(button, counted, perMinute));
}
