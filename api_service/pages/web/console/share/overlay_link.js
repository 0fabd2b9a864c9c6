import { isPassing } from "../../streamario/api.js";
import { Backoff } from "../../streamario/timing.js";
import { call } from "../api.js";
import { storedOverlay, storedStudioKey } from "../storage.js";

const AGAIN_AFTER = [2_000, 60_000]; // ms, growing from the one to the other

/** The overlay's link for OBS: the studio's while its newest room is this one, otherwise the room's own. */
export class OverlayLink {
  #roomId;
  #listeners;
  #studioId = null;
  #backoff = new Backoff(...AGAIN_AFTER);
  #again = null;

  /** It is asked for once the room is in the studio's history: `refresh`. */
  constructor({ entry, redraw }) {
    this.#roomId = entry.room_id;
    this.#listeners = new Set([redraw]);
    document.addEventListener("visibilitychange", () => document.hidden || this.refresh());
  }

  /** With the options that the streamer chose. */
  get value() {
    return this.base + storedOverlay();
  }

  /** Without them. */
  get base() {
    return `${location.origin}/overlay/${this.lasts ? `studio/${this.#studioId}` : this.#roomId}`;
  }

  /** Whether it stays the same from room to room. */
  get lasts() {
    return this.#studioId !== null;
  }

  /** Call `changed()` whenever it is another one; gives what ends that. */
  follow(changed) {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  /** Ask the server, again while it cannot tell: another room or another studio may have come. */
  async refresh() {
    clearTimeout(this.#again);
    try {
      this.#set(await studioOf(this.#roomId));
      this.#backoff.reset();
    } catch (refusal) {
      if (isPassing(refusal)) this.#again = setTimeout(() => this.refresh(), this.#backoff.next());
      else this.#set(null);
    }
  }

  #set(studioId) {
    if (studioId === this.#studioId) return;
    this.#studioId = studioId;
    for (const changed of this.#listeners) changed();
  }
}

/** The id of this browser's studio if that room is its newest, or null. Throws StreamarioError. */
async function studioOf(roomId) {
  const [studioId] = (storedStudioKey() ?? "").split(".");
  if (!studioId) return null;
  const { room_id: newest } = await call("GET", `/api/studios/${studioId}/newest_room`);
  return newest === roomId ? studioId : null;
}
