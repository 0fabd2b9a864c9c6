import { element } from "../../common/elements.js";
import { Attempts } from "../attempts.js";
import { confirmed } from "../confirm.js";
import { shelf } from "../shelf.js";
import { keepStudioKey, keptStudioKey } from "../storage.js";

const FRAGMENT = "#studio=";

/** The link that brings this studio's setups to another browser. */
export const linkTo = (key) =>
  `${location.protocol}//${document.body.dataset.home}/console${FRAGMENT}${key}`;

/**
 * Take over the studio whose link was opened, with its consent where this browser has setups of its
 * own. The key leaves the address bar at once. `adopted()` is called where the shelf is another now.
 */
export async function adopt(texts, adopted) {
  if (!location.hash.startsWith(FRAGMENT)) return;
  const key = location.hash.slice(FRAGMENT.length);
  history.replaceState(null, "", location.pathname + location.search);
  const attempts = new Attempts(texts);
  const isKnown = await attempts.to(() => shelf.setups(key));
  if (!isKnown) tell(texts, attempts.node);
  else if (await mayReplace(key, texts)) {
    keepStudioKey(key);
    adopted();
  }
}

async function mayReplace(key, texts) {
  if (key === keptStudioKey() || !(await hasSetups())) return true;
  const { adopt_question: question, adopt_explanation: explanation, adopt: yes } = texts;
  return confirmed(question, explanation, yes);
}

/** Whether this browser's own studio has setups; where that cannot be told, it may. */
async function hasSetups() {
  try {
    return (await shelf.setups()).length > 0;
  } catch ({ code }) {
    return code !== "invalid_studio_key";
  }
}

function tell(texts, node) {
  const close = element("button", "button", texts.close);
  const form = element("form", "", element("h2", "", texts.elsewhere), node, close);
  form.method = "dialog";
  const dialog = element("dialog", "", form);
  dialog.setAttribute("aria-label", texts.elsewhere);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
