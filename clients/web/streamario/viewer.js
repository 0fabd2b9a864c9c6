/** The viewer's identity and counted presses, stored for all tabs. */
import { shared } from "./timing.js";

/** An identity that the server issues; the viewer has the same one in all rooms of an API. */
export class Viewer {
  id = null; // the full id, which is secret
  name = null;
  #api;
  #shelf;
  #key;
  #changed;
  #identified;
  #joining = null;

  /** `key` is the id's key in the storage; `changed()` is called for each id or name, `identified()` for each id. */
  constructor({ api, shelf, key, changed, identified }) {
    this.#api = api;
    this.#shelf = shelf;
    this.#key = key;
    this.#changed = changed;
    this.#identified = identified;
  }

  /** The public half of the id; null until known. */
  get publicId() {
    return this.id?.split(".", 1)[0] ?? null;
  }

  /** The viewer as a page shows it; null until known. */
  get view() {
    return this.id && { id: this.publicId, name: this.name };
  }

  /** Use the stored identity; if there is none, or the server rejects it, get a new one. */
  async identify() {
    // A join that is under way brings one, unless it is refused, or the server is older.
    const joined = await this.#joining?.catch(() => null);
    if (!joined?.viewer) await this.#requestIdentity();
  }

  #requestIdentity = shared(async () => this.#become(await this.#api.ask("/api/viewers", this.#stored)));

  /** Identify by joining a room; resolves to the answer, which also has the room and its state. */
  join(path) {
    this.#joining ??= this.#requestJoin(path).finally(() => {
      this.#joining = null;
    });
    return this.#joining;
  }

  async #requestJoin(path) {
    const answer = await this.#api.ask(`${path}/join`, { ...this.#stored, room: true });
    if (answer.viewer) this.#become(answer.viewer);
    return answer;
  }

  #become(viewer) {
    this.#take(viewer);
    this.#identified();
  }

  get #stored() {
    const id = this.#shelf.get(this.#key);
    return id ? { viewer_id: id } : {};
  }

  /** Set the name; resolves to the name as the server normalised it. */
  async setName(name) {
    if (!this.id) await this.identify();
    const answer = await this.#askForName(name).catch(async (error) => {
      if (error.status !== 401) throw error;
      await this.identify();
      return this.#askForName(name);
    });
    this.#take(answer);
    return answer.name ?? "";
  }

  #askForName(name) {
    return this.#api.ask("/api/viewers/set_name", { viewer_id: this.id, name });
  }

  #take({ viewer_id, name }) {
    this.id = viewer_id;
    this.name = name;
    this.#shelf.set(this.#key, viewer_id);
    this.#changed();
  }
}

/** The number of this viewer's presses that counted in the round, and of the triggers that they tipped. */
export class Earned {
  total = 0;
  tipped = 0;
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
    const { mine, tipped } = this.#stored;
    this.total = mine;
    this.tipped = tipped;
  }

  /** Add counted presses and triggers; once the server has reported its total, the presses are included in it. */
  add(presses, triggers) {
    const { mine, tipped, isSettled } = this.#stored;
    this.#store({ mine: isSettled ? mine : mine + presses, tipped: tipped + triggers, isSettled });
  }

  /** Set the server's total of the ended round. */
  settle(total) {
    this.#store({ mine: total, tipped: this.#stored.tipped, isSettled: true });
  }

  #store({ mine, tipped, isSettled }) {
    this.total = mine;
    this.tipped = tipped;
    this.#shelf.set(this.#key, { room: this.#room, round: this.#round, mine, tipped, isSettled });
  }

  get #stored() {
    const stored = this.#shelf.get(this.#key);
    const isOfRound = stored?.room === this.#room && stored.round === this.#round;
    return { mine: 0, tipped: 0, isSettled: false, ...(isOfRound && stored) };
  }
}
