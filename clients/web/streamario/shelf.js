/** What outlives the page: JSON under names, and places of which each open page of a room holds one. */

/** JSON kept under names: for good where the page has a storage that works, else for its own life. */
export class Shelf {
  #storage;
  #kept = new Map();

  constructor(storage) {
    // A page may be forbidden to touch it at all.
    this.#storage = storage ?? attempt(() => globalThis.localStorage);
  }

  get(name) {
    return this.#kept.get(name) ?? attempt(() => JSON.parse(this.#storage.getItem(name))) ?? null;
  }

  set(name, value) {
    const isStored = attempt(() => this.#store(name, value));
    if (isStored) this.#kept.delete(name);
    else this.#kept.set(name, value);
  }

  #store(name, value) {
    if (value === null) this.#storage.removeItem(name);
    else this.#storage.setItem(name, JSON.stringify(value));
    return true;
  }
}

/** What the action gives; undefined where the storage is absent, full, forbidden, or written by somebody else. */
function attempt(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}

const SLOTS = 8; // pages of one room whose presses are kept

const locks = () => globalThis.navigator?.locks;

/** All slots, first the one to try first: where pages cannot agree, by chance. */
export function slots(name) {
  const first = locks() ? 0 : Math.floor(Math.random() * SLOTS);
  return Array.from({ length: SLOTS }, (_, n) => `${name}:${(first + n) % SLOTS}`);
}

/**
 * Hold a lock that dies with the page; answers what lets it go, null where another page has it. Without locks everybody
 * gets it: two pages may then send one batch, which counts once, since it has one id.
 */
export function hold(name) {
  return new Promise((answer) => {
    const anyway = () => answer(() => {});
    const keep = (lock) => (lock ? new Promise((release) => answer(release)) : answer(null));
    if (locks()) locks().request(name, { ifAvailable: true }, keep).catch(anyway);
    else anyway();
  });
}
