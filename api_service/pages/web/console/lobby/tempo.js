/** How long rounds last and how often buttons fire, as the checklist says it. No DOM here. */
import { apartOf } from "../live/pace.js";

const MOODS = { 4: "calm", 12: "lively", 60: "wild" };

/**
 * `{minutes, mood, perMinute, every}` of a room's state: `minutes` 0 without a limit; `mood` null where the number is none
 * of the three; `every` from the shortest to the longest time (whole s) after which a button fires, null where nothing
 * holds one back.
 */
export function tempoOf({ roundLimitMs, triggersPerMinute: perMinute, buttons }) {
  const enabled = buttons.filter((button) => button.enabled);
  const apart = enabled.map((button) => apartOf(button, buttons, perMinute)).filter(Boolean);
  const seconds = apart.map((ms) => Math.round(ms / 1_000));
  const every = seconds.length > 0 ? [Math.min(...seconds), Math.max(...seconds)] : null;
  return { minutes: roundLimitMs / 60_000, mood: MOODS[perMinute] ?? null, perMinute, every };
}
