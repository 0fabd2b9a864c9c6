const MOST = 60; // names that are shown

/** The names of who came, the newest first. */
export class Arrivals {
  names;

  /** `names`: those known before. */
  constructor(names = []) {
    this.names = names.slice(0, MOST);
  }

  /** These came, the newest at the end. */
  take(names) {
    const newest = [...new Set(names.toReversed())];
    const others = this.names.filter((name) => !newest.includes(name));
    this.names = [...newest, ...others].slice(0, MOST);
  }
}
