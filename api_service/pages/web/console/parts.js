import { element } from "../common/elements.js";

/** A button that does something; `kind` is how it looks beside that ("small", "primary"). */
export function buttonOf(kind, caption, run) {
  const button = element("button", { class: `btn ${kind}`.trim(), type: "button" }, caption);
  button.addEventListener("click", run);
  return button;
}

/** An input with its label, which names it by its id. */
export function labelled(caption, input) {
  return element("p", "labelled", element("label", { for: input.id }, caption), input);
}

/** Show a dialog that is not on the page yet; closed, it is gone. */
export function showOnce(dialog) {
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
