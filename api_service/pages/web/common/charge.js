const LAST = 0.1; // of what a button needs: then every press is counted down
const LAST_OF_PACED = 0.25; // what this one needs falls meanwhile
const SHORT = 2_000; // ms that are not worth a word

/**
 * How near a button is to firing: the `share` of its bar that is filled (0 to 1), how many presses are `missing`,
 * whether it `isFull` or `isClose`, and in how many seconds its bar's first quarter or its cooldown lets it fire
 * (`readyIn`, 0 for at once or nearly). The bar of a button with a pace is the square root of its count ÷ need: the need
 * falls, so that it would stay low and then rise at once.
 */
export function chargeOf({ count, required, readyAt, isPaced }, now) {
  const missing = Math.max(0, required - count);
  const isFull = missing === 0;
  const filled = Math.min(1, count / required);
  return {
    share: isPaced ? Math.sqrt(filled) : filled,
    missing,
    isFull,
    isClose: !isFull && missing <= Math.ceil(required * (isPaced ? LAST_OF_PACED : LAST)),
    readyIn: waitOf(readyAt, now),
  };
}

/** Seconds until then, begun ones too; 0 for a time too short to speak of. */
export const waitOf = (at, now) => (at - now > SHORT ? Math.ceil((at - now) / 1_000) : 0);
