import { element } from "../common/elements.js";
import { showOnce } from "./parts.js";

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
