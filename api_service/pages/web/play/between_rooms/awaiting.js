import { perFrame } from "../../common/elements.js";
import { loadFonts } from "../../common/fonts.js";
import { Api } from "../../streamario/api.js";
import { Backoff, sleep } from "../../streamario/timing.js";

const ASK_EVERY = 5_000; // ms
const ASK_AT_LEAST_EVERY = 20_000; // ms, where the server refuses or is away

/** What the score board knows until there is a room. */
const NO_ROOM = {
  ...{ status: "awaited", open: false, pending: 0, mine: 0, place: null },
  ...{ limitedUntil: 0, roundEndsAt: null, roundLeftMs: null },
};

/** Show that a streamer is not live; resolves to the id of the room that the streamer opens. */
export async function awaitRoom(handle, { texts, scoreBoard, speaker, showOnly }) {
  let isOver = false;
  let connection = "polling";
  const noticed = perFrame((now) => {
    if (isOver) return Infinity;
    showOnly(NO_ROOM.status);
    const { urgent, next } = scoreBoard.show({ state: { ...NO_ROOM, connection }, now });
    return Math.min(next, speaker.say(urgent || `${document.title} ${texts.awaited}`, now));
  });
  loadFonts();
  document.title = `@${handle}`;
  document.getElementById("handle").textContent = document.title;
  noticed();
  const roomId = await openedRoom(handle, (isReachable) => {
    connection = isReachable ? "polling" : "offline";
    noticed();
  });
  isOver = true;
  return roomId;
}

/**
 * Resolves to the id of the room that a streamer has opened, once there is one. The page has just been told that there
 * is none. `reached(isReachable)` is called after each request.
 */
export async function openedRoom(handle, reached) {
  const api = new Api("", fetch, reached);
  const backoff = new Backoff(ASK_EVERY, ASK_AT_LEAST_EVERY);
  let wait = spread();
  for (;;) {
    await untilSeen(wait);
    try {
      const { room_id: roomId } = await api.ask(`/api/handles/${handle}`);
      if (roomId) return roomId;
      backoff.reset();
      wait = spread();
    } catch (error) {
      wait = (error.retryAfter ?? 0) + backoff.next();
    }
  }
}

/** A crowd that waits does not ask in step. */
const spread = () => ASK_EVERY * (0.75 + Math.random() / 2);

/** Wait, but not longer than until somebody looks at the page again. */
async function untilSeen(ms) {
  const seen = new AbortController();
  const look = () => document.hidden || seen.abort();
  document.addEventListener("visibilitychange", look);
  await sleep(ms, seen.signal);
  document.removeEventListener("visibilitychange", look);
}
