import { Api } from "../streamario/api.js";

const ASK_EVERY = 10_000; // ms

const api = new Api("", fetch, () => {});
const studioId = /\/studio\/([^/]+)$/.exec(location.pathname)?.[1];

/** The room that the page's URL names; where it names a studio, its newest room, once there is one. */
export async function roomOfUrl() {
  if (!studioId) return location.pathname.split("/").at(-1);
  for (;;) {
    const newest = await newestRoom();
    if (newest) return newest;
    await nextTime();
  }
}

/**
 * Where the page's URL names a studio, load the page again once a newer room can be shown: when the
 * round of the one that is shown `isOver()`, or that of the newer one runs.
 */
export async function followStudio(roomId, isOver) {
  if (!studioId) return;
  do await nextTime();
  while (!(await hasNewer(roomId, isOver)));
  location.reload();
}

async function hasNewer(roomId, isOver) {
  const newest = await newestRoom();
  if (newest === null || newest <= roomId) return false; // ids are in the order of opening
  return (isOver() || (await isRunning(newest))) && isServed();
}

/** Null where there is none, or the server cannot tell. */
const newestRoom = () => answerOf(`/api/studios/${studioId}/newest_room`).then((answer) => answer?.room_id ?? null);
const isRunning = (roomId) => answerOf(`/api/rooms/${roomId}`).then((answer) => answer?.status === "in_game");
const answerOf = (path) => api.ask(path).catch(() => null);

/** Whether this page would come again: a stream shows no errors. */
const isServed = () => fetch(location.href).then(({ ok }) => ok, () => false);

const nextTime = () => new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
