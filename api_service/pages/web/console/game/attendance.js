import { Backoff } from "../../streamario/timing.js";
import { finalReasonOf } from "../api.js";
import { Game } from "./game.js";
import { Seat } from "./seat.js";

const LOOK_EVERY = { visible: 3_000, hidden: 15_000, own: 30_000 }; // ms
const BACK_AFTER = [1_000, 15_000]; // ms, growing from the one to the other

/**
 * This page as the room's game while there is no other. It looks at the room every few seconds, less often while
 * nobody looks at the page, and while it is the game itself: then whoever takes its place ends its socket.
 */
export class Attendance {
  #options;
  #game;
  #seat = new Seat();
  #backoff = new Backoff(...BACK_AFTER);
  #next = null; // the timer of the next look
  #looking = null;
  isAway = false; // the server did not answer the last look
  #isOver = false; // the room is nobody's to play any more

  /**
   * `game`: what `Game` needs. `api` reads the room. `heard(room)`: the room as the API tells it; `attached(ready)`,
   * `fired(event)`, `lost()`, `settled(cursor)` and `over(reason)` are the game's; `changed()`: something to show is
   * another.
   */
  constructor({ game, ...options }) {
    this.#options = options;
    this.#game = new Game(game);
    this.#game.on("connection", (connection) => this.#connection(connection));
    this.#game.on("ready", (ready) => options.attached(ready));
    this.#game.on("trigger", (event) => options.fired(event));
    this.#game.on("gap", () => options.lost());
    this.#game.on("settle", (cursor) => cursor && options.settled(cursor));
  }

  get isGame() {
    return this.#game.isOpen;
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
  }

  close() {
    this.#isOver = true;
    clearTimeout(this.#next);
    this.#game.close();
  }

  roundBegan(round) {
    this.#game.roundBegan(round);
  }

  /** The room, as anything of this page has just read it. */
  hear(room) {
    if (this.#isOver) return;
    this.#backoff.reset();
    this.isAway = false;
    this.#options.heard(room);
    if (this.#seat.hear(room.game_connected, performance.now())) {
      this.#seat.take();
      this.#game.open();
    }
    this.#lookIn(this.#pace);
    this.#options.changed();
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

  #connection({ state, reason }) {
    if (state === "ended") {
      this.#seat.leave(reason === "replaced", performance.now());
      if (reason !== "replaced") this.#end(reason);
    }
    if (!this.#isOver) this.#lookIn(this.#pace);
    this.#options.changed();
  }
}
