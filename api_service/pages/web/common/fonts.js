import { element } from "./elements.js";

const LOADED_WITHIN = 3_000; // ms: a press counts no longer

const sheets = new Map(); // the promise of each sheet that was asked for, by its name

/**
 * Make the product's faces known, and the one that a theme's font has of it, once each: from then on the browser loads
 * those parts of them that words need. Resolves once they are known, or cannot be. Pages name the sheets.
 */
export function loadFonts({ font } = {}) {
  const names = ["fonts", `fonts-${font}`].filter((name) => document.body.hasAttribute(`data-${name}`));
  for (const name of names) if (!sheets.has(name)) sheets.set(name, loadSheet(name));
  return Promise.all(names.map((name) => sheets.get(name)));
}

function loadSheet(name) {
  return new Promise((resolve) => {
    const sheet = element("link", { rel: "stylesheet", href: document.body.getAttribute(`data-${name}`) });
    for (const end of ["load", "error"]) sheet.addEventListener(end, resolve);
    document.head.append(sheet);
  });
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
 * Resolves once a theme's faces have what the words need, for a canvas, which does not draw anew; or in a while. What
 * a device has not is left out.
 */
export function loadFaces(theme, faces, words) {
  const load = (families) => document.fonts.load(`16px ${families}`, words);
  const loaded = loadFonts(theme).then(() => Promise.allSettled(Object.values(faces).map(load)));
  const late = new Promise((resolve) => setTimeout(resolve, LOADED_WITHIN));
  return Promise.race([loaded, late]);
}
