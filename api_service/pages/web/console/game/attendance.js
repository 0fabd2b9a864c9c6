import { isAtTunnel } from "../../common/urls.js";
import { Backoff } from "../../streamario/timing.js";
import { finalReasonOf } from "../api.js";
import { GameSocket } from "./game_socket.js";

const LOOK_EVERY = { visible: 3_000, hidden: 15_000, own: 30_000 }; // ms
const BACK_AFTER = [1_000, 15_000]; // ms, growing from the one to the other
const AWAY_FOR = 6_000; // ms
const APART = 4_000; // ms, at most
const TAKEN = ["replaced", "game_connected"]; // the ends of its socket at which a game has the room

/**
 * This page as the room's game while there is no other. It looks at the room every few seconds, less often while
 * nobody looks at the page, and while it is the game itself: then whoever takes its place ends its socket. But an address
 * that does not last may be another at any time. Through a tunnel it is no game: that lets no game's socket through.
 */
export class GameAttendance {
  #options;
  #socket;
  #seat = new Seat();
  #backoff = new Backoff(...BACK_AFTER);
  #next = null; // the timer of the next look
  #looking = null;
  isAway = false; // the server did not answer the last look
  #isOver = false; // the room is nobody's to play any more
  #lasts = true; // the room's address

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

  /** The server has just answered: look whether it is back. */
  hurry() {
    if (this.isAway) this.#lookIn(0);
  }

  /** The room, as anything of this page has just read it. */
  hear(room) {
    if (this.#isOver) return;
    this.#backoff.reset();
    this.isAway = false;
    this.#lasts = room.invitation?.lasts ?? true;
    this.#options.heard(room);
    const isFree = this.#seat.hear(room.game_connected, performance.now());
    if (isFree && !isAtTunnel(room.invitation)) this.#take();
    this.#changed();
  }

  #take() {
    this.#seat.take();
    this.#socket.open();
  }

  get #pace() {
    if (document.hidden) return LOOK_EVERY.hidden;
    return this.isGame && this.#lasts ? LOOK_EVERY.own : LOOK_EVERY.visible;
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

/**
 * Whether this page should stand in as the room's game: only while no game is connected. No I/O here; `now` is ms on
 * `performance.now()`.
 *
 * Whoever opens the desk of a room without a game has one at once. A game that was there and is away gets some time
 * to come back by itself; by chance, so that two desks do not take its place in the same moment.
 */
export class Seat {
  isTaken = false; // by this page, whose socket may still be on its way
  awaySince = null; // when a game that was there had gone
  #isOpen = false; // this page's socket has the room
  #isConnected = false; // another game is, as far as the server has told
  #hadGame = false;
  #patience;

  constructor(chance = Math.random) {
    this.#patience = AWAY_FOR + chance() * APART;
  }

  /** The server has told whether a game is connected; it may be this page. Gives whether to take its place now. */
  hear(isConnected, now) {
    if (this.#isOpen) return false;
    this.#isConnected = isConnected;
    if (isConnected) this.#found();
    else if (this.#hadGame) this.awaySince ??= now;
    if (isConnected || this.isTaken) return false;
    return !this.#hadGame || now - this.awaySince >= this.#patience;
  }

  take() {
    this.isTaken = true;
  }

  /** This page's socket has the room. */
  opened() {
    this.#isOpen = true;
    this.#found();
  }

  /** Its socket is lost; it dials again. */
  lost(now) {
    if (!this.isTaken) return;
    this.#isOpen = this.#isConnected = false;
    this.awaySince = now;
  }

  /** A game has the room: this page leaves it alone. */
  leave() {
    this.isTaken = this.#isOpen = false;
    this.#isConnected = true;
    this.#found();
  }

  #found() {
    this.#hadGame = true;
    this.awaySince = null;
  }

  /** "on": a game is there, or this page is it; "wait": it has gone; "no": there is none yet. */
  get light() {
    if (this.#isOpen || this.#isConnected) return "on";
    return this.#hadGame ? "wait" : "no";
  }
}
