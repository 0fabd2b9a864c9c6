import { element } from "../common/elements.js";

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

/** A button that runs an action of `{name, caption, disabled, run}`. */
export function actionButton({ name, caption, disabled = false, run }) {
  const button = element("button", "button small", caption);
  Object.assign(button, { type: "button", disabled });
  button.dataset.action = name;
  button.addEventListener("click", run);
  return button;
}
