const MOST = 300; // triggers
const LEAST = 1_000; // ms; no round is shorter
const OWN_WITHIN = 5_000; // ms, from "Fire once" to its trigger
const STAGE = 2_700; // ms that the overlay shows a burst
const SECOND = 1_000; // ms

/**
 * The triggers that came, newest first, and what lies between them: rounds, pauses, moods. Times are ms since 1970, all of this
 * page's clock. No DOM here.
 *
 * A trigger is known by (`epoch`, `seq`): it may come from two sources, and again. One that the ledger told has no epoch.
 */
export class TriggerFeed {
  #rows; // triggers `{epoch, seq, eventType, viewerName, people, at, round, outcome, isBlocked, by}` and notes
  #rounds; // round → when it began and ended, and how many triggers fired: `{from, to, fired}`
  #followed = null; // of the round that runs: `{round, doing, perMinute}`
  #own = []; // what this page fired, `{eventType, until}`: the triggers are still to come

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

  /**
   * Gives whether the trigger, which has just come, is a new one; its `round` may be over. `by` is "here" where this page
   * fired it, "desk" where another one did, and null of viewers' triggers.
   */
  take({ eventType, viewerName, people, epoch, seq, byStreamer, round }, now) {
    const isIt = (row) => row.seq === seq && (row.epoch === epoch || (row.epoch === null && row.round === round));
    if (this.#rows.some(isIt)) return false;
    const by = !byStreamer ? null : this.#takeOwn(eventType, now) ? "here" : "desk";
    this.#add({ epoch, seq, eventType, viewerName, people, at: now, round, outcome: null, isBlocked: false, by });
    return true;
  }

  /** This page fires a button once. Its trigger does not tell which page did: it is the streamer's next one. */
  expect(eventType, now) {
    this.#own.push({ eventType, until: now + OWN_WITHIN });
  }

  /** It was refused, or has come. Gives whether it was expected. */
  expectNot(eventType) {
    const at = this.#own.findIndex((own) => own.eventType === eventType);
    if (at >= 0) this.#own.splice(at, 1);
    return at >= 0;
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

  /** The epoch of a trigger's number; of one that was recorded it is that of its round's others, null where none is here. */
  epochOf({ epoch, round }) {
    return epoch ?? this.#rows.find((row) => row.round === round && row.epoch)?.epoch ?? null;
  }

  rowOf({ epoch, seq }) {
    return this.#rows.find((row) => row.seq === seq && (row.epoch ?? epoch) === epoch);
  }

  /** A round that began then, as far as is known by now: a time before the round before it ended is not of this one. */
  began(round, at) {
    const before = this.#rounds.get(round - 1);
    if (before && at < (before.to ?? before.from + LEAST)) return;
    const known = this.#rounds.get(round);
    if (!known) this.#rounds.set(round, { from: at, to: null, fired: 0 });
    else known.from = Math.min(known.from, at);
  }

  ended(round, at) {
    const known = this.#rounds.get(round);
    if (known) known.to ??= at;
  }

  /** So many triggers of a round have fired, as the room says. */
  counted(round, fired) {
    const known = this.#rounds.get(round);
    if (known) known.fired = Math.max(known.fired, fired);
  }

  /** How many of the triggers of a round that fired are missing here; those before the kept ones are not. */
  lacking(round, fired) {
    const here = this.triggers.filter((row) => row.round === round).length;
    return Math.max(0, Math.min(fired, MOST) - here);
  }

  /** Whether nobody here saw how a round ended. */
  hasMissed(round) {
    return round > 0 && !this.#rounds.get(round)?.to;
  }

  /** The room's state: a line for each pause, stop and mood of a round, as far as this page sees it. */
  follow({ status, round, paused, stopped, triggersPerMinute: perMinute }, now) {
    const before = this.#followed;
    const doing = !paused ? "resumed" : stopped ? "stopped" : "paused";
    this.#followed = status === "in_game" ? { round, doing, perMinute } : null;
    if (!this.#followed || before?.round !== round) return;
    if (before.doing !== doing) this.note(doing, round, now);
    if ((before.perMinute ?? perMinute) !== perMinute) this.note("mood", round, now, perMinute);
  }

  /** A line between triggers; `count`: the presses that a stop threw away, the triggers a minute of a mood. */
  note(kind, round, at, count = null) {
    const newest = this.#rows.find((row) => row.note && row.round === round);
    if (kind === "stopped" && newest?.note === kind) newest.count ??= count; // told by the room and by the answer
    else this.#add({ note: kind, round, at, count });
  }

  /** Rounds and triggers that the server has recorded; what is known already stays as it is. */
  recorded({ round, from, to, triggers }) {
    const isNew = ({ seq }) => !this.#rows.some((row) => row.seq === seq && row.round === round);
    for (const row of triggers.slice(-MOST).filter(isNew)) {
      this.#add({ people: null, epoch: null, isBlocked: false, by: null, ...row, round });
    }
    const known = this.#rounds.get(round) ?? { from, to, fired: 0 };
    this.#rounds.set(round, { ...known, to: known.to ?? to });
    this.counted(round, triggers.length);
  }

  /** The newest trigger, of this button if one is named; null where there is none. */
  newest(round, eventType) {
    const isWanted = (row) => !row.note && row.round === round && (!eventType || row.eventType === eventType);
    return this.#rows.find(isWanted) ?? null;
  }

  /** The newest trigger that no page fired; null where there is none. */
  newestOfViewers(round) {
    return this.triggers.find((row) => row.round === round && !row.by) ?? null;
  }

  /**
   * What to draw, newest first: `{row}`, a round's beginning `{round, at}`, or an older round `{fold, from, to, triggers,
   * isOpen}` with its rows, if it is `open`. `eventType` leaves other buttons' triggers out, `without` one row.
   */
  lines({ eventType = "", open = new Set(), without = null } = {}) {
    const rounds = [...new Set([...this.#rounds.keys(), ...this.#rows.map(({ round }) => round)])];
    rounds.sort((one, other) => other - one);
    return rounds.flatMap((round, n) => {
      const ofRound = this.#rows.filter((row) => row.round === round);
      const isShown = (row) => row !== without && (row.note || !eventType || row.eventType === eventType);
      const rows = ofRound.filter(isShown).map((row) => ({ row }));
      const { from, to, triggers } = this.#span(round, ofRound);
      if (n === 0) return this.#rounds.has(round) ? [...rows, { round, at: from }] : rows;
      const fold = { fold: round, from, to, triggers, isOpen: open.has(round) };
      return fold.isOpen ? [fold, ...rows] : [fold];
    });
  }

  /** From when to when a round went, as far as is known here, and how many triggers it had. */
  #span(round, rows) {
    const { from = Infinity, to = null, fired = 0 } = this.#rounds.get(round) ?? {};
    const first = Math.min(from, rows.at(-1)?.at ?? Infinity); // it began before whatever happened in it
    const triggers = rows.filter(({ note }) => !note).length;
    return { from: first, to: to ?? rows[0]?.at ?? first, triggers: Math.max(fired, triggers) };
  }

  #takeOwn(eventType, now) {
    this.#own = this.#own.filter(({ until }) => until >= now);
    return this.expectNot(eventType);
  }

  #add(row) {
    const before = this.#rows.findIndex((other) => !isAfter(other, row));
    const at = before < 0 ? this.#rows.length : before;
    let triggers = 0;
    const isKept = ({ note }) => (note ? triggers < MOST : ++triggers <= MOST);
    this.#rows = [...this.#rows.slice(0, at), row, ...this.#rows.slice(at)].filter(isKept);
  }
}

/** Whether a row stands above the other: by its number where both have one, since what is recorded comes late. */
function isAfter(row, other) {
  const isRecorded = row.epoch === null || other.epoch === null;
  const areCounted = row.seq && other.seq && (row.epoch === other.epoch || (isRecorded && row.round === other.round));
  return areCounted ? row.seq > other.seq : row.at > other.at;
}

/**
 * What is left of a trigger's effect, or of its moment on the overlay: the `share` of it, and when that is another
 * (`next`, Infinity where nothing changes any more). It `says` the seconds of an effect, or else how it ended: a text's
 * name and its value. Times are ms since 1970.
 */
export function waitOf({ at, outcome }, now) {
  const effectEnds = outcome?.status === "started" ? (outcome.endsAt ?? 0) : 0;
  if (effectEnds > now) {
    const seconds = Math.ceil((effectEnds - now) / SECOND);
    const share = (effectEnds - now) / (effectEnds - outcome.since);
    return { says: ["seconds", seconds], share, next: effectEnds - (seconds - 1) * SECOND };
  }
  const says = outcome && outcome.status !== "started" ? [outcome.status] : [];
  const left = Math.max(0, at + STAGE - now);
  return { says, share: Math.min(1, left / STAGE), next: left > 0 ? Math.min(at + STAGE, now + SECOND / 4) : Infinity };
}

/**
 * Who pressed a trigger together, in words: who set it off and how many others. `people` is null where only the name was
 * recorded.
 */
export function whoOf({ viewerName, people, by }, texts) {
  if (viewerName) return people > 1 ? texts.with_others(viewerName, people - 1) : viewerName;
  if (by === "here") return people > 0 ? texts.by_you_with(people) : texts.by_you;
  if (by === "desk") return texts.by_desk;
  return people === null ? "–" : texts.people(people);
}
