/**
 * Whether this page should be the room's game: only while no other one is connected. No I/O here; `now` is ms on
 * `performance.now()`.
 *
 * Whoever opens the desk of a room without a game has one at once. A game that was there and is away gets some time
 * to come back by itself; by chance, so that two desks do not take its place in the same moment.
 */
const AWAY_FOR = 6_000; // ms
const APART = 4_000; // ms, at most

export class Seat {
  isOwn = false;
  awaySince = null; // when a game that was there had gone
  #wasTaken = false;
  #patience;

  constructor(chance = Math.random) {
    this.#patience = AWAY_FOR + chance() * APART;
  }

  /** The server has told whether a game is connected; it may be this page. Gives whether to take its place now. */
  hear(isConnected, now) {
    if (this.isOwn) return false;
    if (isConnected) {
      this.#wasTaken = true;
      this.awaySince = null;
      return false;
    }
    if (!this.#wasTaken) return true;
    this.awaySince ??= now;
    return now - this.awaySince >= this.#patience;
  }

  /** This page is the room's game. */
  take() {
    this.isOwn = true;
    this.awaySince = null;
  }

  /** It is no more: its socket is lost, or it `wasReplaced` by another game. */
  leave(wasReplaced, now) {
    this.isOwn = false;
    this.#wasTaken ||= wasReplaced;
    this.awaySince = wasReplaced ? null : now;
  }

  /** "on": a game is there, or this page is it; "wait": it has gone; "no": there is none yet. */
  get light() {
    if (this.isOwn) return "on";
    if (this.awaySince !== null) return "wait";
    return this.#wasTaken ? "on" : "no";
  }
}
