import { element } from "../../common/elements.js";
import { buttonOf, labelled, showOnce } from "../parts.js";
import { linkToCopy } from "../share/copying.js";
import { linkTo } from "./adoption.js";
import { studio } from "./studio.js";

/** Show the link, and its QR code, that opens the setups on another computer. Throws StreamarioError. */
export async function showElsewhere(texts) {
  const [studioKey, code] = [await studio.key(), await studio.code()];
  const dialog = element("dialog", "studio-dialog");
  const heading = element("h2", "", texts.elsewhere);
  heading.id = "elsewhere-heading";
  dialog.setAttribute("aria-labelledby", heading.id);
  const link = linkToCopy(texts);
  Object.assign(link.field, { id: "elsewhere-link", value: linkTo(studioKey) });
  dialog.append(
    heading,
    element("p", "", texts.elsewhere_explanation),
    element("p", "warning", texts.elsewhere_warning),
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
