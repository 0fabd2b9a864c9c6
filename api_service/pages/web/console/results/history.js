import { isPassing } from "../../streamario/api.js";
import { Backoff } from "../../streamario/timing.js";
import { studio } from "../studio/studio.js";

const PAGE = 50; // rooms that the server lists at once
const AGAIN_AFTER = [2_000, 300_000]; // ms, growing from the one to the other

/** The rooms of this streamer with their rounds, the newest first, a page at a time. All throw StreamarioError. */
export class History {
  rooms = null; // null before the first answer
  hasMore = false;

  /** List the newest. */
  async show() {
    this.#take([], await studio.rooms());
  }

  /** List those before the last. */
  async more() {
    this.#take(this.rooms, await studio.rooms(this.rooms.at(-1).room_id));
  }

  async forget(roomId) {
    await studio.forgetRoom(roomId);
    this.rooms = this.rooms.filter(({ room_id: id }) => id !== roomId);
  }

  #take(before, rooms) {
    this.rooms = [...before, ...rooms];
    this.hasMore = rooms.length === PAGE;
  }
}

/**
 * Put a room into the history, then call `done()`. Nobody waits for it: where the server cannot now, it is tried again
 * until the page goes; what it refuses stays out.
 */
export async function record(room, done, backoff = new Backoff(...AGAIN_AFTER)) {
  try {
    await studio.addRoom(room.room_id, room.room_token);
  } catch (refusal) {
    if (isPassing(refusal)) setTimeout(() => record(room, done, backoff), backoff.next());
    return;
  }
  done();
}
