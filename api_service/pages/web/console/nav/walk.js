/**
 * Where a key takes the focus among `count` things in a row, of which the one at `here` has it; null where the key is
 * for something else. In a `column`, as in a menu, the keys are those for up and down.
 */
export function walked(key, here, count, isColumn = false) {
  const [back, on] = isColumn ? ["ArrowUp", "ArrowDown"] : ["ArrowLeft", "ArrowRight"];
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (key === on) return (here + 1) % count;
  if (key === back) return (here - 1 + count) % count;
  return null;
}

/** Let the keys walk among the nodes of this selector in the element that heard the event; `go(node)` goes to one. */
export function walk(event, selector, go, isColumn) {
  const nodes = [...event.currentTarget.querySelectorAll(selector)];
  const to = walked(event.key, nodes.indexOf(document.activeElement), nodes.length, isColumn);
  if (to === null) return;
  event.preventDefault();
  go(nodes[to]);
}
