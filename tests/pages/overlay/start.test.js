import assert from "node:assert/strict";
import { test } from "node:test";

import { make, openDocument } from "../dom.js"; // before the modules that ask for media
import { StartCountdown } from "../../../api_service/pages/web/overlay/start.js";
import { TEXTS } from "../../../api_service/pages/web/overlay/texts.js";

const texts = TEXTS.en;

test("3, 2, 1, and it begins", (t) => {
  openDocument(t);
  const node = make("div");
  const said = [];
  const start = new StartCountdown(node, { texts, ticked: () => said.push("tick"), begun: () => said.push("go") });
  start.hide({ hasBegun: true });
  assert.deepEqual([node.hidden, said], [true, []]);
  start.show(3_000, 0);
  assert.deepEqual([node.hidden, said.splice(0)], [false, ["tick"]]);
  const digits = [0, 1_500, 2_999].map((now) => [start.show(3_000, now), node.querySelector("b").textContent]);
  assert.deepEqual(digits, [[1_000, "3"], [2_000, "2"], [3_000, "1"]]);
  start.hide({ hasBegun: true });
  start.hide({ hasBegun: true });
  assert.deepEqual([node.hidden, said], [true, ["tick", "tick", "go"]]);
});

test("of a round that is ended in its 3-2-1 nothing begins", (t) => {
  openDocument(t);
  const said = [];
  const start = new StartCountdown(make("div"), { texts, ticked: () => said.push("tick"), begun: () => said.push("go") });
  start.show(3_000, 0);
  start.hide({ hasBegun: false });
  start.hide({ hasBegun: true });
  assert.deepEqual(said, ["tick"]);
});

test("a round that is further off begins with 3", (t) => {
  openDocument(t);
  const node = make("div");
  const start = new StartCountdown(node, { texts, ticked: () => {}, begun: () => {} });
  assert.equal(start.show(3_700, 0), 1_700);
  assert.equal(node.querySelector("b").textContent, "3");
});
