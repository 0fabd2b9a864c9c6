/** What the lobby knows: who came, and how a round will go. No DOM here. */
import { MOODS } from "../bar/face.js";
import { apartOf } from "../live/pace.js";
import { nameIn } from "../settings/button_drafts.js";

const MOST = 60; // names that are shown

/** The names of who came, the newest first. */
export class Arrivals {
  names;

  /** `names`: those known before. */
  constructor(names = []) {
    this.names = names.slice(0, MOST);
  }

  /** These came, the newest at the end. */
  take(names) {
    const newest = [...new Set(names.toReversed())];
    const others = this.names.filter((name) => !newest.includes(name));
    this.names = [...newest, ...others].slice(0, MOST);
  }
}

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
  return { minutes: roundLimitMs / 60_000, mood: nameIn(MOODS, perMinute) || null, perMinute, every };
}
