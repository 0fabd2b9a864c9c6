const LAST = 0.1; // of what a button needs: then every press is counted down

/**
 * How near a button is to firing: the `share` of its need that is filled (0 to 1), how many presses are
 * `missing`, whether it `isFull` or `isClose`, its last tenth, and in how many seconds its pace or its cooldown
 * lets it fire (`readyIn`, 0 for at once).
 */
export function chargeOf({ count, required, readyAt }, now) {
  const missing = Math.max(0, required - count);
  const isFull = missing === 0;
  return {
    share: Math.min(1, count / required),
    missing,
    isFull,
    isClose: !isFull && missing <= Math.ceil(required * LAST),
    readyIn: Math.max(0, Math.ceil((readyAt - now) / 1000)),
  };
}
