/** How long rounds last and how often buttons fire, as the checklist says it. No DOM here. */
const MOODS = { 4: "calm", 12: "lively", 60: "wild" };

/**
 * `{minutes, mood, perMinute, every}` of a room's state: `minutes` 0 without a limit; `mood` null where the number is none
 * of the three; `every` from the shortest to the longest time (s) after which a button fires, null without a pace.
 */
export function tempoOf({ roundLimitMs, triggersPerMinute: perMinute, buttons }) {
  const enabled = buttons.filter((button) => button.enabled);
  const apart = apartOf(enabled, perMinute).filter((seconds) => seconds > 0);
  const every = apart.length > 0 ? [Math.min(...apart), Math.max(...apart)] : null;
  return { minutes: roundLimitMs / 60_000, mood: MOODS[perMinute] ?? null, perMinute, every };
}

/** How far apart (whole s) each button's triggers are: by its own pace, or its share of the room's; 0 without one. */
function apartOf(buttons, perMinute) {
  const sharing = buttons.filter(({ paceMs }) => paceMs === 0);
  const weights = sharing.reduce((sum, { weight }) => sum + weight, 0);
  const shareOf = ({ weight }) => (perMinute > 0 ? (60 * weights) / (perMinute * weight) : 0);
  return buttons.map((button) => Math.round(button.paceMs > 0 ? button.paceMs / 1_000 : shareOf(button)));
}
