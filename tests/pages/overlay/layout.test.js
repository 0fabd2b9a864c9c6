import assert from "node:assert/strict";
import { test } from "node:test";

import { layoutOf, scaleOf } from "../../../api_service/pages/web/overlay/layout.js";

const SIZE = [17.78, 10]; // 16:9

const formsOf = (counts, isRail, size = SIZE) => counts.map((count) => layoutOf(count, size, isRail).form);

test("up to twelve bars stand in one row, more in two", () => {
  const rows = [1, 6, 12, 13, 24].map((count) => layoutOf(count, SIZE, false));
  assert.deepEqual(rows.map(({ columns, rows: number }) => [columns, number]), [[1, 1], [6, 1], [12, 1], [7, 2], [12, 2]]);
});

test("no more than twelve bars stand in a row, however wide the picture is", () => {
  const { columns, rows } = layoutOf(13, [40, 10], false);
  assert.deepEqual([columns, rows], [7, 2]);
});

test("where bars are narrow, the count stands below the label", () => {
  assert.deepEqual(formsOf([1, 6, 8, 9, 12, 13], false), ["wide", "wide", "wide", "narrow", "narrow", "narrow"]);
});

test("words are short where a bar has no room for long ones", () => {
  assert.deepEqual([6, 7, 12].map((count) => layoutOf(count, SIZE, false).isShort), [false, true, true]);
});

test("no bar is wider than a quarter of the picture", () => {
  const wordsOf = (count) => layoutOf(count, SIZE, false).words.toFixed(2);
  assert.deepEqual([1, 4, 6, 8, 9, 12, 13].map(wordsOf), ["3.30", "3.30", "1.85", "1.12", "1.61", "1.13", "2.16"]);
  assert.deepEqual([5, 10, 20].map((count) => layoutOf(count, SIZE, true).words.toFixed(2)), ["2.47", "1.70", "2.50"]);
});

/** How wide bars with their gaps are, from edge to edge of the picture. */
function filled(count, [width, height]) {
  const { columns, words, form } = layoutOf(count, [width, height], false);
  const bar = words + (form === "wide" ? 0.93 : 0.2);
  return 2 * 0.26 + columns * bar + (columns - 1) * 0.12;
}

test("bars that have no room to spare go from edge to edge, and leave a gap between them", () => {
  for (const count of [4, 5, 8, 9, 12, 13, 24]) assert.ok(Math.abs(filled(count, SIZE) - SIZE[0]) < 0.01, String(count));
});

test("few bars have the widest that there is, and leave the rest free", () => {
  assert.ok(filled(3, SIZE) < SIZE[0]);
  assert.equal(layoutOf(1, [40, 10], false).words.toFixed(2), "3.37");
});

test("as many bars stand in a row as are not narrower than they may be", () => {
  const columnsOf = (width) => layoutOf(12, [width, 10], false).columns;
  const narrowest = (bars) => 2 * 0.26 + bars * 1.3 + (bars - 1) * 0.12;
  assert.deepEqual([columnsOf(narrowest(4) + 0.01), columnsOf(narrowest(4) - 0.01)], [4, 3]);
});

test("larger bars need more rows", () => {
  const { columns, rows } = layoutOf(6, [17.78 / 3, 10 / 3], false);
  assert.deepEqual([columns, rows], [3, 2]);
  assert.deepEqual([layoutOf(0, [0, 0], false).columns, layoutOf(3, [1, 1], false).columns], [1, 1]);
});

test("a rail's rows share the height: labels stand above the counts, then beside them, then they go", () => {
  assert.deepEqual(formsOf([1, 6, 7, 9, 10, 14, 15, 24], true), ["wide", "wide", "low", "low", "row", "row", "bare", "bare"]);
});

test("a rail is one column, with short words wherever its labels do not stand above the counts", () => {
  const rails = [4, 10, 20].map((count) => layoutOf(count, SIZE, true));
  assert.deepEqual(rails.map(({ columns, rows, isShort }) => [columns, rows, isShort]), [[1, 4, false], [1, 10, true], [1, 20, true]]);
});

test("in a lower picture a rail is tight sooner", () => {
  assert.deepEqual(formsOf([4], true, [10, 5]), ["row"]);
});

const scales = (count, position, asked) => scaleOf(count, SIZE, { position, scale: asked });

test("everything is as large as the address asks for", () => {
  assert.deepEqual(scales(6, "bottom", 1), { scale: 1, top: 2.5 });
  assert.deepEqual(scales(24, "top", 0.5), { scale: 0.5, top: 4.2 });
  assert.equal(scales(6, "bottom", 1.5).scale, 1.5);
});

test("bars leave room for a burst: they are smaller, and it is nearer to the other edge", () => {
  const { scale, top } = scales(6, "bottom", 3);
  assert.ok(scale > 1 && scale < 2, scale);
  assert.ok(top < 2.5 && top >= 1, top);
  assert.deepEqual([scale.toFixed(1), top.toFixed(2)], ["1.9", "1.12"]);
  assert.equal(scales(6, "top", 3).top.toFixed(2), "5.68");
  assert.ok(scales(24, "bottom", 4).scale < 1.3);
});

test("a higher picture has room for more, and a rail for less than asked", () => {
  assert.equal(scaleOf(6, [17.78, 30], { position: "bottom", scale: 3 }).scale, 3);
  assert.deepEqual([scales(6, "left", 4).scale, scales(6, "right", 1.2).scale], [1.6, 1.2]);
});

test("a burst has as much room as bars and the line beside them leave it", () => {
  const widest = [17.78, 10];
  const covered = (count, rows, scale) => {
    assert.equal(layoutOf(count, widest.map((length) => length / scale), false).rows, rows);
    return scale * (0.26 + (rows > 1 ? rows * (0.8 + 0.12) : 1.44 + 0.12) + 0.54);
  };
  const one = scaleOf(6, widest, { position: "top", scale: 1.8 });
  assert.equal(one.top.toFixed(3), (covered(6, 1, 1.8) + 1.2).toFixed(3));
  const two = scaleOf(24, widest, { position: "top", scale: 1 });
  assert.equal(two.top.toFixed(3), Math.max(4.2, covered(24, 2, 1) + 1.2).toFixed(3));
  const below = scaleOf(6, [17.78, 9], { position: "bottom", scale: 1.4 });
  assert.equal(below.top.toFixed(3), Math.min(2.5, 9 - covered(6, 1, below.scale) - 4.4).toFixed(3));
});

test("bars that cover too much are smaller step by step, but never smaller than usual", () => {
  assert.equal(scaleOf(24, [17.78, 5], { position: "bottom", scale: 3 }).scale, 1);
  const { scale } = scaleOf(13, SIZE, { position: "bottom", scale: 2 });
  assert.ok(scale * (0.26 + Math.ceil(13 / layoutOf(13, SIZE.map((length) => length / scale), false).columns) * 0.92 + 0.54) <= 4.5);
});
