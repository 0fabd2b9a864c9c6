/** The streamer's rooms: one that opens, and which ones the start page lists, and what it says of them. No DOM here. */
import { openRoom } from "../api.js";
import { storeGameKey, storedStudioKey, storeSettings } from "../storage.js";

const TRIGGERS_PER_MINUTE = 12; // of all buttons together, unless the streamer says otherwise
const MOST_SHOWN = 4; // until the list is unfolded

/**
 * Open a room with these settings; unless they say otherwise, names are masked and triggers have a pace.
 * Gives the room as it is stored; throws StreamarioError.
 */
export async function opened(wanted, gameKey) {
  const usual = { mask_names: true, triggers_per_minute: TRIGGERS_PER_MINUTE };
  const { settings, ...room } = await openRoom({ ...usual, ...wanted }, gameKey, storedStudioKey());
  if (gameKey) storeGameKey(gameKey);
  storeSettings(settings); // for the next room to begin with
  return { ...room, title: settings.title };
}

/**
 * This browser's rooms, and after them those that only the streamer's history has, the newest first, each
 * `{room_id, title, at, stored, past}`: `at` in ms, `stored` and `past` as the browser and the server have it, or null.
 */
export function roomsOf(stored, past) {
  const inPast = new Map(past.map((room) => [room.room_id, room]));
  const inBrowser = new Set(stored.map(({ room_id: id }) => id));
  return [
    ...stored.map((room) => entryOf(room, inPast.get(room.room_id) ?? null)),
    ...past.filter(({ room_id: id }) => !inBrowser.has(id)).map((room) => entryOf(null, room)),
  ];
}

function entryOf(stored, past) {
  const { room_id, title } = stored ?? past;
  const at = stored ? stored.used_at : Date.parse(past.opened_at);
  return { room_id, title: title || past?.title || "", at, stored, past };
}

/** Those that show: a few, or all that this browser has. The history lists the others itself. */
export const shownOf = (rooms, isUnfolded) =>
  isUnfolded ? rooms.filter((room) => room.stored) : rooms.slice(0, MOST_SHOWN);

/**
 * How a room stands, by the server's answer about it: "unknown" without one, "running", "open" (a round may begin), or
 * "gone" where it refused for good.
 */
export function standingOf(answer) {
  if (answer?.refused) return "gone";
  if (!answer?.room) return "unknown";
  return answer.room.status === "in_game" ? "running" : "open";
}

/** The last round that has results, or null. */
export function lastRoundOf({ past }) {
  const over = (past?.rounds ?? []).filter(({ ended_at: at }) => at);
  return over.length > 0 ? over.reduce((one, other) => (other.round > one.round ? other : one)) : null;
}
