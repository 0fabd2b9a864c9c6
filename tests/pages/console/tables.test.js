import assert from "node:assert/strict";
import { test } from "node:test";

import { cells, ranks, scrolling, table } from "../../../api_service/pages/web/console/results/tables.js";
import { openDocument } from "../dom.js";

test("a table's column of figures is one, and says so at its head", (t) => {
  openDocument(t);
  const [head, figure] = cells("Total", 1_234);
  assert.deepEqual([head.scope, figure.textContent, figure.className], ["row", "1,234", "figures number"]);
  const drawn = table(["What", "How many"], [[head, figure]]);
  const heads = drawn.querySelectorAll("thead th");
  assert.deepEqual(heads.map(({ className, scope }) => [className, scope]), [
    ["", "col"],
    ["number", "col"],
  ]);
  assert.equal(table(["What"], []).querySelectorAll("tr").length, 1);
});

test("ranks begin with 1, and name each viewer", (t) => {
  openDocument(t);
  const rows = ranks([{ name: "Mika", count: 1_000 }, { name: "Aki", count: 5 }], ({ name }) => [name]);
  const texts = rows.map((row) => row.map(({ textContent }) => textContent));
  assert.deepEqual(texts, [
    ["1", "Mika", "1,000"],
    ["2", "Aki", "5"],
  ]);
});

test("what is larger than its place is scrolled by the keyboard, too", (t) => {
  openDocument(t);
  const box = scrolling("Rows", "content");
  assert.deepEqual([box.tabIndex, box.getAttribute("role"), box.getAttribute("aria-label")], ["0", "region", "Rows"]);
});
