const AFTER_ANSWER = 2_000; // ms in which the room's own word must have come

/**
 * Where a round stands, as the console tells it: "loading", "missing", "active" (no round yet), "starting" (its 3-2-1),
 * "running", "paused", "stopped" (paused, and what was in the bars thrown away) or "ended".
 *
 * `now` is ms on `performance.now()`.
 */
export function phaseOf({ status, paused, stopped, startsAt }, now) {
  if (status !== "in_game") return status;
  if (paused) return stopped ? "stopped" : "paused";
  return startsAt > now ? "starting" : "running";
}

/** What each command makes of a round, and in which phases that is still to come. */
const COMMANDS = {
  start: { phase: "starting", before: ["active", "ended"] },
  pause: { phase: "paused", before: ["starting", "running"] },
  resume: { phase: "running", before: ["paused", "stopped"] },
  stop: { phase: "stopped", before: ["starting", "running", "paused"] },
  not_yet: { phase: "ended", before: ["starting", "running"] },
};

/** The phase that a command will bring, shown before the room tells of it. */
export class Expected {
  #command = null;
  #until = Infinity;

  /** A command is on its way. */
  expect(command) {
    this.#command = COMMANDS[command] ?? null;
    this.#until = Infinity;
  }

  answered(now) {
    this.#until = now + AFTER_ANSWER;
  }

  refused() {
    this.#command = null;
  }

  /** What to show of a round whose phase is this one, as the room tells it. */
  phaseOf(phase, now) {
    const isDue = this.#command?.before.includes(phase) && now < this.#until;
    if (isDue) return this.#command.phase;
    this.#command = null;
    return phase;
  }
}
