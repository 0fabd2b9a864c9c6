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
