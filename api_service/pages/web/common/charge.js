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
  return {
    share: Math.min(1, count / required) ** (isPaced ? 1 / 2 : 1),
    missing,
    isFull,
    isClose: !isFull && missing <= Math.ceil(required * (isPaced ? LAST_OF_PACED : LAST)),
    readyIn: readyAt - now > SHORT ? secondsTo(readyAt, now) : 0,
  };
}

/** How many seconds, begun ones too, there are until then. Times are ms on `performance.now()`. */
export const secondsTo = (at, now) => Math.max(0, Math.ceil((at - now) / 1_000));

/** When they are fewer; Infinity where none is left. */
export const nextSecond = (at, now) => (at > now ? at - (secondsTo(at, now) - 1) * 1_000 : Infinity);
