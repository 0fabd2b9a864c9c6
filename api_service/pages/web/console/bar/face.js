/**
 * What the bar shows and does, by the room's phase. Each of its three places does one thing at a time: "left" (pause,
 * resume, notYet), "stop", and "right" (start, count, end); one that `isOff` does nothing now. null: nothing is there.
 *
 * `isLost`: the server does not answer; `keptStop`: a stop waits for it, which `resume` takes back.
 */
export function faceOf({ phase, isLost, keptStop }) {
  const { left, stop, right } = PLACES[phase];
  const isOff = isLost || keptStop;
  const state = isOff && phase !== "missing" ? "lost" : phase;
  const places = {
    left: keptStop ? { does: "resume", isOff: false } : left && { does: left, isOff },
    stop: stop && { does: stop, isOff: keptStop || phase === "stopped" },
    right: right && { does: right, isOff },
  };
  return { state, places };
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
