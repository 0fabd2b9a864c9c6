import { element } from "../../common/elements.js";
import { buttonOf } from "../parts.js";

/** A link to copy: the `field` that shows it, the `button` that copies it, and where that is `said`. */
export function linkToCopy(texts, kind = "") {
  const field = Object.assign(element("input", "field"), { readOnly: true });
  const said = element("span", { class: "soft small", role: "status" });
  const button = buttonOf(kind, texts.copy, async () => {
    said.textContent = (await copy(field)) ? texts.copied : texts.copy_yourself;
  });
  return { field, button, said };
}

/** Copy a field's text; pages over plain HTTP have no clipboard of their own. */
export async function copy(field) {
  field.select();
  if (!navigator.clipboard) return document.execCommand("copy");
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
