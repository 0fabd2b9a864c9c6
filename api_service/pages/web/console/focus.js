/**
 * Draw, and keep the focus: where what had it is gone or cannot be used any more, something near has it. In the bar
 * that is its first button, in a panel the panel's tab.
 */
export function keepFocus(draw) {
  const { activeElement: before } = document;
  const isInBar = Boolean(before?.closest(".places"));
  const isInPanel = Boolean(before?.closest("main"));
  draw();
  if (document.activeElement !== document.body || !(isInBar || isInPanel) || document.querySelector("dialog[open]")) return;
  before.focus(); // it may only have been moved
  if (document.activeElement === before) return;
  document.querySelector(isInBar ? ".places .btn" : "[role=tab][aria-selected=true]")?.focus();
}

/**
 * Where a key takes the focus among `count` things in a row, of which the one at `here` has it (-1: none); null where
 * the key is for something else. In a `column`, as in a menu, the keys are those for up and down.
 */
export function walked(key, here, count, isColumn = false) {
  const [back, on] = isColumn ? ["ArrowUp", "ArrowDown"] : ["ArrowLeft", "ArrowRight"];
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (key === on) return (here + 1) % count;
  if (key === back) return (Math.max(here, 0) - 1 + count) % count;
  return null;
}

/** Let the keys walk among the nodes of this selector in the element that heard the event; `go(node)` goes to one. */
export function walk(event, selector, go, isColumn) {
  const nodes = [...event.currentTarget.querySelectorAll(selector)];
  const to = walked(event.key, nodes.indexOf(document.activeElement), nodes.length, isColumn);
  if (to === null || nodes.length === 0) return;
  event.preventDefault();
  go(nodes[to]);
}
