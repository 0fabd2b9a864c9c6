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

let isAsking = false;

/** The page's own words for the two answers are set once: `cancel`. */
const words = { cancel: "Cancel" };
export const speak = ({ cancel }) => Object.assign(words, { cancel });

/**
 * Ask before something that cannot be undone; resolves to whether the answer was yes. While another question
 * is open, this one is not asked: a yes is the answer to the one that was read.
 */
export function confirmed(question, explanation, yes) {
  if (isAsking) return Promise.resolve(false);
  isAsking = true;
  const dialog = dialogOf(question, explanation, yes);
  showOnce(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      isAsking = false;
      resolve(dialog.returnValue === "yes");
    });
  });
}

function dialogOf(question, explanation, yes) {
  const answer = (kind, value, caption) => element("button", { class: `btn ${kind}`, value }, caption);
  const heading = element("h2", { id: "confirm-question" }, question);
  const answers = element("p", "actions", answer("", "", words.cancel), answer("primary", "yes", yes));
  const form = element("form", { method: "dialog" }, heading, element("p", "", explanation), answers);
  return element("dialog", { id: "confirm", "aria-labelledby": "confirm-question" }, form);
}
