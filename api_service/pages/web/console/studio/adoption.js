import { StreamarioError } from "../../streamario.js";
import { element } from "../../common/elements.js";
import { publicUrl } from "../../common/urls.js";
import { confirmed } from "../confirm.js";
import { showOnce } from "../parts.js";
import { sentenceOn } from "./refusal.js";
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
  if (!KEY.test(key)) return tell(texts, texts.link_not_whole, "refusal");
  const refusal = await refusalOf(key, texts);
  if (refusal) return tell(texts, refusal, "refusal");
  if (key !== storedStudioKey() && !(await mayReplace(texts))) return;
  storeStudioKey(key);
  adopted();
  tell(texts, texts.adopted);
}

/** Why the key opens no studio, in words; "" where it does. */
async function refusalOf(key, texts) {
  try {
    await studio.setups(key);
    return "";
  } catch (refusal) {
    if (!(refusal instanceof StreamarioError)) throw refusal;
    return sentenceOn(refusal, texts);
  }
}

function mayReplace({ adopt_question: question, adopt_explanation: explanation, adopt }) {
  return confirmed(question, explanation, adopt);
}

function tell(texts, sentence, kind = "") {
  const close = element("button", "btn", texts.close);
  const form = element("form", { method: "dialog" }, element("h2", "", texts.elsewhere), element("p", kind, sentence));
  form.append(element("p", "actions", close));
  showOnce(element("dialog", { "aria-label": texts.elsewhere }, form));
}
