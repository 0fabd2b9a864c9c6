import assert from "node:assert/strict";
import { test } from "node:test";

import { Crowd } from "../../../api_service/pages/web/console/lobby/crowd.js";
import { fixChance, settled, stopTime } from "../time.js";

const button = (eventType, values = {}) => ({ eventType, enabled: true, ...values });

/** A crowd in the lobby, and the buttons that it set off. */
function testing(t) {
  const fired = [];
  const desk = { phase: "active", state: { buttons: [button("a")] }, drawn: 0, redraw: () => (desk.drawn += 1), goesWell: true };
  const attempt = async ({ eventType }) => {
    fired.push(eventType);
    return desk.goesWell;
  };
  return { crowd: new Crowd(desk, attempt), desk, fired, passes: stopTime(t) };
}

test("a crowd sets off twenty buttons within fifteen seconds", async (t) => {
  const { crowd, desk, fired, passes } = testing(t);
  fixChance(t, 0.5);
  assert.equal(crowd.left, 0);
  const running = crowd.toggle();
  assert.deepEqual([crowd.left, fired], [15_000, ["a"]]);
  await settled();
  await passes(750);
  assert.deepEqual([fired.length, desk.drawn], [2, 2]);
  await passes(14_249);
  assert.deepEqual([fired.length, crowd.left], [20, 1]);
  await passes(1_000);
  await running;
  assert.deepEqual([fired.length, crowd.left], [20, 0]);
});

test("after its time is over another one may begin at once, which is alone", async (t) => {
  const { crowd, fired, passes } = testing(t);
  fixChance(t, 0.5);
  crowd.toggle();
  await settled();
  await passes(15_000);
  fired.length = 0;
  crowd.toggle();
  await settled();
  await passes(7_500);
  assert.equal(fired.length, 11);
  crowd.stop();
});

test("it pauses between bounds", async (t) => {
  const { crowd, fired, passes } = testing(t);
  fixChance(t, 0);
  crowd.toggle();
  await settled();
  await passes(249);
  assert.equal(fired.length, 1);
  fixChance(t, 0.999_9);
  await passes(1);
  assert.equal(fired.length, 2);
  await passes(1_249);
  assert.equal(fired.length, 2);
  await passes(1);
  assert.equal(fired.length, 3);
  crowd.stop();
});

test("it chooses among the enabled buttons, and waits where there is none", async (t) => {
  const { crowd, desk, fired, passes } = testing(t);
  desk.state.buttons = [button("a", { enabled: false })];
  fixChance(t, 0.5);
  crowd.toggle();
  await passes(750);
  assert.deepEqual([fired, crowd.left > 0], [[], true]);
  desk.state.buttons.push(button("b"));
  await passes(750);
  assert.deepEqual(fired, ["b"]);
  crowd.stop();
});

test("it ends where it is stopped, where one is refused, and where a round begins", async (t) => {
  const { crowd, desk, fired, passes } = testing(t);
  fixChance(t, 0.5);
  const ends = [
    () => crowd.toggle(),
    () => (desk.goesWell = false),
    () => Object.assign(desk, { goesWell: true, phase: "starting" }),
  ];
  for (const end of ends) {
    fired.length = 0;
    desk.phase = "active";
    const running = crowd.toggle();
    await settled();
    end();
    await passes(750);
    await running;
    assert.equal(crowd.left, 0);
    assert.ok(fired.length <= 2);
  }
  desk.phase = "paused";
  await crowd.toggle();
  assert.equal(fired.length, 1);
});
