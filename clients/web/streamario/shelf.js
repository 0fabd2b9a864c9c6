/** Data that survives the page: JSON under keys, and slots, of which each open page of a room locks one. */

/** JSON under keys: in the storage if it works, else in memory. */
export class Shelf {
  #storage;
  #inMemory = new Map();

  constructor(storage) {
    // Browsers may throw at any access to localStorage.
    this.#storage = storage ?? attempt(() => globalThis.localStorage);
  }

  get(name) {
    return this.#inMemory.get(name) ?? attempt(() => JSON.parse(this.#storage.getItem(name))) ?? null;
  }

  set(name, value) {
    const isStored = attempt(() => this.#store(name, value));
    if (isStored) this.#inMemory.delete(name);
    else this.#inMemory.set(name, value);
  }

  #store(name, value) {
    if (value === null) this.#storage.removeItem(name);
    else this.#storage.setItem(name, JSON.stringify(value));
    return true;
  }
}

/** The action's result; undefined if the storage is absent, full, forbidden, or holds something else. */
function attempt(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}

const SLOTS = 8; // open pages of one room whose presses are saved

const locks = () => globalThis.navigator?.locks;

/** All slots in the order to try; without locks the first one is random. */
export function slots(name) {
  const first = locks() ? 0 : Math.floor(Math.random() * SLOTS);
  return Array.from({ length: SLOTS }, (_, n) => `${name}:${(first + n) % SLOTS}`);
}

/**
 * Take a lock that ends with the page; resolves to a function that releases it, or null if another page holds it. If
 * the browser has no locks, every page gets it: two pages may then send one batch, which counts once by its id.
 */
export function hold(name) {
  return new Promise((answer) => {
    const anyway = () => answer(() => {});
    const answerWith = (lock) => (lock ? new Promise((release) => answer(release)) : answer(null));
    if (locks()) locks().request(name, { ifAvailable: true }, answerWith).catch(anyway);
    else anyway();
  });
}
