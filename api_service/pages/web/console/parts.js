/** The nodes under `root` that `data-part` names, by that name. */
export function partsOf(root) {
  const nodes = root.querySelectorAll("[data-part]");
  return Object.fromEntries([...nodes].map((node) => [node.dataset.part, node]));
}

/** Say a sentence in a node that is hidden while there is none. */
export function say(node, sentence) {
  node.textContent = sentence;
  node.hidden = sentence === "";
}
