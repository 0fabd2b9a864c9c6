export const MOST_LISTED = 100; // viewers that the API tells at once
const LIST_EVERY = 3_000; // ms
const SEARCH_EVERY = 10_000; // ms: the server takes 30 searches a minute in a room, of all who moderate it
const STILL_FOR = 300; // ms without a change of what is searched for, before the server is asked

/** What to call a viewer, who may have no name. */
export const nameOf = ({ viewer_name: name, viewer_id: id }, texts) => name ?? texts.nameless(id.slice(-4));

/**
 * Viewers as the API lists them, asked for again and again while this is open, each time after the answer to the last;
 * or those whom a search finds.
 */
export class ViewerList {
  viewers = null; // null before the first answer
  hasMore = false;
  refusal = null; // StreamarioError: why there is no newer answer
  found = ""; // what a search found these by, "" where there was none
  #list;
  #search;
  #told;
  #isAway;
  #wanted = ""; // what is searched for
  #isOpen = false;
  #turn = 0; // of the last request: answers to those before it count no more
  #timer = null;

  /**
   * `list()` and `search(wanted)` ask the API; `told(viewers)` is called after each answer, with none after a refusal;
   * `isAway()`: nobody looks, so nothing is asked.
   */
  constructor({ list, search, told, isAway }) {
    this.#list = list;
    this.#search = search;
    this.#told = told;
    this.#isAway = isAway;
  }

  get isSearching() {
    return this.#wanted !== "";
  }

  /** Begin with the list: what was searched for is over. */
  open() {
    this.#isOpen = true;
    if (this.isSearching) Object.assign(this, { viewers: null, found: "" });
    this.#wanted = "";
    return this.look();
  }

  close() {
    this.#isOpen = false;
    clearTimeout(this.#timer);
  }

  /** Search for a part of a name or id, "" for no more, once what is typed rests, or `isWhole`. */
  seek(text, isWhole = false) {
    this.#wanted = text.trim();
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.look(), isWhole ? 0 : STILL_FOR);
  }

  /** Ask now. */
  async look() {
    clearTimeout(this.#timer);
    this.#turn += 1;
    const turn = this.#turn;
    if (!this.#isAway()) await this.#ask(() => turn === this.#turn);
    if (turn !== this.#turn || !this.#isOpen) return;
    this.#timer = setTimeout(() => this.look(), this.#wanted ? SEARCH_EVERY : LIST_EVERY);
  }

  async #ask(isLast) {
    const wanted = this.#wanted;
    try {
      const { viewers, more } = await (wanted ? this.#search(wanted) : this.#list());
      if (!isLast()) return;
      Object.assign(this, { viewers, hasMore: more, refusal: null, found: wanted });
    } catch (refusal) {
      if (!isLast()) return;
      this.refusal = refusal;
    }
    this.#told(this.refusal ? [] : this.viewers);
  }
}

/**
 * Who was blocked in the room. Results do not name blocked viewers. The list of viewers does, but only for
 * the running round, so its answers are remembered.
 */
export class Blocked {
  #ids;
  #api;
  onChange = () => {};

  /** `stored` are the ids that `onChange` was called with last. */
  constructor(stored, api) {
    this.#ids = new Set(stored);
    this.#api = api;
  }

  has({ viewer_id: id }) {
    return this.#ids.has(id);
  }

  /** Viewers as the API lists them. */
  learn(viewers) {
    const changed = viewers.filter((viewer) => viewer.blocked !== this.has(viewer));
    if (changed.length === 0) return;
    for (const { viewer_id: id, blocked } of changed) this.#ids[blocked ? "add" : "delete"](id);
    this.onChange([...this.#ids]);
  }

  /** Ask who is; what was known stays where there is no answer. */
  async refresh() {
    try {
      this.learn((await this.#api.viewers()).viewers);
    } catch {
      return;
    }
  }
}

/** Whether viewers' names are hidden: from phones, the overlay and the game. One click hides them all. */
export class Names {
  #desk;
  #wanted = null; // until the room tells
  #isAsking = false;

  constructor(desk) {
    this.#desk = desk;
  }

  get isHidden() {
    return this.#wanted ?? !this.#desk.state.showsNames;
  }

  async set(hide) {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#wanted = hide;
    this.#desk.refuse("");
    try {
      await (hide ? this.#desk.api.hideNames() : this.#desk.api.showNames());
    } catch (refusal) {
      this.#wanted = null;
      this.#desk.refuse(this.#desk.texts.refused(refusal));
    } finally {
      this.#isAsking = false;
    }
  }

  /** The room tells of itself: once what was wanted has come, it alone counts. */
  follow({ showsNames }) {
    if (this.#wanted === !showsNames) this.#wanted = null;
  }
}
