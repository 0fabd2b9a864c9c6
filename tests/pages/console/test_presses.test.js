import assert from "node:assert/strict";
import { test } from "node:test";

import { TestPresses } from "../../../api_service/pages/web/console/live/test_presses.js";
import { StreamarioError } from "../../../clients/web/streamario.js";
import { openDocument, partIn, rootOf } from "../dom.js";
import { serve } from "../server.js";
import { happened, stopTime } from "../time.js";

const refused = ({ code }) => `refused: ${code}`;

const BUTTON = { eventType: "a", labels: [{ lang: "en", text: "Wave" }], enabled: true, available: true };
const RUNNING = { status: "in_game", paused: false, buttons: [BUTTON], viewerCount: 0 };

/** The console's test presses; the server answers a press with `answer`. */
function testPresses(t, { press = async () => pressAnswer() } = {}) {
  serve(t, () => ({ viewer_id: "v" }));
  openDocument(t);
  const root = rootOf("crowd", "said", "why-not");
  const presses = [];
  const api = {
    stats: async () => ({ stats: [{ event_type: "a", remaining_count: 3 }] }),
    press: (...given) => {
      presses.push(given);
      return press(...given);
    },
  };
  const texts = {
    ...{ tester: "Test", crowd_member: (n) => `Crowd ${n}`, crowd: "Crowd", stop_crowd: (s) => `Stop ${s}`, refused },
    ...{ untestable: { paused: "It is paused" }, tested: (label, { fired }) => `${label} ${fired}` },
    ...{ crowd_question: "Sure?", crowd_explanation: (n) => `${n} viewers` },
  };
  const control = new TestPresses(root, { api, texts, languages: ["en"] });
  const [crowd, said, whyNot] = ["crowd", "said", "why-not"].map((name) => partIn(root, name));
  return { control, presses, crowd, said, whyNot };
}

const pressAnswer = () => ({
  event_results: [{ accepted: 3, remaining_count: 0, triggers_fired: 1 }],
  ...{ rejected_by: {}, stats: [] },
});

test("a button is tested in a running round, one test at a time", async (t) => {
  const { control, presses, said, whyNot } = testPresses(t);
  await control.test(BUTTON);
  control.show({ ...RUNNING, paused: true });
  assert.equal(whyNot.textContent, "It is paused");
  await control.test(BUTTON);
  assert.deepEqual(presses, []);
  control.show(RUNNING);
  assert.equal(whyNot.textContent, "");
  await Promise.all([control.test(BUTTON), control.test(BUTTON), control.test(undefined)]);
  assert.deepEqual([presses.length, said.textContent], [1, "Wave true"]);
  await control.test(BUTTON);
  assert.equal(presses.length, 2);
});

test("a test that is refused is told, and does not keep the next one from running", async (t) => {
  const answers = [Promise.reject(new StreamarioError("busy", "")), Promise.resolve(pressAnswer())];
  const { control, said } = testPresses(t, { press: () => answers.shift() });
  control.show(RUNNING);
  await control.test(BUTTON);
  assert.equal(said.textContent, "refused: busy");
  await control.test(BUTTON);
  assert.equal(said.textContent, "Wave true");
});

test("a crowd runs and is stopped by its button, and ends with the round", async (t) => {
  const passes = stopTime(t);
  const ticking = t.mock.method(globalThis, "setInterval", () => 7);
  const cleared = t.mock.method(globalThis, "clearInterval", () => {});
  const { control, crowd, presses } = testPresses(t);
  control.show({ ...RUNNING, status: "active" });
  assert.equal(crowd.disabled, true);
  control.show(RUNNING);
  assert.deepEqual([crowd.disabled, crowd.textContent], [false, "Crowd"]);
  crowd.click();
  await happened();
  assert.equal(crowd.textContent, "Stop 15");
  assert.equal(ticking.mock.calls[0].arguments[1], 500);
  for (let n = 0; n < 20; n += 1) await happened();
  await passes(2_000);
  assert.ok(presses.length > 0);
  crowd.click();
  await happened();
  assert.deepEqual([crowd.textContent, cleared.mock.callCount()], ["Crowd", 1]);
  crowd.click();
  for (let n = 0; n < 20; n += 1) await happened();
  control.show({ ...RUNNING, status: "ended" });
  await happened();
  assert.deepEqual([crowd.textContent, crowd.disabled], ["Crowd", true]);
});

test("a crowd presses what can be pressed", async (t) => {
  const passes = stopTime(t);
  t.mock.method(globalThis, "setInterval", () => 7);
  const { control, crowd, presses } = testPresses(t);
  const others = [
    { ...BUTTON, eventType: "off", enabled: false },
    { ...BUTTON, eventType: "closed", available: false },
  ];
  control.show({ ...RUNNING, buttons: [...others, BUTTON] });
  crowd.click();
  for (let n = 0; n < 20; n += 1) await happened();
  await passes(3_000);
  assert.deepEqual([...new Set(presses.map(([, , type]) => type))], ["a"]);
  control.show({ ...RUNNING, status: "ended" });
});
