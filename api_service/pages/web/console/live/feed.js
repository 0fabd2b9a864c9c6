const MOST = 300; // rows
const LEAST = 1_000; // ms; no round is shorter

/**
 * The triggers that came, newest first, and what lies between them: rounds and stops. Times are ms since 1970. No
 * DOM here.
 *
 * A trigger is known by (`epoch`, `seq`): it may come from two sources, and again. One that the ledger told has no epoch.
 */
export class Feed {
  #rows; // triggers `{epoch, seq, eventType, viewerName, people, at, round, outcome, isBlocked}` and notes
  #rounds; // round → when it began and ended: `{from, to}`

  /** `stored` is what `snapshot` gave. */
  constructor(stored) {
    this.#rows = stored?.rows ?? [];
    this.#rounds = new Map(stored?.rounds);
  }

  snapshot() {
    return { rows: this.#rows, rounds: [...this.#rounds] };
  }

  /** The triggers, newest first. */
  get triggers() {
    return this.#rows.filter(({ note }) => !note);
  }

  /** Gives whether the trigger is a new one. */
  take({ eventType, viewerName, people, epoch, seq, firedAt }, round, now) {
    if (this.rowOf({ epoch, seq })) return false;
    const at = firedAt ?? now;
    this.#add({ epoch, seq, eventType, viewerName, people, at, round, outcome: null, isBlocked: false });
    return true;
  }

  /** What became of a trigger; `endsAt` where it lasts. */
  answered({ epoch, seq, status, reason, returned, endsAt }, now) {
    const row = this.rowOf({ epoch, seq });
    if (row) row.outcome = { status, reason, returned, endsAt, since: row.outcome?.since ?? now };
  }

  /** Who fired this trigger was blocked. */
  blocked(key) {
    const row = this.rowOf(key);
    if (row) row.isBlocked = true;
  }

  rowOf({ epoch, seq }) {
    return this.#rows.find((row) => row.seq === seq && (row.epoch ?? epoch) === epoch);
  }

  /** A round that began then, as far as is known by now: a time before the round before it ended is not of this one. */
  began(round, at) {
    const before = this.#rounds.get(round - 1);
    if (before && at < (before.to ?? before.from + LEAST)) return;
    const known = this.#rounds.get(round);
    if (!known) this.#rounds.set(round, { from: at, to: null });
    else known.from = Math.min(known.from, at);
  }

  ended(round, at) {
    const known = this.#rounds.get(round);
    if (known) known.to ??= at;
  }

  /** A line between triggers: a `kind` ("stopped"), and how many presses it is about. */
  note(kind, round, at, presses) {
    this.#add({ note: kind, round, at, presses });
  }

  /** Rounds and triggers that the server has recorded; what is known already stays as it is. */
  recorded({ round, from, to, triggers }) {
    const rows = triggers.slice(-MOST).filter(({ seq }) => !this.#rows.some((row) => row.seq === seq));
    for (const row of rows) this.#add({ people: null, epoch: null, isBlocked: false, ...row, round });
    if (!this.#rounds.has(round)) this.#rounds.set(round, { from, to });
  }

  /** The newest trigger, of this button if one is named; null where there is none. */
  newest(round, eventType) {
    const isWanted = (row) => !row.note && row.round === round && (!eventType || row.eventType === eventType);
    return this.#rows.find(isWanted) ?? null;
  }

  /**
   * What to draw, newest first: `{row}`, a round's beginning `{round, at}`, or an older round `{fold, from, to, triggers,
   * isOpen}` with its rows, if it is `open`. `eventType` leaves other buttons' triggers out, `without` one row.
   */
  lines({ eventType = "", open = new Set(), without = null } = {}) {
    const rounds = [...new Set([...this.#rounds.keys(), ...this.#rows.map(({ round }) => round)])];
    rounds.sort((one, other) => other - one);
    return rounds.flatMap((round, n) => {
      const known = this.#rounds.get(round);
      const ofRound = this.#rows.filter((row) => row.round === round);
      const isShown = (row) => row !== without && (row.note || !eventType || row.eventType === eventType);
      const rows = ofRound.filter(isShown).map((row) => ({ row }));
      if (n === 0) return known ? [...rows, { round, at: known.from }] : rows;
      const fold = { fold: round, isOpen: open.has(round), triggers: ofRound.filter(({ note }) => !note).length };
      fold.from = known?.from ?? ofRound.at(-1).at;
      fold.to = known?.to ?? ofRound[0]?.at ?? fold.from;
      return fold.isOpen ? [fold, ...rows] : [fold];
    });
  }

  #add(row) {
    const before = this.#rows.findIndex((other) => !isAfter(other, row));
    const at = before < 0 ? this.#rows.length : before;
    this.#rows = [...this.#rows.slice(0, at), row, ...this.#rows.slice(at)].slice(0, MOST);
  }
}

/** The round of a trigger: the next one, where it comes before the news that a round has begun. */
export const roundOf = ({ status, round }) => (status === "in_game" ? round : round + 1);

/** Whether a row stands above the other: by its number where both have one, since clocks differ. */
function isAfter(row, other) {
  if (row.seq && other.seq && row.epoch === other.epoch) return row.seq > other.seq;
  return row.at > other.at;
}
