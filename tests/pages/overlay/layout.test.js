import assert from "node:assert/strict";
import { test } from "node:test";

import { layoutOf } from "../../../api_service/pages/web/overlay/layout.js";

const SIZE = [17.78, 10]; // 16:9

const formsOf = (counts, isRail, size = SIZE) => counts.map((count) => layoutOf(count, size, isRail).form);

test("up to twelve bars stand in one row, more in two", () => {
  const rows = [1, 6, 12, 13, 24].map((count) => layoutOf(count, SIZE, false));
  assert.deepEqual(rows.map(({ columns, rows: number }) => [columns, number]), [[1, 1], [6, 1], [12, 1], [7, 2], [12, 2]]);
});

test("where bars are narrow, the count stands below the label", () => {
  assert.deepEqual(formsOf([1, 6, 8, 9, 12, 13], false), ["wide", "wide", "wide", "narrow", "narrow", "narrow"]);
});

test("words are short where a bar has no room for long ones", () => {
  assert.deepEqual([6, 7, 12].map((count) => layoutOf(count, SIZE, false).isShort), [false, true, true]);
});

test("larger bars need more rows", () => {
  const { columns, rows } = layoutOf(6, [17.78 / 3, 10 / 3], false);
  assert.deepEqual([columns, rows], [3, 2]);
  assert.deepEqual([layoutOf(0, [0, 0], false).columns, layoutOf(3, [1, 1], false).columns], [1, 1]);
});

test("a rail's rows share the height: labels stand above the counts, then beside them, then they go", () => {
  assert.deepEqual(formsOf([1, 7, 8, 14, 15, 24], true), ["wide", "wide", "row", "row", "bare", "bare"]);
});

test("in a lower picture a rail is tight sooner", () => {
  assert.deepEqual(formsOf([4], true, [10, 5]), ["row"]);
});
