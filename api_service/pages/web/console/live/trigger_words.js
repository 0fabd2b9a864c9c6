const STAGE = 2_700; // ms that the overlay shows a burst
const SECOND = 1_000; // ms

/**
 * What is left of a trigger's effect, or of its moment on the overlay: the `share` of it, and when that is another
 * (`next`, Infinity where nothing changes any more). It `says` the seconds of an effect, or else how it ended: a text's
 * name and its value. Times are ms since 1970.
 */
export function waitOf({ at, outcome }, now) {
  const effectEnds = outcome?.status === "started" ? (outcome.endsAt ?? 0) : 0;
  if (effectEnds > now) {
    const seconds = Math.ceil((effectEnds - now) / SECOND);
    const share = (effectEnds - now) / (effectEnds - outcome.since);
    return { says: ["seconds", seconds], share, next: effectEnds - (seconds - 1) * SECOND };
  }
  const says = outcome && outcome.status !== "started" ? [outcome.status] : [];
  const left = Math.max(0, at + STAGE - now);
  return { says, share: Math.min(1, left / STAGE), next: left > 0 ? Math.min(at + STAGE, now + SECOND / 4) : Infinity };
}

/**
 * Who pressed a trigger together, in words: who set it off and how many others. `people` is null where only the name was
 * recorded, and 0 where nobody but the streamer pressed.
 */
export function whoOf({ viewerName, people }, texts) {
  if (viewerName) return people > 1 ? texts.with_others(viewerName, people - 1) : viewerName;
  if (people === null) return "–";
  return people > 0 ? texts.people(people) : texts.by_you;
}
