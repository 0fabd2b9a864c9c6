const GLOW = [{ opacity: 0.9 }, { opacity: 0 }];
const FAINT_GLOW = [{ opacity: 0.4 }, { opacity: 0 }];

/** An element with attributes, or with a class alone, and with children; a string becomes text, never markup. */
export function element(tag, attributes = "", ...children) {
  const node = document.createElement(tag);
  const named = typeof attributes === "string" ? { class: attributes || false } : attributes;
  for (const [name, value] of Object.entries(named)) assign(node, name, value);
  node.append(...children);
  return node;
}

/** `false` or nothing leaves the attribute out, `true` sets one without a value. */
function assign(node, name, value) {
  if ((value ?? false) !== false) node.setAttribute(name, value === true ? "" : value);
}

/**
 * A setter that touches the page only where the value is another than before: on a slow phone, what
 * is not touched costs nothing.
 */
export function onChange(apply) {
  let shown;
  return (value) => {
    if (value === shown) return;
    shown = value;
    apply(value);
  };
}

/** A setter of a node's text. */
export const textOf = (node) => onChange((text) => (node.textContent = text));

/** A setter that shows or hides a node. */
export const shownIf = (node) => onChange((shown) => (node.hidden = !shown));

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

/** Whether somebody wants less motion. */
export const wantsCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Run an animation; somebody who wants less motion sees the second one, if there is one. */
export function animate(node, lively, quiet, duration) {
  const frames = wantsCalm() ? quiet : lively;
  if (frames) node.animate(frames, { duration, easing: "cubic-bezier(.2,.8,.3,1)" });
}

/** Light up a node that is not seen otherwise. */
export function glow(node, duration) {
  animate(node, GLOW, FAINT_GLOW, duration);
}
