import assert from "node:assert/strict";
import { test } from "node:test";

import { BLACK, contrast, mixed, parsed, WHITE } from "../../../api_service/pages/web/common/colors.js";
import { OWN, paletteOf, PLATE, platesOf } from "../../../api_service/pages/web/common/palette.js";

const NONE = { accent: "", backdrop: "", background: "" };
const TEXTS = ["--ink", "--ink-soft", "--good", "--warn", "--bad"];
const SIGNS = ["--accent", "--focus"];
const WISHES = ["#ffffff", "#000000", "#777777", "#ffe94a", "#c2185b", "#123456", "#fff4d6"];

const colorIn = (palette, name) => parsed(palette[name]);

/** The grounds that something may stand on: with a picture, the darkest and lightest that it may be. */
function groundsOf(palette, hasPicture) {
  const grounds = [colorIn(palette, "--paper"), colorIn(palette, "--surface")];
  if (!hasPicture) return grounds;
  const scrim = Number.parseInt(palette["--scrim"].slice(7), 16) / 255;
  return [...grounds, mixed(BLACK, grounds[0], scrim), mixed(WHITE, grounds[0], scrim)];
}

test("a theme without wishes leaves a page as it is", () => {
  assert.deepEqual(paletteOf(NONE, { isNight: true }), {});
});

test("whatever is wished for, text and signs can be seen on every ground", () => {
  const either = (values) => ["", ...values];
  const wishes = either(WISHES)
    .flatMap((backdrop) => either(WISHES).map((accent) => ({ accent, backdrop })))
    .flatMap((wish) => either(["picture"]).map((background) => ({ ...wish, background })))
    .filter((wish) => Object.values(wish).some(Boolean));
  for (const wish of wishes) {
    for (const isNight of [false, true]) {
      const palette = paletteOf(wish, { isNight });
      const grounds = groundsOf(palette, wish.background);
      const least = (name) => Math.min(...grounds.map((ground) => contrast(colorIn(palette, name), ground)));
      const about = JSON.stringify({ ...wish, isNight });
      for (const name of TEXTS) assert.ok(least(name) >= 4.45, `${name} ${least(name)} ${about}`);
      for (const name of SIGNS) assert.ok(least(name) >= 2.95, `${name} ${least(name)} ${about}`);
      assert.ok(contrast(colorIn(palette, "--accent-ink"), colorIn(palette, "--accent")) >= 4.45, about);
    }
  }
});

test("an accent that can be seen stays as it is wished for, and one that cannot is corrected just so far", () => {
  const day = { isNight: false };
  assert.equal(paletteOf({ ...NONE, accent: "#c2185b" }, day)["--accent"], "#c2185b");
  const corrected = colorIn(paletteOf({ ...NONE, accent: "#ffe94a" }, day), "--accent");
  const least = Math.min(contrast(corrected, parsed(OWN.day.paper)), contrast(corrected, parsed(OWN.day.surface)));
  assert.ok(least >= 3 && least < 3.2, String(least));
});

test("without a backdrop a page keeps its own ground by day and by night", () => {
  const wish = { ...NONE, accent: "#c2185b" };
  for (const [isNight, scheme] of [
    [false, "day"],
    [true, "night"],
  ]) {
    const palette = paletteOf(wish, { isNight });
    const { paper, surface, ink, inkSoft } = OWN[scheme];
    const shown = ["--paper", "--surface", "--ink", "--ink-soft"].map((name) => palette[name]);
    assert.deepEqual(shown, [paper, surface, ink, inkSoft]);
    assert.equal(palette["color-scheme"], isNight ? "dark" : "light");
  }
});

test("with a backdrop a page is the same by day and by night", () => {
  for (const backdrop of WISHES) {
    const [day, night] = [false, true].map((isNight) => paletteOf({ ...NONE, backdrop }, { isNight }));
    assert.deepEqual(day, night);
    assert.equal(day["--paper"], backdrop);
  }
  const schemes = ["#000000", "#ffffff", "#767676", "#757575"].map(
    (backdrop) => paletteOf({ ...NONE, backdrop }, { isNight: false })["color-scheme"],
  );
  assert.deepEqual(schemes, ["dark", "light", "light", "dark"]);
});

