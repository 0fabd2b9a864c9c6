import assert from "node:assert/strict";
import { test } from "node:test";

import { CALM, happen, make, openDocument } from "../dom.js";

/** What a browser says of the device; a test changes it. */
const device = Object.fromEntries(
  ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"].map((query) => [query, Object.assign(new EventTarget(), { matches: false })]),
);
globalThis.matchMedia = (query) => device[query];
const { applyTheme, iconOf, imageOf, themeOf } = await import("../../../api_service/pages/web/common/look.js");
const [night, stark] = Object.values(device);

const THEME = { accent: "#ff0000", backdrop: "", background: "", font: "mono" };
const NO_THEME = { accent: "", backdrop: "", background: "", font: "" };

function become(query, matches) {
  query.matches = matches;
  query.dispatchEvent(new Event("change"));
}

test("a part of a page has its theme's colours and face, and its picture where there is one", (t) => {
  openDocument(t);
  const node = make("div");
  applyTheme(node, THEME);
  assert.deepEqual([node.style["color-scheme"], node.dataset.font, node.hasAttribute("data-picture")], ["light", "mono", false]);
  applyTheme(node, { ...THEME, background: "id" });
  assert.deepEqual([node.style["--picture"], node.hasAttribute("data-picture")], ['url("/api/media/id")', true]);
  applyTheme(node, NO_THEME);
  const left = Object.keys(node.style).filter((name) => name.startsWith("--"));
  assert.deepEqual([left, node.style["color-scheme"], node.hasAttribute("data-picture")], [[], undefined, false]);
});

test("a theme follows the device into the night, and to more contrast", (t) => {
  openDocument(t);
  const node = make("div");
  const show = themeOf(node);
  become(night, true); // before there is a theme
  assert.equal(node.style["color-scheme"], undefined);
  become(night, false);
  show(THEME);
  const soft = node.style["--ink-soft"];
  become(night, true);
  assert.equal(node.style["color-scheme"], "dark");
  become(night, false);
  become(stark, true);
  assert.deepEqual([node.style["color-scheme"], node.style["--ink-soft"]], ["light", node.style["--ink"]]);
  assert.notEqual(node.style["--ink-soft"], soft);
  become(stark, false);
});

test("a logo is hidden where there is none, or it does not load", (t) => {
  openDocument(t);
  const image = make("img");
  const show = imageOf(image);
  show("id");
  assert.deepEqual([image.hidden, image.src], [false, "/api/media/id"]);
  happen(image, "error");
  assert.equal(image.hidden, true);
  show("other");
  assert.equal(image.hidden, false);
  show("");
  assert.deepEqual([image.hidden, image.hasAttribute("src")], [true, false]);
});

test("an animated picture of a button stands still for whoever wants less motion", (t) => {
  for (const [media, tag] of [[[CALM], "CANVAS"], [[], "IMG"]]) {
    const page = openDocument(t, { media });
    const drawn = [];
    const { createElement } = page;
    page.createElement = (name) => Object.assign(createElement(name), { getContext: () => ({ drawImage: (...given) => drawn.push(given) }) });
    const node = make("span");
    iconOf(node)({ image: "id", icon: "💣" });
    const [picture] = node.children;
    Object.assign(picture, { naturalWidth: 68, naturalHeight: 34 });
    happen(picture, "load");
    const [shown] = node.children;
    assert.deepEqual([shown.tagName, shown.className], [tag, "button-picture"]);
    if (tag === "CANVAS") {
      assert.deepEqual(drawn, [[picture, 0, 0]]);
      assert.deepEqual([shown.getAttribute("width"), shown.getAttribute("height")], ["68", "34"]);
    }
  }
});

test("an icon is drawn again only where it is another", (t) => {
  openDocument(t);
  const node = make("span");
  const show = iconOf(node);
  show({ image: "id", icon: "💣" });
  const [before] = node.children;
  show({ image: "id", icon: "💣" });
  assert.equal(node.children[0], before);
  show({ image: "id", icon: "✨" });
  assert.notEqual(node.children[0], before);
});
