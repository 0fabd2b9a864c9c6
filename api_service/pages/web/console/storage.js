/**
 * What this browser stores. Rooms outlive the window; the feed and its figures
 * outlive a reload; the game key is forgotten with the window.
 *
 * Each room has an entry of its own, so that windows with different rooms never overwrite each
 * other's. A storage that is full, or that the browser forbids, costs only what it would have stored.
 */
const ROOM = "streamario.console.room.";
const MODERATION = "streamario.moderation.";
const DESK = "streamario.console.desk";
const KEPT_STOP = "streamario.console.kept_stop";
const AT_DESK = "streamario.console.at_desk";
const PLAYED = "streamario.console.played";
const GAME_KEY = "streamario.console.game_key";
const STUDIO_KEY = "streamario.console.studio_key";
const OVERLAY = "streamario.console.overlay";
const SOUNDS = "streamario.console.sounds";
const LANGUAGE = "streamario.console.language";
const KEYS_OFF = "streamario.console.keys_off";
const OVERLAY_COPIED = "streamario.console.overlay_copied";
const ARRIVALS = "streamario.console.arrivals";
const LAST_SETTINGS = "streamario.console.last_settings";
const MOST_ROOMS = 10;
const FRAGMENT = /^#room=([0-9A-HJKMNP-TV-Z]{26})\.([\w.-]+)$/;

const inBrowser = () => localStorage;
const inWindow = () => sessionStorage;

/**
 * The stored rooms, the one used last first, each
 * `{room_id, room_token, web_url, ws_url, title, used_at, blocked?}`.
 */
export function storedRooms() {
  const names = namesIn(inBrowser).filter((name) => name.startsWith(ROOM));
  const rooms = names.map((name) => read(inBrowser, name)).filter(Boolean);
  return rooms.sort((one, other) => other.used_at - one.used_at);
}

/** One of them, or null. */
export const storedRoom = (roomId) => read(inBrowser, ROOM + roomId);

/** Store what this page knows of a room that is in use now. */
export function storeRoom(room) {
  write(inBrowser, ROOM + room.room_id, { ...room, used_at: Date.now() });
  for (const { room_id: old } of storedRooms().slice(MOST_ROOMS)) remove(inBrowser, ROOM + old);
}

/** Forget a room, and what was shown of it. */
export function forgetRoom(roomId) {
  remove(inBrowser, ROOM + roomId);
  if (storedDesk(roomId)) remove(inWindow, DESK);
}

/** The link that brings a room to another browser: whoever has it runs the room. */
export function linkToRoom({ room_id: roomId, room_token: token }, origin) {
  return `${origin}/console#room=${roomId}.${token}`;
}

/** The room of such a link's fragment, `{room_id, room_token}`, or null. */
export function roomIn(fragment) {
  const [, room_id, room_token] = FRAGMENT.exec(fragment) ?? [];
  return room_id ? { room_id, room_token } : null;
}

/** The token by which this browser moderates a room; null where it does not. */
export const storedModeration = (roomId) => read(inBrowser, MODERATION + roomId);
export const storeModeration = (roomId, token) => write(inBrowser, MODERATION + roomId, token);

/** Forget this token, and no newer one that another window has stored. */
export function forgetModeration(roomId, token) {
  if (storedModeration(roomId) === token) remove(inBrowser, MODERATION + roomId);
}

/** What the desk of this room showed before the page was loaded again; null where nothing did. */
export function storedDesk(roomId) {
  const desk = read(inWindow, DESK);
  return desk?.roomId === roomId ? desk : null;
}

export const storeDesk = (roomId, desk) => write(inWindow, DESK, { ...desk, roomId });

/** The stop of a round, `{round, at}`, that this window has sent without an answer; null for none. No other window's. */
export function storedStop(roomId) {
  const stop = read(inWindow, KEPT_STOP);
  return stop?.roomId === roomId ? stop : null;
}

export const storeStop = (roomId, stop) => write(inWindow, KEPT_STOP, stop && { ...stop, roomId });

/** The room to whose desk a reload comes back; null where it comes to the start screen. */
export const roomAtDesk = () => storedRoom(read(inWindow, AT_DESK));
export const storeAtDesk = (roomId) => write(inWindow, AT_DESK, roomId);

/** The room whose game this window was when its page went; null for none. */
export const playedRoom = () => read(inWindow, PLAYED);
export const storePlayed = (roomId) => write(inWindow, PLAYED, roomId);

/** The language that was chosen here; null for the browser's. */
export const storedLanguage = () => read(inBrowser, LANGUAGE);
export const storeLanguage = (language) => write(inBrowser, LANGUAGE, language);

/** Whether single keys do nothing. */
export const areKeysOff = () => read(inBrowser, KEYS_OFF) ?? false;
export const storeKeysOff = (off) => write(inBrowser, KEYS_OFF, off);

/** Whether this browser plays the triggers' sounds. */
export const areSoundsOn = () => read(inBrowser, SOUNDS) ?? false;
export const storeSoundsOn = (on) => write(inBrowser, SOUNDS, on);

/** The overlay's options as a query; they hold for all rooms. Stored here too, where the browser stores nothing. */
export const storedOverlay = () => chosenOverlay ?? read(inBrowser, OVERLAY) ?? "";
export const storeOverlay = (query) => {
  chosenOverlay = query;
  write(inBrowser, OVERLAY, query);
};
let chosenOverlay = null;

/** Whether the overlay's link was copied from here: it lasts, so once is enough. */
export const wasOverlayCopied = (link) => read(inBrowser, OVERLAY_COPIED) === link;
export const storeOverlayCopied = (link) => write(inBrowser, OVERLAY_COPIED, link);

/** The names of who came to this room, the newest first. */
export function storedArrivals(roomId) {
  const arrivals = read(inWindow, ARRIVALS);
  return arrivals?.roomId === roomId ? arrivals.names : [];
}

export const storeArrivals = (roomId, names) => write(inWindow, ARRIVALS, { roomId, names });

/** The key to the streamer's setups and media; null where there is none yet. */
export const storedStudioKey = () => read(inBrowser, STUDIO_KEY);
export const storeStudioKey = (key) => write(inBrowser, STUDIO_KEY, key);

/** The settings of the room that was used last, to begin another one with; null before the first. */
export const storedSettings = () => read(inBrowser, LAST_SETTINGS);
export const storeSettings = (settings) => write(inBrowser, LAST_SETTINGS, settings);

export const storedGameKey = () => read(inWindow, GAME_KEY) ?? "";
export const storeGameKey = (key) => write(inWindow, GAME_KEY, key);

function namesIn(storage) {
  try {
    return Object.keys(storage());
  } catch {
    return [];
  }
}

function read(storage, name) {
  try {
    return JSON.parse(storage().getItem(name));
  } catch {
    return null;
  }
}

function write(storage, name, value) {
  try {
    storage().setItem(name, JSON.stringify(value));
  } catch {
    // Said above.
  }
}

function remove(storage, name) {
  try {
    storage().removeItem(name);
  } catch {
    // Said above.
  }
}
