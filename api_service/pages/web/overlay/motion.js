import { element, wantsCalm } from "../common/elements.js";

export const OUT = "cubic-bezier(.2,.8,.2,1)";
export const SLAM = "cubic-bezier(.2,1.5,.4,1)";
export const IN = "cubic-bezier(.6,0,.9,.4)";
const FADE = [{ opacity: 0 }, { opacity: 1 }];
const FADES = 120; // ms

/** Move a node; whoever wants less motion sees what comes in fade in, and nothing else. */
export function move(node, frames, duration, easing = OUT, timing = {}) {
  if (!wantsCalm()) node.animate(frames, { duration, easing, fill: "backwards", ...timing });
  else if (frames[0].opacity === 0) node.animate(FADE, { duration: FADES });
}

/**
 * Let so many bits fly from the node's corner, or each from a `left` (%) of its own: each goes `[x, y]` (rem) in
 * `duration` (ms), and the last one begins `spread` (ms) after the first.
 */
export function scatter(node, count, { colors, leftOf = () => 0, wayOf, duration, spread = 0 }) {
  if (wantsCalm()) return;
  const bits = Array.from({ length: count }, (_, n) => {
    const bit = element("i");
    const size = 0.12 + 0.3 * Math.random();
    Object.assign(bit.style, { left: `${leftOf()}%`, width: `${size}rem`, height: `${0.7 * size}rem` });
    bit.style.background = colors[n % colors.length];
    return bit;
  });
  node.replaceChildren(...bits);
  for (const bit of bits) {
    const timing = { duration: duration * (0.6 + 0.4 * Math.random()), delay: spread * Math.random() };
    fly(bit, wayOf(), { ...timing, easing: spread ? "linear" : OUT });
  }
}

function fly(bit, [x, y], timing) {
  const turn = 720 * Math.random() - 360;
  const frames = [
    { opacity: 1, transform: "none" },
    { opacity: 1, offset: 0.7 },
    { opacity: 0, transform: `translate(${x}rem, ${y}rem) rotate(${turn}deg)` },
  ];
  bit.animate(frames, timing);
}
