/**
 * What this browser keeps. The room and its cursor outlive the window; the feed and its figures
 * outlive a reload; the game key is forgotten with the window.
 *
 * A storage that is full, or that the browser forbids, costs only what it would have kept.
 */
const ROOM = "streamario.console.room";
const DESK = "streamario.console.desk";
const AT_DESK = "streamario.console.at_desk";
const GAME_KEY = "streamario.console.game_key";

const inBrowser = () => localStorage;
const inWindow = () => sessionStorage;

/** The room kept: `{room_id, room_token, web_url, ws_url, title, epoch?, last_seq?}`, or null. */
export const keptRoom = () => read(inBrowser, ROOM);
export const keepRoom = (room) => write(inBrowser, ROOM, room);

export function forgetRoom() {
  write(inBrowser, ROOM, null);
  write(inWindow, DESK, null);
}

/** What the desk of this room showed before the page was loaded again; null where nothing did. */
export function keptDesk(roomId) {
  const kept = read(inWindow, DESK);
  return kept?.roomId === roomId ? kept : null;
}

export const keepDesk = (roomId, desk) => write(inWindow, DESK, { ...desk, roomId });

/** Whether a reload comes back to the desk of the kept room. */
export const isAtDesk = () => read(inWindow, AT_DESK) === true;
export const keepAtDesk = (is) => write(inWindow, AT_DESK, is);

export const keptGameKey = () => read(inWindow, GAME_KEY) ?? "";
export const keepGameKey = (key) => write(inWindow, GAME_KEY, key);

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
