/**
 * Rendering at most once a frame, however often the state changes.
 *
 * `render(now)` gets ms on `performance.now()` and returns when it must run again though nothing
 * changes (a countdown), Infinity where it need not.
 */
export function perFrame(render) {
  let requested = false;
  let timer;

  function ask() {
    if (requested) return;
    requested = true;
    requestAnimationFrame(run);
  }

  function run() {
    requested = false;
    clearTimeout(timer);
    const now = performance.now();
    const next = render(now);
    if (next < Infinity) timer = setTimeout(ask, Math.max(0, next - now));
  }

  return ask;
}
