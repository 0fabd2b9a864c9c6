/** Keeps a phone's screen on while that is wanted and the page is visible, where browsers can. */
export class Wakefulness {
  #isWanted = false;
  #isAsking = false;
  #lock = null;

  constructor() {
    document.addEventListener("visibilitychange", () => this.#holdLock());
  }

  want(isWanted) {
    if (isWanted === this.#isWanted) return;
    this.#isWanted = isWanted;
    this.#holdLock();
  }

  #holdLock() {
    const isDue = this.#isWanted && !document.hidden;
    if (!isDue) this.#lock?.release();
    else if (!this.#lock && !this.#isAsking && navigator.wakeLock) this.#ask();
  }

  async #ask() {
    this.#isAsking = true;
    try {
      this.#lock = await navigator.wakeLock.request("screen");
      this.#lock.addEventListener("release", () => (this.#lock = null));
    } catch {
      return; // the browser refuses it, such as where the battery is low; it is asked again later
    } finally {
      this.#isAsking = false;
    }
    this.#holdLock(); // what was wanted may have changed meanwhile
  }
}
