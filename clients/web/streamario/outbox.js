/** Presses on their way, in batches `{id, round, born (ms since 1970), isTried, isDone, presses}` that count once. */
import { hold, slots } from "./shelf.js";

const PER_BUTTON = 20; // presses of a button that one request may count
const PER_BATCH = 40; // presses, less than a viewer may send at once
const FILLS_FOR = 10_000; // ms in which a batch that cannot go takes more presses
const KEPT_FOR = 285_000; // ms; the server knows a batch again for 300 s, and a request may take 10 s

function newBatch(round) {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  const id = Array.from(bytes, (byte) => byte.toString(36)).join("");
  return { id, round, born: Date.now(), isTried: false, isDone: false, presses: {} };
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** All presses of a batch. */
export const total = ({ presses }) => sum(Object.values(presses));

/** ms since a batch began; both ways, for clocks get set. */
export const age = ({ born }) => Math.abs(Date.now() - born);

/** Whether the server surely knows the batch again, should it have counted it. */
export const isFresh = (batch) => age(batch) < KEPT_FOR;

/** How many more presses of a button a batch takes. What was sent stays as it is: it may have counted under its id. */
function capacity(batch, eventType) {
  if (batch.isTried || age(batch) >= FILLS_FOR) return 0;
  return Math.min(PER_BUTTON - (batch.presses[eventType] ?? 0), PER_BATCH - total(batch));
}

/** Batches, oldest first, that also outlive the page. */
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

  /** Keep these batches only; answers how many presses went. */
  keep(isWanted) {
    const before = this.total;
    this.batches = this.batches.filter(isWanted);
    this.save();
    return before - this.total;
  }

  clear() {
    this.keep(() => false);
  }

  /** Take out the presses of buttons that are no more. */
  strip(isKnown) {
    for (const { presses } of this.batches) {
      const unknown = Object.keys(presses).filter((eventType) => !isKnown(eventType));
      for (const eventType of unknown) delete presses[eventType];
    }
    this.keep((batch) => total(batch) > 0);
  }

  /** Take a slot of the storage, and of what pages that are gone have left in any slot, the batches that are wanted. */
  async open(isWanted) {
    for (const slot of slots(this.#name)) {
      if (this.#slot && !this.#shelf.get(slot)) continue;
      const release = await hold(slot);
      if (release) this.#take(slot, release, isWanted);
    }
  }

  /** The first slot is for this page's own batches, and held; others are only emptied. */
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
