const ASK_EVERY = 10_000; // ms
const ANSWER_WITHIN = 10_000; // ms

/**
 * The room of the overlay's address. That names a room, or a studio, whose newest room it shows: this
 * waits until there is one, and loads the page again for each that comes after it.
 */
export async function roomAt(path) {
  const [first, studioId] = path.split("/").slice(2);
  if (!studioId) return first;
  const roomId = await newerThan(null, studioId);
  newerThan(roomId, studioId).then(() => location.reload());
  return roomId;
}

async function newerThan(shown, studioId) {
  for (;;) {
    const newest = (await newestOf(studioId)) ?? shown;
    if (newest !== shown) return newest;
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
  }
}

/** Null where there is none, or the server cannot tell. */
async function newestOf(studioId) {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN);
    const answer = await fetch(`/api/studios/${studioId}/newest_room`, { signal });
    return answer.ok ? (await answer.json()).room_id : null;
  } catch {
    return null;
  }
}
