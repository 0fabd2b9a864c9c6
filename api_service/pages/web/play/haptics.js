import { wantsCalm } from "../common/elements.js";

const PRESSED = 8; // ms of vibration for a press
const CHEERED = [30, 50, 30, 50, 90]; // for a trigger that one has tipped

/** A press is felt. */
export const vibrateForPress = () => vibrate(PRESSED);

/** So is a trigger that one has tipped, unless one wants less motion. */
export const cheer = () => wantsCalm() || vibrate(CHEERED);

/** Browsers refuse it before the first touch has ended, and complain. */
function vibrate(pattern) {
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(pattern);
}
