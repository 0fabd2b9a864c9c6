import assert from "node:assert/strict";
import { test } from "node:test";

import { minutesOf } from "../../../api_service/pages/web/console/results/minutes.js";
import { make, openDocument } from "../dom.js";

const MINUTE_TEXTS = {
  ...{ presses_table: "Presses", top_of_chart: (scale, each) => `${scale} per ${each}`, minutes_label: "Chart" },
  ...{ as_table: "As a table", time: "Time", button: "Button", presses: "Presses" },
};

/** The presses of a round by the minute, drawn. */
function minutes(t, presses) {
  openDocument(t);
  const named = (type) => ({ caption: type.toUpperCase(), color: `color of ${type}` });
  const nodes = minutesOf({ presses_per_minute: presses }, { named, texts: MINUTE_TEXTS, languages: ["en"] });
  return make("div", {}, ...nodes);
}

const press = (minute, event_type, count) => ({ minute, event_type, count });

test("presses by the minute are a chart, and a table of the same in the order of time", (t) => {
  const drawn = minutes(t, [press(101, "b", 5), press(100, "a", 3), press(100, "b", 8)]);
  assert.match(drawn.textContent, /^Presses20 per 1/);
  const rows = drawn.querySelectorAll("tbody tr").map((row) => row.children.slice(1).map((cell) => cell.textContent));
  assert.deepEqual(rows, [
    ["B", "8"],
    ["A", "3"],
    ["B", "5"],
  ]);
  const paths = drawn.querySelectorAll("path").map((path) => [path.style["--color"], path.getAttribute("d")]);
  assert.deepEqual(paths, [
    ["color of b", "M0.5 108.0h374v72.0h-374zM375.5 135.0h374v45.0h-374z"],
    ["color of a", "M0.5 81.0h374v27.0h-374z"],
  ]);
  const [from, to] = drawn.querySelector(".axis").children.map(({ textContent }) => textContent);
  assert.equal((Number(to.slice(-2)) - Number(from.slice(-2)) + 60) % 60, 2);
});

test("a long round's minutes share bars, so that all fit", (t) => {
  const drawn = minutes(t, [press(0, "a", 1), press(150, "a", 2), press(151, "a", 4)]);
  assert.match(drawn.textContent, /^Presses10 per 2/);
  const counts = drawn.querySelectorAll("tbody tr").map((row) => row.children[2].textContent);
  assert.deepEqual(counts, ["1", "6"]);
});

test("a round of exactly as many minutes as there are bars has one for each", (t) => {
  assert.match(minutes(t, [press(0, "a", 1), press(149, "a", 2)]).textContent, /^Presses10 per 1/);
});

test("without presses nothing is drawn", (t) => {
  assert.equal(minutes(t, []).children.length, 0);
});