test("what lies on the ground is lighter, or darker where white letters would suffer", () => {
  const surfaceOf = (backdrop) => paletteOf({ ...NONE, backdrop }, { isNight: false })["--surface"];
  assert.equal(surfaceOf("#fff4d6"), "#fffbef");
  assert.equal(surfaceOf("#202020"), "#2d2d2d");
  assert.equal(surfaceOf("#606060"), "#4d4d4d");
});

test("somebody who wants more contrast gets lines and soft text as the ink", () => {
  const wish = { ...NONE, backdrop: "#fff4d6" };
  const soft = paletteOf(wish, { isNight: false });
  const stark = paletteOf(wish, { isNight: false, isStark: true });
  assert.deepEqual([stark["--ink-soft"], stark["--line"]], [stark["--ink"], stark["--ink"]]);
  assert.notEqual(soft["--ink-soft"], soft["--ink"]);
  assert.equal(soft["--line"], "#d1c7ae");
});

test("over a picture lies the ground's own colour, as opaque as it must be and no more", () => {
  const palette = paletteOf({ ...NONE, background: "picture" }, { isNight: true });
  const [paper, scrim] = [palette["--scrim"].slice(0, 7), Number.parseInt(palette["--scrim"].slice(7), 16) / 255];
  assert.equal(paper, palette["--paper"]);
  assert.ok(contrast(colorIn(palette, "--ink"), parsed(paper)) >= 12);
  const worst = (share) =>
    Math.min(...[BLACK, WHITE].map((of) => contrast(colorIn(palette, "--ink"), mixed(of, parsed(paper), share))));
  assert.ok(worst(scrim) >= 7);
  assert.ok(worst(scrim - 0.02) < 7);
});

test("a ground with a picture on it is moved as far as its letters need", () => {
  const paper = paletteOf({ ...NONE, backdrop: "#8a6d3b", background: "picture" }, { isNight: false })["--paper"];
  assert.ok(contrast(parsed(OWN.night.ink), parsed(paper)) >= 12 || contrast(parsed(OWN.day.ink), parsed(paper)) >= 12);
});

test("a board is dark by day and by night: its ink is the accent, made light enough", () => {
  const board = parsed("#17150f");
  for (const accent of WISHES) {
    assert.ok(contrast(colorIn(paletteOf({ ...NONE, accent }, { isNight: false }), "--board-ink"), board) >= 4.5);
  }
  assert.equal("--board-ink" in paletteOf({ ...NONE, backdrop: "#ffffff" }, { isNight: false }), false);
  assert.equal("--scrim" in paletteOf({ ...NONE, backdrop: "#ffffff" }, { isNight: false }), false);
});

test("an overlay without wishes has its own plates", () => {
  assert.deepEqual(platesOf(NONE), {});
  assert.deepEqual(Object.keys(platesOf({ ...NONE, accent: "#ff0000" })), ["--news"]);
});

test("an overlay's plates are dark enough for its letters over a white picture", () => {
  for (const backdrop of WISHES) {
    for (const accent of ["", ...WISHES]) {
      const plates = platesOf({ accent, backdrop });
      const ground = mixed(WHITE, parsed(plates["--plate"]), PLATE.opacity);
      assert.equal(plates["--plate"].slice(7), "ee");
      assert.ok(contrast(parsed(PLATE.failure), ground) >= 4.5);
      assert.ok(contrast(parsed(plates["--news"]), ground) >= 4.5);
    }
  }
  assert.equal(platesOf({ accent: "", backdrop: "#17150f" })["--plate"], "#17150fee");
  assert.equal(platesOf({ accent: "", backdrop: "#000000" })["--plate"], "#000000ee");
});
