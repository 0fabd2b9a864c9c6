const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Run an animation; somebody who wants less motion sees the second one, if there is one. */
export function animate(node, lively, quiet, duration) {
  const frames = calm.matches ? quiet : lively;
  if (frames) node.animate(frames, { duration, easing: "cubic-bezier(.2,.8,.3,1)" });
}
