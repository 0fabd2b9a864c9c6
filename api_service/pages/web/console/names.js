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
