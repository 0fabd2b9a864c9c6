/**
 * What the bar shows and does, by the room's phase. Each of its three places does one thing at a time: "left" (pause,
 * resume, notYet), "stop", and "right" (start, count, end). null: nothing is there.
 *
 * `isLost`: the server does not answer; `keptStop`: a stop waits for it.
 */
export function faceOf({ phase, isLost, keptStop }) {
  const { left, stop, right } = PLACES[phase] ?? PLACES.loading;
  const state = isLost && phase in LOSABLE ? "lost" : phase;
  if (!isLost) return { state, left: on(left), stop: stopOf(stop, phase), right: on(right) };
  const first = keptStop ? on("resume") : off(left);
  return { state, left: first, stop: stop && { does: "stop", isOff: keptStop || phase === "stopped" }, right: off(right) };
}

const PLACES = {
  loading: { left: null, stop: null, right: null },
  missing: { left: null, stop: null, right: null },
  active: { left: null, stop: null, right: "start" },
  starting: { left: "notYet", stop: null, right: "count" },
  running: { left: "pause", stop: "stop", right: "end" },
  paused: { left: "resume", stop: "stop", right: "end" },
  stopped: { left: "resume", stop: "stop", right: "end" },
  ended: { left: null, stop: null, right: "start" },
};
const LOSABLE = { active: 1, starting: 1, running: 1, paused: 1, stopped: 1, ended: 1 };

const on = (does) => does && { does, isOff: false };
const off = (does) => does && { does, isOff: true };
const stopOf = (stop, phase) => stop && { does: stop, isOff: phase === "stopped" };
