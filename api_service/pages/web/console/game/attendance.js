import { Backoff } from "../../streamario/timing.js";
import { finalReasonOf } from "../api.js";
import { GameSocket } from "./game_socket.js";
import { Seat } from "./seat.js";

const LOOK_EVERY = { visible: 3_000, hidden: 15_000, own: 30_000 }; // ms
const BACK_AFTER = [1_000, 15_000]; // ms, growing from the one to the other
const TAKEN = ["replaced", "game_connected"]; // the ends of its socket at which a game has the room

/**
 * This page as the room's game while there is no other. It looks at the room every few seconds, less often while
 * nobody looks at the page, and while it is the game itself: then whoever takes its place ends its socket.
 */
export class Attendance {
  #options;
  #socket;
  #seat = new Seat();
  #backoff = new Backoff(...BACK_AFTER);
  #next = null; // the timer of the next look
  #looking = null;
  isAway = false; // the server did not answer the last look
  #isOver = false; // the room is nobody's to play any more

  /**
   * `game`: the room, as `GameSocket` needs it. `api` reads it. `wasGame`: this page was its game until a reload.
   * `heard(room)`: the room as the API tells it; `attached(ready)`: this page is its game; `over(reason)`: it cannot be
   * had; `closed(isGame)`: the page goes; `changed()`: something to show is another.
   */
  constructor({ game, ...options }) {
    this.#options = options;
    this.#socket = new GameSocket({
      ...game,
      opened: (ready) => this.#opened(ready),
      lost: () => this.#changed(() => this.#seat.lost(performance.now())),
      ended: (reason) => this.#changed(() => (TAKEN.includes(reason) ? this.#seat.leave() : this.#end(reason))),
    });
  }

  get isGame() {
    return this.#socket.isOpen;
  }

  get light() {
    return this.#seat.light;
  }

  /** Since when a game that was there is away: ms since 1970, or null. */
  get awaySince() {
    const { awaySince } = this.#seat;
    return awaySince === null ? null : Date.now() - performance.now() + awaySince;
  }

  open() {
    document.addEventListener("visibilitychange", () => document.hidden || this.#lookIn(0));
    window.addEventListener("pagehide", () => this.close());
    this.#lookIn(LOOK_EVERY.visible); // what the page asks first tells it, too
    if (this.#options.wasGame) this.#take(); // the server may still take the socket before the reload for a game
  }

  close() {
    this.#isOver = true;
    clearTimeout(this.#next);
    this.#options.closed(this.isGame);
    this.#socket.close();
  }

  /** The room, as anything of this page has just read it. */
  hear(room) {
    if (this.#isOver) return;
    this.#backoff.reset();
    this.isAway = false;
    this.#options.heard(room);
    if (this.#seat.hear(room.game_connected, performance.now())) this.#take();
    this.#changed();
  }

  #take() {
    this.#seat.take();
    this.#socket.open();
  }

  get #pace() {
    if (document.hidden) return LOOK_EVERY.hidden;
    return this.isGame ? LOOK_EVERY.own : LOOK_EVERY.visible;
  }

  #lookIn(ms) {
    clearTimeout(this.#next);
    if (!this.#isOver) this.#next = setTimeout(() => this.#look(), ms * (0.9 + Math.random() / 5));
  }

  async #look() {
    if (this.#looking) return;
    this.#looking = this.#options.api.readRoom().then(
      (room) => this.hear(room),
      (refusal) => this.#failed(refusal),
    );
    await this.#looking;
    this.#looking = null;
  }

  /** The room is not to be had: not with this token, or not any more. */
  #end(reason) {
    if (!this.#isOver) this.#options.over(reason);
    this.#isOver = true;
    clearTimeout(this.#next);
  }

  #failed(refusal) {
    const reason = finalReasonOf(refusal);
    if (reason) this.#end(reason);
    this.isAway = refusal.code === "unreachable";
    this.#lookIn(this.#backoff.next());
    this.#options.changed();
  }

  #opened(ready) {
    this.#options.attached(ready);
    this.#changed(() => this.#seat.opened());
  }

  #changed(change) {
    change?.();
    this.#lookIn(this.#pace);
    this.#options.changed();
  }
}
