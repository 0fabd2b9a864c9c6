const REVEALED = [3_600, 1_600, 0]; // ms: the first place, the second, the third

/** Viewers with their places, most presses first: who pressed as often shares one (1, 2, 2, 4). */
export const placed = (viewers) =>
  viewers.map((viewer) => ({ ...viewer, place: 1 + viewers.findIndex(({ count }) => count === viewer.count) }));

/** When each of these places (best first) is revealed, in ms, the last at once: those who share one rise together. */
export function revealTimes(places) {
  const steps = [...new Set(places)];
  const last = REVEALED[steps.length - 1];
  return places.map((place) => REVEALED[steps.indexOf(place)] - last);
}
