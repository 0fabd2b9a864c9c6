import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { happen, make, openDocument } from "../dom.js";
import { settled } from "../time.js";

const read = (path) => readFileSync(new URL(`../../../api_service/pages/${path}`, import.meta.url), "utf8");
const BROUGHT = ["Mochiy Pop One", "Yusei Magic", "DotGothic16"].map((name) => `"${name}"`);

let tests = 0;

/** A page that has not loaded its faces yet; `sheets` are the style sheets that it asks for. */
async function loading(t, load = async () => {}) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const page = openDocument(t);
  const named = read("web/play.html").matchAll(/(data-fonts[\w-]*)="([^"]+)"/g);
  for (const [, name, path] of named) page.body.setAttribute(name, path);
  page.head = make("head");
  page.fonts = { load };
  tests += 1;
  const fonts = await import(`../../../api_service/pages/web/common/fonts.js?${tests}`);
  return { ...fonts, page, sheets: () => page.head.children };
}

/** Whether a promise has been kept by now. */
async function isKept(promise) {
  let kept = false;
  promise.then(() => (kept = true));
  await settled();
  return kept;
}

test("a page asks for its faces once, whoever wants them", async (t) => {
  const { loadFonts, sheets } = await loading(t);
  const [first, second] = [loadFonts(), loadFonts()];
  assert.deepEqual(sheets().map(({ href, tagName }) => [tagName, href]), [["LINK", "/assets/fonts/fonts.css"]]);
  assert.equal(sheets()[0].getAttribute("rel"), "stylesheet");
  assert.equal(await isKept(first), false);
  happen(sheets()[0], "load");
  assert.deepEqual([await isKept(first), await isKept(second)], [true, true]);
});

test("a theme's face is asked for with the theme, once", async (t) => {
  const { loadFonts, sheets } = await loading(t);
  loadFonts({ font: "" });
  assert.equal(sheets().length, 1);
  const loaded = loadFonts({ font: "pop" });
  loadFonts({ font: "pop" });
  assert.deepEqual(sheets().map(({ href }) => href), ["/assets/fonts/fonts.css", "/assets/fonts/pop.css"]);
  happen(sheets()[0], "load");
  assert.equal(await isKept(loaded), false);
  happen(sheets()[1], "load");
  assert.equal(await isKept(loaded), true);
});

for (const [, font, rule] of read("web/common/look.css").matchAll(/\[data-font="(\w+)"\] \{([^}]+)\}/g)) {
  test(`what the theme font ${font} names of the product's faces has a sheet`, async (t) => {
    const { loadFonts, sheets } = await loading(t);
    loadFonts({ font });
    const [, ofTheme] = sheets();
    const family = ofTheme && read(ofTheme.href.replace("/assets/", "")).match(/(?<=font-family:)"[^"]+"/)[0];
    assert.deepEqual(BROUGHT.filter((name) => rule.includes(name)), family ? [family] : []);
  });
}

test("a page whose faces cannot be had goes on without them", async (t) => {
  const { loadFonts, sheets } = await loading(t);
  const loaded = loadFonts();
  happen(sheets()[0], "error");
  assert.equal(await isKept(loaded), true);
});

test("a canvas waits for the faces that its words need, for three seconds", async (t) => {
  const asked = [];
  const { loadFaces, sheets } = await loading(t, (...given) => {
    asked.push(given);
    return new Promise(() => {});
  });
  const loaded = loadFaces({}, { show: "Show", text: "Text" }, "決闘");
  assert.deepEqual([await isKept(loaded), asked], [false, []]);
  happen(sheets()[0], "load");
  await settled();
  assert.deepEqual(asked, [["16px Show", "決闘"], ["16px Text", "決闘"]]);
  t.mock.timers.tick(2_999);
  assert.equal(await isKept(loaded), false);
  t.mock.timers.tick(1);
  assert.equal(await isKept(loaded), true);
});

test("a face that cannot be loaded keeps nobody waiting", async (t) => {
  const { loadFaces, sheets } = await loading(t, async () => {
    throw new Error("no such face");
  });
  const loaded = loadFaces({}, { show: "Show" }, "x");
  happen(sheets()[0], "load");
  assert.equal(await isKept(loaded), true);
});
