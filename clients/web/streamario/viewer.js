/** Who presses, and what these presses came to: kept for all tabs. */
import { shared } from "./timing.js";

/** An identity that the server issues, and every room of the API shares. */
export class Viewer {
  id = null; // the full one, a secret
  name = null;
  #api;
  #shelf;
  #key;
  #changed;
  #identified;

  /** `key` is the id's name on the shelf; `changed()` is called for each id and name, `identified()` for a new id. */
  constructor({ api, shelf, key, changed, identified }) {
    this.#api = api;
    this.#shelf = shelf;
    this.#key = key;
    this.#changed = changed;
    this.#identified = identified;
  }

  /** The id as others may know it; null until known. */
  get publicId() {
    return this.id?.split(".", 1)[0] ?? null;
  }

  /** The viewer as a page shows it; null until known. */
  get view() {
    return this.id && { id: this.publicId, name: this.name };
  }

  /** Be the one that the shelf knows, or, where the server does not, somebody new. */
  identify = shared(async () => {
    const kept = this.#shelf.get(this.#key);
    this.#become(await this.#api.ask("/api/viewers", kept ? { viewer_id: kept } : {}));
    this.#identified();
  });

  /** Set the name; resolves to it as the server cleaned it. */
  async setName(name) {
    if (!this.id) await this.identify();
    const answer = await this.#askForName(name).catch(async (error) => {
      if (error.status !== 401) throw error;
      await this.identify();
      return this.#askForName(name);
    });
    this.#become(answer);
    return answer.name ?? "";
  }

  #askForName(name) {
    return this.#api.ask("/api/viewers/set_name", { viewer_id: this.id, name });
  }

  #become({ viewer_id, name }) {
    this.id = viewer_id;
    this.name = name;
    this.#shelf.set(this.#key, viewer_id);
    this.#changed();
  }
}

/** What this viewer's presses of the round came to. */
export class Earned {
  total = 0;
  #shelf;
  #key;
  #room;
  #round = 0;

  constructor(shelf, key, roomId) {
    this.#shelf = shelf;
    this.#key = key;
    this.#room = roomId;
  }

  begin(round) {
    this.#round = round;
    this.total = this.#kept.mine;
  }

  /** So many more have counted; once the server has summed up, they are in its sum. */
  add(presses) {
    const { mine, isSettled } = this.#kept;
    if (isSettled) this.total = mine;
    else this.#keep(mine + presses, false);
  }

  /** The server has summed up. */
  settle(total) {
    this.#keep(total, true);
  }

  #keep(mine, isSettled) {
    this.total = mine;
    this.#shelf.set(this.#key, { room: this.#room, round: this.#round, mine, isSettled });
  }

  get #kept() {
    const kept = this.#shelf.get(this.#key);
    const isOfRound = kept?.room === this.#room && kept.round === this.#round;
    return isOfRound ? kept : { mine: 0, isSettled: false };
  }
}
