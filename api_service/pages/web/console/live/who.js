/**
 * Who pressed a trigger together, in words: who set it off and how many others. `people` is null where only the name was
 * recorded, and 0 where nobody but the streamer pressed.
 */
export function whoOf({ viewerName, people }, texts) {
  if (viewerName) return people > 1 ? texts.with_others(viewerName, people - 1) : viewerName;
  if (people === null) return "–";
  return people > 0 ? texts.people(people) : texts.by_you;
}
