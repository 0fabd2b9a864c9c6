/**
 * Where a round stands, as the console tells it: "loading", "missing", "active" (no round yet), "starting" (its 3-2-1),
 * "running", "paused", "stopped" (paused, and what was in the bars thrown away) or "ended".
 *
 * `now` is ms on `performance.now()`; `stopped` is the number of the round that was stopped.
 */
export function phaseOf({ status, round, paused, startsAt }, { now, stopped }) {
  if (status !== "in_game") return status;
  if (paused) return round === stopped ? "stopped" : "paused";
  return startsAt > now ? "starting" : "running";
}
