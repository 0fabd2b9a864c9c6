/**
 * Unanswered presses in batches `{id, round, born (ms since 1970), isTried, isDone, presses}`. `id` is the idempotency
 * key: each batch counts once.
 */
import { hold, slots } from "./shelf.js";

const PER_BUTTON = 20; // presses of a button that one request may contain
const PER_BATCH = 40; // presses; less than the burst that the server allows a viewer
const FILLS_FOR = 10_000; // ms for which a waiting batch accepts more presses
const KEPT_FOR = 285_000; // ms; the server recognises a batch for 300 s, and a request may take 10 s

function newBatch(round) {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  const id = Array.from(bytes, (byte) => byte.toString(36)).join("");
  return { id, round, born: Date.now(), isTried: false, isDone: false, presses: {} };
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** The number of presses in a batch. */
export const total = ({ presses }) => sum(Object.values(presses));

/** ms since a batch was created; absolute, because the clock may have been set back. */
export const age = ({ born }) => Math.abs(Date.now() - born);

/** Whether the server still recognises the batch, if it has counted it. */
export const isFresh = (batch) => age(batch) < KEPT_FOR;

/** How many more presses of a button fit. A sent batch accepts none: it may have been counted under its id. */
function capacity(batch, eventType) {
  if (batch.isTried || age(batch) >= FILLS_FOR) return 0;
  return Math.min(PER_BUTTON - (batch.presses[eventType] ?? 0), PER_BATCH - total(batch));
}

/** Batches, oldest first; they are saved in the storage. */
export class Outbox {
  batches = [];
  #shelf;
  #name;
  #slot = null;
  #release = () => {};
  #isClosed = false;

  constructor(shelf, name) {
    this.#shelf = shelf;
    this.#name = name;
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
      const batch = this.batches.find((batch) => capacity(batch, eventType) > 0) ?? this.#begin(round);
      const fitting = Math.min(left, capacity(batch, eventType));
      batch.presses[eventType] = (batch.presses[eventType] ?? 0) + fitting;
      left -= fitting;
    }
  }

  #begin(round) {
    const batch = newBatch(round);
    this.batches.push(batch);
    return batch;
  }

  /** Remove all other batches; returns how many presses were removed. */
  keep(isWanted) {
    const before = this.total;
    this.batches = this.batches.filter(isWanted);
    this.save();
    return before - this.total;
  }

  clear() {
    this.keep(() => false);
  }

  /** Remove the presses of buttons that no longer exist. */
  strip(isKnown) {
    for (const { presses } of this.batches) {
      const unknown = Object.keys(presses).filter((eventType) => !isKnown(eventType));
      for (const eventType of unknown) delete presses[eventType];
    }
    this.keep((batch) => total(batch) > 0);
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
