import assert from "node:assert/strict";
import { test } from "node:test";

import { OutcomeDisplay, teamTotals, withIcon } from "../../../api_service/pages/web/common/buttons.js";

const effect = (seq, endsAt, values) => ({ epoch: 1, seq, viewerName: "Mika", endsAt, ...values });

test("a button is one line of text, with its icon where it has one", () => {
  assert.deepEqual([withIcon({ icon: "🧟" }, "Zombie"), withIcon({ icon: "" }, "Zombie")], ["🧟 Zombie", "Zombie"]);
});

const BUTTONS = [
  { eventType: "a", team: "skill" },
  { eventType: "b", team: "enemy" },
  { eventType: "c", team: "enemy" },
];

test("a team's presses are those of all its buttons, and the most is ahead", () => {
  assert.deepEqual(teamTotals({ a: 5, b: 3, c: 4, d: 9 }, BUTTONS, { skill: "Heroes", enemy: "Monsters" }), [
    { team: "skill", name: "Heroes", count: 5, isAhead: false },
    { team: "enemy", name: "Monsters", count: 7, isAhead: true },
  ]);
});

test("a team without a name, or without a button, is none; and without a press nobody is ahead", () => {
  assert.deepEqual(teamTotals({ a: 1 }, BUTTONS, { skill: "", enemy: "Monsters" }), [
    { team: "enemy", name: "Monsters", count: 0, isAhead: false },
  ]);
  assert.deepEqual(teamTotals({ a: 1 }, BUTTONS.slice(1), { skill: "Heroes" }), []);
  const [skill] = teamTotals({ a: 1, b: 1 }, BUTTONS, { skill: "Heroes", enemy: "Monsters" });
  assert.equal(skill.isAhead, true);
});

test("a failure is shown for five seconds", () => {
  const display = new OutcomeDisplay();
  assert.deepEqual(display.at({ effects: [] }, 0), { failure: null, countdown: null, until: Infinity });
  display.fail("No target", 100);
  const { failure, until } = display.at({ effects: [] }, 5_099);
  assert.deepEqual([failure.reason, until], ["No target", 5_100]);
  assert.equal(display.at({ effects: [] }, 5_100).failure, null);
});

test("an effect counts down in whole seconds, with what will be left of it", () => {
  const display = new OutcomeDisplay();
  const at = (now) => display.at({ effects: [effect(1, 10_500)] }, now).countdown;
  assert.deepEqual(at(500), { seconds: 10, name: "Mika", times: 1, share: 0.9, until: 1_500 });
  assert.deepEqual(at(1_500), { seconds: 9, name: "Mika", times: 1, share: 0.8, until: 2_500 });
  assert.equal(at(10_499).seconds, 1);
  assert.equal(at(10_500), null);
});

test("of several effects the one that ends last counts down", () => {
  const display = new OutcomeDisplay();
  const effects = [effect(1, 2_000), effect(2, 9_000, { viewerName: "Aki" })];
  const { countdown, until } = display.at({ effects }, 0);
  assert.deepEqual([countdown.name, countdown.times, countdown.seconds, until], ["Aki", 2, 9, 1_000]);
});

test("another effect counts down from when it was first seen", () => {
  const display = new OutcomeDisplay();
  display.at({ effects: [effect(1, 10_000)] }, 0);
  assert.equal(display.at({ effects: [effect(2, 15_000)] }, 5_000).countdown.share, 0.9);
  assert.equal(display.at({ effects: [effect(2, 20_000, { epoch: 2 })] }, 10_000).countdown.share, 0.9);
});

test("what is left is never more than all", () => {
  const display = new OutcomeDisplay();
  display.at({ effects: [effect(1, 10_000)] }, 5_000);
  assert.equal(display.at({ effects: [effect(1, 30_000)] }, 4_000).countdown.share, 1);
});

test("what changes first decides until when it holds", () => {
  const display = new OutcomeDisplay();
  display.fail("No target", 0);
  assert.equal(display.at({ effects: [effect(1, 9_500)] }, 100).until, 500);
  assert.equal(display.at({ effects: [effect(1, 9_500)] }, 4_600).until, 5_000);
});
