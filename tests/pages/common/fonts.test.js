import assert from "node:assert/strict";
import { test } from "node:test";

import { happen, make, openDocument } from "../dom.js";
import { settled } from "../time.js";

let tests = 0;

/** A page that has not loaded its faces yet; `sheets` are the style sheets that it asks for. */
async function loading(t, load = async () => {}) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const page = openDocument(t);
  page.body.dataset.fonts = "/assets/fonts/fonts.css";
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
  const loaded = loadFaces({ show: "Show", text: "Text" }, "決闘");
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
  const loaded = loadFaces({ show: "Show" }, "x");
  happen(sheets()[0], "load");
  assert.equal(await isKept(loaded), true);
});
