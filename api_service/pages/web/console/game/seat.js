/**
 * Whether this page should stand in as the room's game: only while no game is connected. No I/O here; `now` is ms on
 * `performance.now()`.
 *
 * Whoever opens the desk of a room without a game has one at once. A game that was there and is away gets some time
 * to come back by itself; by chance, so that two desks do not take its place in the same moment.
 */
const AWAY_FOR = 6_000; // ms
const APART = 4_000; // ms, at most

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
