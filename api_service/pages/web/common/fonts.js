import { element } from "./elements.js";

let loading;

/**
 * Make the product's faces known, once: from then on the browser loads those parts of them that words need.
 * Resolves once they are known, or cannot be.
 */
export function loadFonts() {
  loading ??= new Promise((resolve) => {
    const sheet = element("link", { rel: "stylesheet", href: document.body.dataset.fonts });
    for (const end of ["load", "error"]) sheet.addEventListener(end, resolve);
    document.head.append(sheet);
  });
  return loading;
}
