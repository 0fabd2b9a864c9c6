const GLOW = [{ opacity: 0.9 }, { opacity: 0 }];
const FAINT_GLOW = [{ opacity: 0.4 }, { opacity: 0 }];

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Whether somebody wants less motion. */
export const wantsCalm = () => calm.matches;

/** Run an animation; somebody who wants less motion sees the second one, if there is one. */
export function animate(node, lively, quiet, duration) {
  const frames = calm.matches ? quiet : lively;
  if (frames) node.animate(frames, { duration, easing: "cubic-bezier(.2,.8,.3,1)" });
}

/** Light up a node that is not seen otherwise. */
export function glow(node, duration) {
  animate(node, GLOW, FAINT_GLOW, duration);
}
