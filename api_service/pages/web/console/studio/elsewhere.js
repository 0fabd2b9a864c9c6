import { element } from "../../common/elements.js";
import { copy } from "../share/copying.js";
import { studio } from "./studio.js";
import { linkTo } from "./adoption.js";
import { labelled } from "./setup_dialog.js";

/** Show the link, and its QR code, that opens the setups on another computer. Throws StreamarioError. */
export async function showElsewhere(texts) {
  const [studioKey, code] = [await studio.key(), await studio.code()];
  const dialog = element("dialog", "studio-dialog");
  const heading = element("h2", "", texts.elsewhere);
  heading.id = "elsewhere-heading";
  dialog.setAttribute("aria-labelledby", heading.id);
  const link = element("input", "field");
  Object.assign(link, { id: "elsewhere-link", readOnly: true, value: linkTo(studioKey) });
  dialog.append(
    heading,
    element("p", "", texts.elsewhere_explanation),
    element("p", "warning", texts.elsewhere_warning),
    await picture(code, texts.elsewhere_code),
    labelled(texts.elsewhere_link, link),
    actions(dialog, link, texts),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

async function picture(code, alt) {
  const image = element("img", "studio-code");
  return Object.assign(image, { alt, src: `data:image/svg+xml,${encodeURIComponent(await code.text())}` });
}

function actions(dialog, link, texts) {
  const said = element("span", "soft small");
  said.setAttribute("role", "status");
  const copyIt = element("button", "button", texts.copy);
  copyIt.addEventListener("click", async () => {
    said.textContent = (await copy(link)) ? texts.copied : texts.copy_yourself;
  });
  const close = element("button", "button", texts.close);
  close.autofocus = true;
  close.addEventListener("click", () => dialog.close());
  return element("p", "actions", said, copyIt, close);
}
