/** An element with a class and children; a string becomes text, never markup. */
export function element(tag, className = "", ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
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

/** The node, with text that runs as its own letters do, such as Arabic from the right. */
export function inOwnDirection(node) {
  node.dir = "auto";
  return node;
}

/** A setter of a node's text. */
export const textOf = (node) => onChange((text) => (node.textContent = text));

/** A setter that shows or hides a node. */
export const shownIf = (node) => onChange((shown) => (node.hidden = !shown));
