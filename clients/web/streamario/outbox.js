/**
 * Unanswered presses in batches `{id, no, round, born (ms since 1970), isTried, isDone, presses}`. `id` and `no` are the
 * idempotency key: each batch counts once. The server counts a sender's batches in the order of their numbers, and no
 * number after a greater one. So a sender's next batch is sent once the one before is answered or dropped.
 */
import { hold, slots } from "./shelf.js";

const FILLS_FOR = 10_000; // ms for which a waiting batch accepts more presses
const FRESH_FOR = 285_000; // ms; the server recognises a batch for 300 s, and a request may take 10 s

/** Numbers the batches of one sender. */
class Sequence {
  #last = 0;
  #name = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  /** The next number, and the id that goes with it. */
  next() {
    this.#last += 1;
    return { id: `${this.#name}#${this.#last}`, no: this.#last };
  }
}

const senderOf = ({ id }) => id.split("#")[0];

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** The number of presses in a batch. */
export const total = ({ presses }) => sum(Object.values(presses));

/** ms since a batch was created; absolute, because the clock may have been set back. */
export const age = ({ born }) => Math.abs(Date.now() - born);

/** Whether the server still recognises the batch, if it has counted it. */
export const isFresh = (batch) => age(batch) < FRESH_FOR;

/** Batches, oldest first; they are saved in the storage. */
export class Outbox {
  batches = [];
  #shelf;
  #name;
  #limits;
  #numbers = new Sequence();
  #slot = null;
  #release = () => {};
  #isClosed = false;

  /** `limits` has the presses that a request may hold: `perButton` and `perBatch`. */
  constructor(shelf, name, limits) {
    this.#shelf = shelf;
    this.#name = name;
    this.#limits = limits;
  }

  /** The oldest batch. If it is unsent and a request may hold less by now, the surplus moves to the last batches. */
  get next() {
    const [next] = this.batches;
    if (next && !next.isTried) this.#trim(next);
    return next;
  }

  get total() {
    return sum(this.batches.map(total));
  }

  /** Presses of a button in these batches. */
  pressesOf(eventType, isMeant = () => true) {
    return sum(this.batches.filter(isMeant).map(({ presses }) => presses[eventType] ?? 0));
  }

  add(eventType, times, round) {
    for (let left = times; left > 0; ) {
      const batch = this.batches.find((batch) => this.#capacity(batch, eventType) > 0) ?? this.#begin(round);
      const fitting = Math.min(left, this.#capacity(batch, eventType));
      batch.presses[eventType] = (batch.presses[eventType] ?? 0) + fitting;
      left -= fitting;
    }
  }

  /**
   * The oldest unsent batch, to be sent while another one is unanswered; null if none may be. It gets a new sender,
   * because under the same one it might be counted first, and then the other never. The server remembers a viewer's
   * last four senders, so a page has unanswered batches of two at most.
   */
  overtaking() {
    const unsent = this.batches.filter(({ isTried }) => !isTried);
    const senders = new Set(this.batches.filter(({ isTried }) => isTried).map(senderOf));
    if (unsent.length === 0 || senders.size > 1) return null;
    this.#trim(unsent[0]);
    this.#numbers = new Sequence();
    for (const batch of this.batches.filter(({ isTried }) => !isTried)) Object.assign(batch, this.#numbers.next());
    return unsent[0];
  }

  #begin(round) {
    const batch = { ...this.#numbers.next(), round, born: Date.now(), isTried: false, isDone: false, presses: {} };
    this.batches.push(batch);
    return batch;
  }

  /** How many more presses of a button fit. A sent batch accepts none: it may have been counted under its number. */
  #capacity(batch, eventType) {
    if (batch.isTried || age(batch) >= FILLS_FOR) return 0;
    const { perButton, perBatch } = this.#limits;
    return Math.min(perButton - (batch.presses[eventType] ?? 0), perBatch - total(batch));
  }

  #trim(batch) {
    const { perButton, perBatch } = this.#limits;
    for (const [eventType, presses] of Object.entries(batch.presses)) {
      const surplus = Math.max(presses - perButton, Math.min(presses, total(batch) - perBatch));
      if (surplus <= 0) continue;
      if (surplus < presses) batch.presses[eventType] = presses - surplus;
      else delete batch.presses[eventType];
      this.add(eventType, surplus, batch.round);
    }
  }

  /** Remove all other batches; returns how many presses were removed. */
  retain(isWanted) {
    const before = this.total;
    this.batches = this.batches.filter(isWanted);
    this.save();
    return before - this.total;
  }

  clear() {
    this.retain(() => false);
  }

  /** Remove the presses of buttons that no longer exist. */
  strip(isKnown) {
    for (const { presses } of this.batches) {
      const unknown = Object.keys(presses).filter((eventType) => !isKnown(eventType));
      for (const eventType of unknown) delete presses[eventType];
    }
    this.retain((batch) => total(batch) > 0);
  }

  /** Take a slot of the storage, and adopt the wanted batches that closed pages have left in any slot. */
  async open(isWanted) {
    for (const slot of slots(this.#name)) {
      if (this.#slot && !this.#shelf.get(slot)) continue;
      const release = await hold(slot);
      if (release) this.#take(slot, release, isWanted);
    }
  }

  /** The page keeps and locks the first slot for its own batches; it only empties the others. */
  #take(slot, release, isWanted) {
    this.#adopt((this.#shelf.get(slot) ?? []).filter(isWanted));
    this.#slot ??= slot;
    this.save();
    const isOwn = slot === this.#slot;
    if (!isOwn) this.#shelf.set(slot, null);
    if (isOwn && !this.#isClosed) this.#release = release;
    else release();
  }

  #adopt(batches) {
    const known = new Set(this.batches.map(({ id }) => id));
    this.batches.unshift(...batches.filter((batch) => isFresh(batch) && !known.has(batch.id)));
  }

  save() {
    if (this.#slot) this.#shelf.set(this.#slot, this.batches.length ? this.batches : null);
  }

  close() {
    this.#isClosed = true;
    this.save();
    this.#release();
  }
}
