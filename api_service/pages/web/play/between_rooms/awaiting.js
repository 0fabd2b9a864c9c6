import { onChange, perFrame } from "../../common/elements.js";
import { loadFonts } from "../../common/fonts.js";
import { Api } from "../../streamario/api.js";
import { Backoff, sleep } from "../../streamario/timing.js";

const ASK_EVERY = 5_000; // ms
const ASK_SELDOM = 60_000; // ms, at an address that is nobody's

/** What the score board knows until there is a room. */
const NO_ROOM = {
  ...{ status: "awaited", open: false, pending: 0, mine: 0, place: null },
  ...{ limitedUntil: 0, roundEndsAt: null, roundLeftMs: null },
};

/** Show that a streamer is not live; resolves to the id of the room that the streamer opens. */
export async function awaitRoom(handle, { texts, scoreBoard, speaker, showOnly }) {
  let isOver = false;
  let connection = "polling";
  let says = texts.awaited;
  const show = onChange((text) => (document.getElementById("awaited").textContent = text));
  const noticed = perFrame((now) => {
    if (isOver) return Infinity;
    showOnly(NO_ROOM.status);
    show(says);
    const { urgent, next } = scoreBoard.show({ state: { ...NO_ROOM, connection }, now });
    return Math.min(next, speaker.say(urgent || `${document.title} ${says}`, now));
  });
  loadFonts();
  document.title = `@${handle}`;
  document.getElementById("handle").textContent = document.title;
  noticed();
  const roomId = await openedRoom(handle, {
    reached: (isReachable) => {
      connection = isReachable ? "polling" : "offline";
      noticed();
    },
    owned: (isOwned) => {
      says = isOwned ? texts.awaited : texts.nobodys;
      noticed();
    },
  });
  isOver = true;
  return roomId;
}

/**
 * Resolves to the id of the room that a streamer has opened, once there is one. The page has just been told that there
 * is none. After each request `reached(isReachable)` is called, and where it was answered `owned(isOwned)`: a streamer may
 * take another handle, and may take this one back.
 */
export async function openedRoom(handle, { reached, owned }) {
  const api = new Api("", fetch, reached);
  const backoff = new Backoff(1_000, ASK_EVERY);
  let wait = spread(ASK_EVERY);
  for (;;) {
    await untilSeen(wait);
    try {
      const { room_id: roomId } = await api.ask(`/api/handles/${handle}`);
      if (roomId) return roomId;
      owned(true);
      backoff.reset();
      wait = spread(ASK_EVERY);
    } catch (error) {
      const isNobodys = error.code === "not_found";
      if (isNobodys) owned(false);
      wait = isNobodys ? spread(ASK_SELDOM) : (error.retryAfter ?? 0) + backoff.next();
    }
  }
}

/** A crowd that waits does not ask in step. */
const spread = (pause) => pause * (0.75 + Math.random() / 2);

/** Wait, but not longer than until somebody looks at the page again. */
async function untilSeen(ms) {
  const seen = new AbortController();
  const look = () => document.hidden || seen.abort();
  document.addEventListener("visibilitychange", look);
  await sleep(ms, seen.signal);
  document.removeEventListener("visibilitychange", look);
}
