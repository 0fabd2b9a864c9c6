/** The figures on the phone beside the settings: made up, such as a round has them. */

const FILLED = [0.95, 0.23, 0.12, 0.78, 0.34, 0.6]; // how far buttons are, one after the other
const CLOSE = 0.9; // from here on every press is counted down

export const TEAMS = [7_683, 4_746];
export const PODIUM = [
  { place: 2, medal: "🥈", name: "Tiger 108", count: 81 },
  { place: 1, medal: "🥇", name: "Panda 46", count: 84 },
  { place: 3, medal: "🥉", name: "Fox 362", count: 79 },
];

/** What the n-th button had in all. */
export const totalOf = (n) => 3_004 - 341 * (n % 8);

/** How far the n-th button is, 0 to 1, how many presses it lacks of those that it needs, and whether it is close. */
export function figuresOf({ enabled }, n, need) {
  const share = enabled ? FILLED[n % FILLED.length] : 0;
  return { share, missing: Math.max(1, Math.round((1 - share) * need)), isClose: share >= CLOSE };
}
