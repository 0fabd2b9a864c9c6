import { wantsCalm } from "../common/elements.js";

const PRESSED = 8; // ms of vibration for a press
const BURST = [40, 30, 80]; // for a trigger that one had a part in

/** A press is felt. */
export const vibrateForPress = () => vibrate(PRESSED);

/** So is a trigger that one had a part in, unless one wants less motion. */
export const vibrateForBurst = () => wantsCalm() || vibrate(BURST);

/** Browsers refuse it before the first touch has ended, and complain. */
function vibrate(pattern) {
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(pattern);
}

/** Whether a viewer has set this on this device. Where nothing can be stored, it holds for this page alone. */
export function isStored(name) {
  try {
    return localStorage.getItem(name) !== null;
  } catch {
    return false;
  }
}

export function store(name, isSet) {
  try {
    if (isSet) localStorage.setItem(name, "1");
    else localStorage.removeItem(name);
  } catch {
    // Not stored.
  }
}

/** Keeps a phone's screen on while that is wanted and the page is visible, where browsers can. */
export class ScreenWakeLock {
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
