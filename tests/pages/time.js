/** Time that passes only where a test lets it. */
const START = 1_700_000_000_000;

/** Stop clocks and timers for one test; returns a function that lets so many ms pass. */
export function stopTime(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: START });
  t.mock.method(performance, "now", () => Date.now() - START);
  return async (ms) => {
    for (let left = ms; left > 0; left -= 50) {
      t.mock.timers.tick(Math.min(50, left));
      await settled();
    }
  };
}

/** Resolves once everything that needs no timer has happened. */
export const settled = () => new Promise(setImmediate);

/** Resolves once a few of these have followed each other, such as an answer and what is done with it. */
export async function happened() {
  for (let n = 0; n < 5; n += 1) await settled();
}

/** Make chance give this number in one test. */
export const fixChance = (t, number) => t.mock.method(Math, "random", () => number);
