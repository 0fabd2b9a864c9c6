import { element } from "../../common/elements.js";
import { publicUrl } from "../../common/urls.js";
import { Attempts } from "./attempts.js";
import { confirmed } from "../confirm.js";
import { showOnce } from "../parts.js";
import { studio } from "./studio.js";
import { storeStudioKey, storedStudioKey } from "../storage.js";

const FRAGMENT = "#studio=";
const KEY = /^[0-9A-HJKMNP-TV-Z]{26}\.[\w-]{22}$/;

/** The link that brings this studio's setups to another browser. */
export const linkTo = (key) => publicUrl(`/console${FRAGMENT}${key}`);

/**
 * Take over the studio whose link was opened, if the streamer wants it: whoever gave the link reads what
 * is saved from then on. The key leaves the address bar at once. `adopted()` is called where the setups are
 * others now.
 */
export async function adopt(texts, adopted) {
  if (!location.hash.startsWith(FRAGMENT)) return;
  const key = location.hash.slice(FRAGMENT.length);
  history.replaceState(null, "", location.pathname + location.search);
  if (!KEY.test(key)) return tell(texts, element("p", "refusal", texts.link_not_whole));
  const attempts = new Attempts(texts);
  const isKnown = await attempts.to(() => studio.setups(key));
  if (!isKnown) tell(texts, attempts.node);
  else if (key === storedStudioKey() || (await mayReplace(texts))) {
    storeStudioKey(key);
    adopted();
    tell(texts, element("p", "", texts.adopted));
  }
}

function mayReplace({ adopt_question: question, adopt_explanation: explanation, adopt }) {
  return confirmed(question, explanation, adopt);
}

function tell(texts, node) {
  const close = element("button", "button", texts.close);
  const form = element("form", "", element("h2", "", texts.elsewhere), node, element("p", "actions", close));
  form.method = "dialog";
  const dialog = element("dialog", { "aria-label": texts.elsewhere }, form);
  showOnce(dialog);
}
