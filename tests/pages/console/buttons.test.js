import assert from "node:assert/strict";
import { test } from "node:test";

import { Buttons } from "../../../api_service/pages/web/console/live/buttons.js";
import { happen, make, openDocument } from "../dom.js";

const SHOWN = {
  ...{ eventType: "a", labels: [{ lang: "en", text: "Wave" }], enabled: true, available: true },
  ...{ team: "skill", color: "", icon: "★", count: 2, required: 1_000, level: 0, progress: 0.5 },
  ...{ reason: null, effects: [], readyAt: 0, accepted: 7 },
};

/** The table of buttons; `tested` are those whose test was asked for. */
function buttonTable(t) {
  openDocument(t);
  const body = make("tbody", { "data-part": "rows" });
  const table = make("table", {}, body);
  const tested = [];
  const texts = {
    ...{ test: "Test", test_of: (label) => `Test ${label}`, progress_of: (label) => `Progress of ${label}` },
    ...{ unavailable: (reason) => `closed: ${reason}`, lasting: (n, s) => `${n} for ${s}`, ready_in: (s) => `in ${s}` },
  };
  const onTest = (button) => tested.push(button.eventType);
  const buttons = new Buttons(table, { texts, languages: ["en"], onTest });
  return { buttons, body, tested, note: (n = 0) => body.children[n].querySelector(".outcome").textContent };
}

test("a row has its button's figures, and tests it while the round runs", (t) => {
  const { buttons, body, tested } = buttonTable(t);
  buttons.show([SHOWN], false, 0);
  const [row] = body.children;
  const [test] = row.querySelectorAll("button");
  assert.match(row.textContent, /★ Wave2 \/ 1,00007Test/);
  assert.deepEqual([test.disabled, test.getAttribute("aria-label")], [true, "Test Wave"]);
  buttons.show([SHOWN], true, 0);
  assert.equal(test.disabled, false);
  test.click();
  buttons.testSelected();
  assert.deepEqual(tested, ["a", "a"]);
  buttons.show([{ ...SHOWN, enabled: false }], true, 0);
  assert.deepEqual([test.disabled, row.className], [true, "off"]);
});

test("the first row is selected, and another one where somebody goes", (t) => {
  const { buttons, body, tested } = buttonTable(t);
  const other = { ...SHOWN, eventType: "b" };
  buttons.show([SHOWN, other], true, 0);
  const current = () => body.children.map((row) => row.getAttribute("aria-current"));
  assert.deepEqual(current(), ["true", null]);
  happen(body.children[1], "focusin");
  assert.deepEqual(current(), [null, "true"]);
  buttons.show([other, SHOWN], true, 0);
  assert.deepEqual(current(), ["true", null]);
  buttons.testSelected();
  buttons.show([SHOWN], true, 0);
  buttons.testSelected();
  assert.deepEqual([tested, current()], [["b", "a"], ["true"]]);
});

test("a row says why its button does not fire, and when that is another", (t) => {
  const { buttons, note } = buttonTable(t);
  const show = (values, now = 0) => [buttons.show([{ ...SHOWN, ...values }], true, now), note()];
  assert.deepEqual(show({ available: false, reason: "Boss" }), [Infinity, "closed: Boss"]);
  assert.deepEqual(show({ effects: [{ endsAt: 900 }, { endsAt: 2_500 }] }), [500, "2 for 3"]);
  assert.deepEqual(show({ count: 1_000, readyAt: 1_400 }), [400, "in 2"]);
  assert.deepEqual(show({ count: 999, readyAt: 1_400 }), [400, ""]);
  assert.deepEqual(show({ count: 1_000, readyAt: 1_400 }, 1_400), [Infinity, ""]);
});

test("a row is lit when its button fires", (t) => {
  const { buttons, body } = buttonTable(t);
  for (const level of [3, 3, 4, 4]) buttons.show([{ ...SHOWN, level }], true, 0);
  assert.equal(body.children[0].animations.length, 1);
});
