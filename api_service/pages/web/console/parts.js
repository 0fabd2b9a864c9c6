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

/** A button that does something; `kind` is how it looks beside that ("small", "primary"). */
export function buttonOf(kind, caption, run) {
  const button = element("button", { class: `button ${kind}`.trim(), type: "button" }, caption);
  button.addEventListener("click", run);
  return button;
}

/** A small button that runs an action of `{name, caption, disabled, run}`. */
export function actionButton({ name, caption, disabled = false, run }) {
  const button = buttonOf("small", caption, run);
  button.disabled = disabled;
  button.dataset.action = name;
  return button;
}

/** An input with its label, which names it by its id. */
export function labelled(caption, input) {
  return element("p", "labelled", element("label", { for: input.id }, caption), input);
}

/** What few need, folded. */
export function more(caption, ...content) {
  return element("details", "more", element("summary", "", caption), ...content);
}

/** Show a dialog that is not on the page yet; closed, it is gone. */
export function showOnce(dialog) {
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
