/**
 * Change a draft into what the settings are. Its objects stay the same ones where there are such, and a
 * button's are told by its event type: an upload under way writes to them when it is done.
 */
export function becomeLike(draft, settings) {
  const before = { ...draft };
  for (const key of Object.keys(before)) delete draft[key]; // their order is compared, too
  if (Array.isArray(draft)) draft.length = 0;
  for (const [key, value] of Object.entries(settings)) {
    draft[key] = isNested(value) ? likened(counterpart(before, key, value), value) : value;
  }
}

function likened(before, value) {
  const own = isNested(before) && Array.isArray(before) === Array.isArray(value) ? before : emptyLike(value);
  becomeLike(own, value);
  return own;
}

function counterpart(before, key, { event_type: type }) {
  return type ? Object.values(before).find((other) => other.event_type === type) : before[key];
}

const emptyLike = (value) => (Array.isArray(value) ? [] : {});

const isNested = (value) => typeof value === "object" && value !== null;
