/** What the server has of rounds that are over: of the last one here, and of all rooms before. */
import { StreamarioError } from "../../streamario.js";
import { isPassing } from "../../streamario/api.js";
import { Backoff } from "../../streamario/timing.js";
import { studio } from "../studio/studio.js";

const AGAIN_AFTER = [2_000, 60_000]; // ms until the last round is asked for again, growing from the one to the other
const RENEWED_WITHIN = 10_000; // ms, in which the server has heard of names that show again
const RECORDED_AFTER = [2_000, 300_000]; // ms, likewise, until a room is put into the history
const PAGE = 50; // rooms that the server lists at once
const NOT_ENDED = "room_not_ended"; // the server may hear of the end later than this page
const AWAITED = ["results_pending", NOT_ENDED];

/** The last round of a room that has ended, but for those to pass over: 0 for none. */
export function lastEnded({ status, round }, passedOver) {
  let last = { ended: round, in_game: round - 1 }[status] ?? 0;
  while (passedOver.has(last)) last -= 1;
  return last;
}

/** What the server has of the round that ended last; asked for again while it cannot tell. */
export class LastRound {
  round = 0; // the last one that ended, as far as it is known here
  found = null; // what `load` gave of the last round of which it gave something
  refusal = null; // StreamarioError: why that is not of `round`
  #load;
  #changed;
  #backoff = new Backoff(...AGAIN_AFTER);
  #again; // timer
  #oldUntil = 0; // ms since 1970: what is found until then may be as it was before

  /**
   * `load(round)` resolves to what there is, or throws StreamarioError; where it `isWhole` not yet, it is asked for again.
   * `changed()` is called after each answer.
   */
  constructor({ load, changed }) {
    this.#load = load;
    this.#changed = changed;
  }

  /** Whether the results of `round` are still to come. */
  get isPending() {
    return this.found?.round !== this.round;
  }

  /** Why they do not come, a StreamarioError; null where they only take their time. */
  get problem() {
    return AWAITED.includes(this.refusal?.code) ? null : this.refusal;
  }

  /** This round is the last one that ended: when the page came, or just now. */
  expect(round) {
    if (round <= this.round) return;
    this.round = round;
    this.refusal = null;
    this.#backoff.reset();
    this.#ask(round);
  }

  /** What is found is out of date: ask anew until the server has heard of the change, too. */
  renew() {
    this.#oldUntil = Date.now() + RENEWED_WITHIN;
    this.#backoff.reset();
    this.#ask(this.round);
  }

  async #ask(round) {
    try {
      const found = await this.#load(round);
      if (round !== this.round) return;
      [this.found, this.refusal] = [{ ...found, round }, null];
      if (this.found.isWhole === false || Date.now() < this.#oldUntil) this.#askLater(round);
    } catch (refusal) {
      if (!(refusal instanceof StreamarioError)) throw refusal;
      if (round !== this.round) return;
      this.#refuse(refusal, round);
    }
    this.#changed();
  }

  #refuse(refusal, round) {
    this.refusal = refusal;
    if (!isPassing(refusal) && refusal.code !== NOT_ENDED) return;
    this.#askLater(round, refusal.retryAfter ?? 0);
  }

  #askLater(round, least = 0) {
    const wait = Math.max(least, this.#backoff.next());
    clearTimeout(this.#again);
    this.#again = setTimeout(() => round === this.round && this.#ask(round), wait);
  }
}

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
export async function record(room, done, backoff = new Backoff(...RECORDED_AFTER)) {
  try {
    await studio.addRoom(room.room_id, room.room_token);
  } catch (refusal) {
    if (isPassing(refusal)) setTimeout(() => record(room, done, backoff), backoff.next());
    return;
  }
  done();
}
