import assert from "node:assert/strict";
import { setMaxListeners } from "node:events";
import { test } from "node:test";

import { Crowd } from "../../../api_service/pages/web/console/live/crowd.js";
import { en } from "../../../api_service/pages/web/console/texts/en.js";
import { StreamarioError } from "../../../clients/web/streamario.js";
import { happen, openDocument } from "../dom.js";
import { serve } from "../server.js";
import { fixChance, happened, settled, stopTime } from "../time.js";

setMaxListeners(20); // a crowd's viewers wait for one signal, on which browsers set no such limit

const button = (eventType, values = {}) => ({ eventType, enabled: true, available: true, ...values });

/** A crowd at its desk, its presses, and how many viewers were made for it. */
function testing(t) {
  let viewers = 0;
  serve(t, () => ({ viewer_id: `v${++viewers}` }));
  const presses = [];
  const desk = {
    ...{ phase: "running", isLost: false, texts: en, said: "", drawn: 0 },
    state: { viewerCount: 0, buttons: [button("a")] },
    api: { press: async (...press) => presses.push(press) },
    redraw: () => (desk.drawn += 1),
    refuse: (sentence) => (desk.said = sentence),
  };
  return { crowd: new Crowd(desk), desk, presses, created: () => viewers };
}

/** Let it in; gives what resolves once it has ended. */
async function begun(crowd) {
  const running = crowd.toggle();
  for (let n = 0; n < 100; n += 1) await settled();
  return { running };
}

test("a crowd of twenty presses at random for fifteen seconds", async (t) => {
  const { crowd, presses, created } = testing(t);
  const passes = stopTime(t);
  fixChance(t, 0.5);
  assert.equal(crowd.left, 0);
  let isDone = false;
  const { running } = await begun(crowd);
  running.then(() => (isDone = true));
  assert.deepEqual([created(), crowd.left], [20, 15_000]);
  await passes(999);
  assert.deepEqual(presses, []);
  await passes(1);
  assert.equal(presses.length, 20);
  assert.deepEqual([presses[0], presses[19]], [["v1", "Crowd 1", "a", 2], ["v20", "Crowd 20", "a", 2]]);
  await passes(13_900);
  assert.deepEqual([isDone, crowd.left > 0], [false, true]);
  await passes(1_200);
  assert.deepEqual([isDone, crowd.left], [true, 0]);
  assert.equal(presses.length, 20 * 14);
});

test("a crowd's pauses and batches are between bounds", async (t) => {
  const { crowd, presses } = testing(t);
  const passes = stopTime(t);
  fixChance(t, 0);
  await begun(crowd);
  fixChance(t, 0.999);
  await passes(399);
  assert.equal(presses.length, 0);
  await passes(1);
  assert.equal(presses[0][3], 4);
  await passes(1_598);
  assert.equal(presses.length, 20);
  await passes(1);
  assert.equal(presses.length, 40);
  crowd.stop();
});

test("a crowd that is stopped presses no more, and one without a button waits", async (t) => {
  const { crowd, desk, presses } = testing(t);
  const passes = stopTime(t);
  fixChance(t, 0.5);
  desk.state.buttons = [button("a", { enabled: false }), button("b", { available: false })];
  const { running } = await begun(crowd);
  await passes(1_000);
  assert.equal(presses.length, 0);
  desk.state.buttons.push(button("c"));
  await passes(1_000);
  assert.deepEqual(presses.map(([, , eventType]) => eventType), Array(20).fill("c"));
  const { drawn } = desk;
  await crowd.toggle();
  assert.deepEqual([crowd.left, desk.drawn > drawn], [0, true]);
  await running;
  await passes(5_000);
  assert.equal(presses.length, 20);
});

test("a crowd ends with its round, whoever looks", async (t) => {
  const { crowd, desk, presses } = testing(t);
  const passes = stopTime(t);
  fixChance(t, 0.5);
  const { running } = await begun(crowd);
  await passes(1_000);
  desk.phase = "paused";
  await passes(1_000);
  await running;
  assert.deepEqual([crowd.left, presses.length], [0, 20]);
});

test("a crowd that fails ends whole, and says why", async (t) => {
  const { crowd, desk } = testing(t);
  const passes = stopTime(t);
  fixChance(t, 0.5);
  desk.api.press = async () => {
    throw new StreamarioError("rate_limited", "");
  };
  const { running } = await begun(crowd);
  await passes(1_000);
  await running;
  assert.deepEqual([crowd.left, desk.said], [0, en.refused({ code: "rate_limited" })]);
});

test("no crowd comes while the round stands still, or the server is away", async (t) => {
  const { crowd, desk, created } = testing(t);
  for (const values of [{ phase: "paused" }, { isLost: true }]) {
    Object.assign(desk, { phase: "running", isLost: false, ...values });
    assert.equal(crowd.mayRun, false);
    await crowd.toggle();
  }
  assert.deepEqual([created(), crowd.left], [0, 0]);
});

test("where viewers are the streamer is asked, and the round must still run then", async (t) => {
  const { crowd, desk, created } = testing(t);
  stopTime(t);
  const page = openDocument(t);
  const { createElement } = page;
  page.createElement = (tag) => Object.assign(createElement(tag), { showModal() {}, remove: () => {} });
  desk.state.viewerCount = 7;
  for (const [answer, phase] of [["", "running"], ["yes", "stopped"], ["yes", "running"]]) {
    desk.phase = "running";
    crowd.toggle();
    desk.phase = phase;
    const dialog = page.body.querySelectorAll("dialog").at(-1);
    assert.match(dialog.textContent, /7 viewers are active/);
    happen(Object.assign(dialog, { returnValue: answer }), "close");
    await happened();
    assert.equal(crowd.left > 0, answer === "yes" && phase === "running");
  }
  assert.ok(created() > 0);
  crowd.stop();
});
