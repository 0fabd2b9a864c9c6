import assert from "node:assert/strict";
import { test } from "node:test";

import * as colors from "../../../api_service/pages/web/common/colors.js";

const { BLACK, colorOf, contrast, mixed, parsed, shadesOf, WHITE } = colors;

const partsOf = (css) => css.match(/\d+/g).map(Number);

test("a button without a colour has its team's", () => {
  assert.equal(colorOf({ color: "#010203", team: "skill" }), "#010203");
  assert.equal(colorOf({ color: "", team: "skill" }), "#4b93ff");
  assert.equal(colorOf({ color: "", team: "enemy" }), "#ff6450");
  assert.equal(colorOf({ team: "" }), "#ffb01f");
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

const INK = parsed("#17150f");
const STEPS = ["00", "33", "4d", "66", "99", "cc", "ff"];
const ANY_COLORS = STEPS.flatMap((red) => STEPS.flatMap((green) => STEPS.map((blue) => `#${red}${green}${blue}`)));

test("letters can be read on any colour's fill: ink, or white on a dark one", () => {
  for (const color of ANY_COLORS) {
    const { isDark, fill, light } = shadesOf(color);
    assert.ok(contrast(partsOf(fill), isDark ? WHITE : INK) >= 4.5, color);
    assert.ok(contrast(partsOf(light), INK) >= 4.5, color);
  }
});

test("ink is read well on each colour of the default buttons, which stays as it is", () => {
  for (const color of ["#4b93ff", "#1fc4b4", "#86cc36", "#ff77b2", "#ffb01f", "#ff6450"]) {
    assert.deepEqual(partsOf(shadesOf(color).fill), parsed(color));
    assert.ok(contrast(parsed(color), INK) >= 5.8, color);
  }
});

test("a colour that is light enough stays, with a darker edge", () => {
  assert.deepEqual(shadesOf("#d9a514"), {
    ...{ isDark: false, light: "rgb(217 165 20)", fill: "rgb(217 165 20)" },
    edge: "rgb(117 89 11)",
  });
});

test("a colour that is a little too dark is lightened", () => {
  const { isDark, fill } = shadesOf("#e00000");
  assert.deepEqual([isDark, fill], [false, "rgb(232 64 64)"]);
});

test("on a dark colour letters are white, and the edge is lighter", () => {
  const { isDark, fill, edge, light } = shadesOf("#1b1a40");
  assert.deepEqual([isDark, fill, edge], [true, "rgb(27 26 64)", "rgb(141 141 160)"]);
  assert.ok(contrast(partsOf(light), INK) >= 4.5);
});
