import assert from "node:assert/strict";
import { test } from "node:test";

import * as colors from "../../../api_service/pages/web/common/colors.js";

const { BLACK, colorOf, contrast, mixed, parsed, shadesOf, WHITE } = colors;

const partsOf = (css) => css.match(/\d+/g).map(Number);

test("a button without a colour has its team's", () => {
  assert.equal(colorOf({ color: "#010203", team: "skill" }), "#010203");
  assert.equal(colorOf({ color: "", team: "skill" }), "#2f9fe0");
  assert.equal(colorOf({ color: "", team: "enemy" }), "#ef6f53");
  assert.equal(colorOf({ team: "" }), "#d9a514");
});

test("a colour is read as red, green and blue", () => {
  assert.deepEqual(parsed("#01fe80"), [1, 254, 128]);
});

test("colours are mixed by a share, and rounded", () => {
  assert.deepEqual(mixed([0, 100, 255], [255, 200, 0], 0), [0, 100, 255]);
  assert.deepEqual(mixed([0, 100, 255], [255, 200, 0], 0.5), [128, 150, 128]);
  assert.deepEqual(mixed([0, 100, 255], [255, 200, 0], 1), [255, 200, 0]);
});

test("contrast is WCAG's ratio, whichever colour is first", () => {
  assert.equal(contrast(BLACK, WHITE), 21);
  assert.equal(contrast(WHITE, BLACK), 21);
  assert.equal(contrast(WHITE, WHITE), 1);
  assert.equal(contrast(parsed("#777777"), WHITE).toFixed(2), "4.48"); // the example of WebAIM's checker
  assert.equal(contrast(parsed("#ff0000"), WHITE).toFixed(2), "4.00");
  assert.equal(contrast(parsed("#00ff00"), WHITE).toFixed(2), "1.37");
  assert.equal(contrast(parsed("#0000ff"), WHITE).toFixed(2), "8.59");
  assert.equal(contrast(parsed("#0a0a0a"), BLACK).toFixed(3), "1.061"); // on the straight part of the curve
});

test("black letters can be read on every light colour's fill and tint", () => {
  for (const color of ["#2f9fe0", "#ef6f53", "#d9a514", "#ffffff", "#8a4fff", "#ff0000", "#00b050"]) {
    const { isDark, fill, light, tint } = shadesOf(color);
    assert.equal(isDark, false, color);
    assert.equal(fill, light);
    for (const ground of [fill, tint]) assert.ok(contrast(partsOf(ground), BLACK) >= 5.5, `${color} ${ground}`);
    assert.notEqual(fill, tint);
  }
});

test("a colour that is light enough stays, with a lighter tint and a darker edge", () => {
  assert.deepEqual(shadesOf("#d9a514"), {
    ...{ isDark: false, light: "rgb(217 165 20)", fill: "rgb(217 165 20)" },
    ...{ tint: "rgb(242 224 175)", edge: "rgb(126 96 12)" },
  });
});

test("a colour that is a little too dark is lightened", () => {
  const { isDark, fill } = shadesOf("#ff0000");
  assert.deepEqual([isDark, fill], [false, "rgb(255 38 38)"]);
});

test("on a dark colour letters are white, and what is not filled is lighter", () => {
  const { isDark, fill, tint, edge, light } = shadesOf("#1b1a40");
  assert.deepEqual([isDark, fill, tint, edge], [true, "rgb(27 26 64)", "rgb(95 95 121)", "rgb(141 141 160)"]);
  assert.ok(contrast(partsOf(tint), WHITE) >= 4.5);
  assert.ok(contrast(partsOf(light), BLACK) >= 5.5);
});

test("on a nearly white colour what is not filled is darker", () => {
  assert.equal(shadesOf("#ffffff").tint, "rgb(204 204 204)");
  assert.equal(shadesOf("#c9c9c9").tint, "rgb(161 161 161)");
  assert.equal(shadesOf("#c8ffff").tint, "rgb(236 255 255)");
});
