/** The setups on another computer: a link brings them there. */
import { element } from "../../common/elements.js";
import { homeOf } from "../../common/urls.js";
import { refusalOf } from "../api.js";
import { buttonOf, confirmed, labelled, showOnce } from "../parts.js";
import { linkToCopy } from "../share/copying.js";
import { storedStudioKey, storeStudioKey } from "../storage.js";
import { sentenceOnAny, studio } from "./studio.js";

const FRAGMENT = "#studio=";
const KEY = /^[0-9A-HJKMNP-TV-Z]{26}\.[\w-]{22}$/;

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
  const refusal = await refusalOf(() => studio.setups(key), texts, sentenceOnAny);
  if (refusal) return tell(texts, refusal, "refusal");
  const { adopt_question: question, adopt_explanation: explanation, adopt: replace } = texts;
  if (key !== storedStudioKey() && !(await confirmed(question, explanation, replace))) return;
  storeStudioKey(key);
  adopted();
  tell(texts, texts.adopted);
}

function tell(texts, sentence, kind = "") {
  const close = element("button", "btn", texts.close);
  const form = element("form", { method: "dialog" }, element("h2", "", texts.elsewhere), element("p", kind, sentence));
  form.append(element("p", "actions", close));
  showOnce(element("dialog", { "aria-label": texts.elsewhere }, form));
}

/**
 * Show the link, and its QR code, that opens the setups on another computer. `invitation`: the room's, at a desk. Throws
 * StreamarioError.
 */
export async function showElsewhere({ texts, invitation }) {
  const [studioKey, code] = [await studio.key(), await studio.code()];
  const dialog = element("dialog", "studio-dialog");
  const heading = element("h2", "", texts.elsewhere);
  heading.id = "elsewhere-heading";
  dialog.setAttribute("aria-labelledby", heading.id);
  const link = linkToCopy(texts);
  Object.assign(link.field, { id: "elsewhere-link", value: `${homeOf(invitation)}/console${FRAGMENT}${studioKey}` });
  dialog.append(
    heading,
    element("p", "", texts.elsewhere_explanation),
    element("p", "warn", texts.elsewhere_warning),
    await picture(code, texts.elsewhere_code),
    labelled(texts.elsewhere_link, link.field),
    actions(dialog, link, texts),
  );
  showOnce(dialog);
}

async function picture(code, alt) {
  const image = element("img", "studio-code");
  return Object.assign(image, { alt, src: `data:image/svg+xml,${encodeURIComponent(await code.text())}` });
}

function actions(dialog, { button, said }, texts) {
  const close = buttonOf("", texts.close, () => dialog.close());
  close.autofocus = true;
  return element("p", "actions", said, button, close);
}
