const RESTS_FOR = 600; // ms

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

/**
 * A place in the bar whose meaning has just changed takes no click for a moment: the second click of a double click
 * was meant for what was there before.
 */
export class Guard {
  #places = new Map(); // by name: what it does, and since when

  /** What each place does now, `{name: {does}}`; null where nothing is. */
  show(places, now) {
    for (const [name, place] of Object.entries(places)) {
      const does = place?.does ?? null;
      const known = this.#places.get(name);
      if (known?.does !== does) this.#places.set(name, { does, since: known ? now : -Infinity });
    }
  }

  takes(name, now) {
    return now - (this.#places.get(name)?.since ?? -Infinity) >= RESTS_FOR;
  }
}
