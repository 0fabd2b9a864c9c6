/**
 * A game's side of delivery: which message is new, and what is owed to the gateway. No I/O here.
 *
 * A numbered message is known by (`epoch`, `seq`). Each comes at least once and in order, so a
 * number that was already applied in its epoch is a duplicate, whatever socket brought it.
 */
export class Delivery {
  #applied = new Map();
  #owed = null;
  #held = null; // a summary whose round has no successor yet
  #isHeldHere = false; // it came on this socket, too

  /** `cursor` is the last numbered message that was applied; null where nothing is known yet. */
  constructor(cursor) {
    this.cursor = null;
    if (cursor) this.#move(cursor);
  }

  /**
   * Where the next socket's log should go on: before a summary that is held. Resuming after it would
   * acknowledge it, and the room would be over.
   */
  get resumeFrom() {
    return this.#held ? { epoch: this.#held.epoch, seq: this.#held.seq - 1 } : this.cursor;
  }

  /** A socket has the room. Its query told the cursor, so nothing is owed yet. */
  attached({ epoch, seq, replayed, round }) {
    this.#owed = null;
    this.#isHeldHere = false;
    this.roundBegan(round);
    if (!this.cursor) this.#move({ epoch, seq: seq - replayed });
  }

  /**
   * Take what a socket brought; gives whether it is new. A duplicate is owed an acknowledgement too: it came
   * because the gateway does not know. Numbers that are left out went to another game.
   */
  take({ type, epoch, seq, round }) {
    const isNew = seq > (this.#applied.get(epoch) ?? -1);
    if (isNew) {
      this.#move({ epoch, seq });
      this.#held = type === "game_end_summary" ? { epoch, seq, round } : null;
    }
    if (seq === this.#held?.seq && epoch === this.#held.epoch) this.#isHeldHere = true;
    else this.#owed = { epoch, seq };
    return isNew;
  }

  /** What came before cannot be given any more: the next number is `last_seq` + 1. */
  jump({ epoch, last_seq: seq }) {
    this.#move({ epoch, seq });
    this.#owed = this.#held = null;
  }

  /** This round runs, or ran: the summary of one before it may be acknowledged. */
  roundBegan(round) {
    if (!this.#held || this.#held.round >= round) return;
    const { epoch, seq } = this.#held;
    if (this.#isHeldHere) this.#owed = { epoch, seq };
    this.#held = null;
  }

  /** What to acknowledge now, once; null where nothing is owed. */
  takeOwed() {
    const owed = this.#owed;
    this.#owed = null;
    return owed;
  }

  #move({ epoch, seq }) {
    this.cursor = { epoch, seq };
    this.#applied.set(epoch, Math.max(seq, this.#applied.get(epoch) ?? -1));
  }
}
