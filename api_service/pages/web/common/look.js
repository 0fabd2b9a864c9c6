import { element, onChange, wantsCalm } from "./elements.js";
import { mediaUrl } from "./urls.js";
import { paletteOf } from "./palette.js";

const night = matchMedia("(prefers-color-scheme: dark)");
const stark = matchMedia("(prefers-contrast: more)");

/** Show a part of a page in a room's theme. What the theme leaves open is as the page has it. */
export function applyTheme(node, theme, isNight = night.matches) {
  const picture = theme.background && { "--picture": `url("${mediaUrl(theme.background)}")` };
  applyProperties(node, { ...paletteOf(theme, { isNight, isStark: stark.matches }), ...picture });
  node.dataset.font = theme.font;
  node.toggleAttribute("data-picture", Boolean(theme.background));
}

const ofTheme = new WeakMap(); // the properties that a node has from its theme

/** Give a node these properties, and take those from it that it has from a theme before. */
export function applyProperties(node, properties) {
  for (const name of ofTheme.get(node) ?? []) node.style.removeProperty(name);
  for (const [name, value] of Object.entries(properties)) node.style.setProperty(name, value);
  ofTheme.set(node, Object.keys(properties));
}

/** A setter of the theme that a part of a page has, by day and by night. */
export function themeOf(node) {
  let applied = null;
  for (const query of [night, stark]) {
    query.addEventListener("change", () => applied && applyTheme(node, applied));
  }
  return onChange((theme) => {
    applied = theme;
    applyTheme(node, theme);
  });
}

/** A setter of the image that an `img` shows; without one, or where it does not load, it is hidden. */
export function imageOf(image) {
  image.addEventListener("error", () => (image.hidden = true));
  return onChange((mediaId) => {
    image.hidden = !mediaId;
    if (mediaId) image.src = mediaUrl(mediaId);
    else image.removeAttribute("src");
  });
}

/** A setter of a button's icon: its picture, or its emoji where there is none or it does not load. */
export function iconOf(node) {
  let shown;
  const draw = onChange(() => node.replaceChildren(shown.image ? pictureOf(shown) : shown.icon));
  return (button) => {
    shown = button;
    draw(`${button.image} ${button.icon}`);
  };
}

function pictureOf({ image, icon }) {
  const picture = element("img", { class: "button-picture", alt: "", src: mediaUrl(image) });
  picture.addEventListener("error", () => picture.replaceWith(icon));
  // Whoever wants less motion sees the first picture of an animated one.
  if (wantsCalm()) picture.addEventListener("load", () => picture.replaceWith(stillOf(picture)));
  return picture;
}

function stillOf(picture) {
  const { naturalWidth: width, naturalHeight: height } = picture;
  const still = element("canvas", { class: "button-picture", width, height });
  still.getContext("2d").drawImage(picture, 0, 0);
  return still;
}
