import { element } from "./elements.js";

const LOADED_WITHIN = 3_000; // ms: a press counts no longer

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

/** A theme's faces as CSS families, on any page: of the show, and of text. Emoji have their colours (look.css). */
export function facesOf({ font }) {
  const sample = element("span", { "data-font": font });
  document.body.append(sample);
  const style = getComputedStyle(sample);
  const [show, text] = ["--font-show", "--font-text"].map((name) => `Pictures, ${style.getPropertyValue(name)}`);
  sample.remove();
  return { show, text };
}

/**
 * Resolves once these faces have what the words need, for a canvas, which does not draw anew; or in a while. What a
 * device has not is left out.
 */
export function loadFaces(faces, words) {
  const load = (families) => document.fonts.load(`16px ${families}`, words);
  const loaded = loadFonts().then(() => Promise.allSettled(Object.values(faces).map(load)));
  const late = new Promise((resolve) => setTimeout(resolve, LOADED_WITHIN));
  return Promise.race([loaded, late]);
}
