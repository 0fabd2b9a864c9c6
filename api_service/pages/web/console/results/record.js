import { isPassing } from "../../streamario/api.js";
import { Backoff } from "../../streamario/timing.js";
import { studio } from "../studio/studio.js";

const AGAIN_AFTER = [2_000, 300_000]; // ms, growing from the one to the other

/**
 * Put a room into the history, then call `done()`. Nobody waits for it: where the server cannot now,
 * it is tried again until the page goes; what it refuses stays out.
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
