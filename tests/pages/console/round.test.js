import assert from "node:assert/strict";
import { test } from "node:test";

import { KeptStop } from "../../../api_service/pages/web/console/round/kept_stop.js";
import { Expected, phaseOf } from "../../../api_service/pages/web/console/round/phases.js";
import { Rounds, stoppedOf } from "../../../api_service/pages/web/console/round/rounds.js";
import { StreamarioError } from "../../../api_service/pages/web/streamario.js";
import { fixChance, happened, stopTime } from "../time.js";

test("a round that is paused does not run, and one that was stopped is stopped while it is paused", () => {
  const phases = [
    [{ status: "active" }, "active"],
    [{ status: "in_game", paused: true, stopped: false, startsAt: 0 }, "paused"],
    [{ status: "in_game", paused: true, stopped: true, startsAt: 0 }, "stopped"],
    [{ status: "in_game", paused: false, stopped: false, startsAt: 1_000 }, "running"],
    [{ status: "in_game", paused: false, stopped: false, startsAt: 1_001 }, "starting"],
    [{ status: "ended", paused: false, stopped: false, startsAt: 0 }, "ended"],
  ];
  for (const [state, phase] of phases) assert.equal(phaseOf(state, 1_000), phase);
});

test("a command shows what it brings, until the room tells of it", () => {
  const expected = new Expected();
  assert.equal(expected.phaseOf("running", 0), "running");
  expected.expect("stop");
  assert.deepEqual(["running", "paused", "starting"].map((phase) => expected.phaseOf(phase, 9_999)), ["stopped", "stopped", "stopped"]);
  assert.equal(expected.phaseOf("ended", 0), "ended");
  assert.equal(expected.phaseOf("running", 0), "running");
  expected.expect("limit");
  assert.equal(expected.phaseOf("running", 0), "running");
});

test("each command brings its own phase", () => {
  const brings = (command, phase) => {
    const expected = new Expected();
    expected.expect(command);
    return expected.phaseOf(phase, 0);
  };
  assert.deepEqual([brings("start", "active"), brings("start", "ended"), brings("start", "running")], ["starting", "starting", "running"]);
  assert.deepEqual([brings("pause", "running"), brings("pause", "stopped")], ["paused", "stopped"]);
  assert.deepEqual([brings("resume", "paused"), brings("resume", "stopped"), brings("resume", "ended")], ["running", "running", "ended"]);
  assert.deepEqual([brings("not_yet", "starting"), brings("not_yet", "running"), brings("end", "running")], ["ended", "ended", "running"]);
});

test("a command that was refused brings nothing, and one whose answer has come, not for long", () => {
  const expected = new Expected();
  expected.expect("pause");
  expected.refused();
  assert.equal(expected.phaseOf("running", 0), "running");
  expected.expect("pause");
  expected.answered(1_000);
  assert.deepEqual([expected.phaseOf("running", 2_999), expected.phaseOf("running", 3_000)], ["paused", "running"]);
  expected.answered(0);
  expected.expect("pause");
  assert.equal(expected.phaseOf("running", 99_999), "paused");
});

const ROOM = { status: "in_game", round: 3 };
const AWAY = new StreamarioError("unreachable", "");

/** A kept stop in stopped time, whose server `answers` what it is asked. */
function kept(t, { round = 0, answers = {} } = {}) {
  const passes = stopTime(t);
  fixChance(t, 0);
  const told = [];
  const answer = (name, usual) => async () => {
    told.push(name);
    const given = answers[name] ?? usual;
    if (given instanceof Error) throw given;
    return given;
  };
  const stop = new KeptStop({
    round,
    store: (stored) => told.push(`store ${stored}`),
    read: answer("read", ROOM),
    send: answer("send", "answer"),
    done: (given) => told.push(`done ${given}`),
    refused: ({ code }) => told.push(`refused ${code}`),
  });
  return { stop, told, passes, answers };
}

test("a stop is kept and sent once the server answers", async (t) => {
  const { stop, told, passes, answers } = kept(t, { answers: { read: AWAY } });
  stop.keep(3);
  assert.deepEqual([stop.round, told], [3, ["store 3"]]);
  await passes(249);
  assert.equal(told.length, 1);
  await passes(1);
  assert.deepEqual(told.slice(1), ["read"]);
  answers.read = ROOM;
  await passes(500);
  assert.deepEqual([stop.round, told.slice(2)], [0, ["read", "send", "store 0", "done answer"]]);
  await passes(60_000);
  assert.equal(told.length, 6);
});

test("who notices that the server answers hurries it", async (t) => {
  const { stop, told, passes } = kept(t);
  await stop.hurry();
  assert.deepEqual(told, []);
  stop.keep(3);
  await Promise.all([stop.hurry(), stop.hurry()]);
  await passes(60_000);
  assert.deepEqual(told, ["store 3", "read", "send", "store 0", "done answer"]);
});

test("it goes on over a reload", async (t) => {
  const { told, passes } = kept(t, { round: 3 });
  await passes(250);
  assert.deepEqual(told, ["read", "send", "store 0", "done answer"]);
});

test("a stop is its round's only, and only while that runs", async (t) => {
  for (const room of [{ status: "in_game", round: 4 }, { status: "ended", round: 3 }]) {
    await t.test(room.status, async (t) => {
      const { stop, told } = kept(t, { answers: { read: room } });
      stop.keep(3);
      await stop.hurry();
      assert.deepEqual([stop.round, told], [0, ["store 3", "read", "store 0"]]);
    });
  }
});

test("who has gone on before wants no stop any more", async (t) => {
  const { stop, told, passes } = kept(t);
  stop.cancel();
  assert.deepEqual(told, []);
  stop.keep(3);
  stop.cancel();
  await passes(60_000);
  assert.deepEqual([stop.round, told], [0, ["store 3", "store 0"]]);
  stop.keep(3);
  const sending = stop.hurry();
  stop.cancel();
  await sending;
  await happened();
  assert.deepEqual(told.slice(2), ["store 3", "read", "store 0"]);
});

test("while the server is away it is tried more and more seldom, and once at a time", async (t) => {
  const { stop, told, passes } = kept(t, { answers: { read: AWAY } });
  stop.keep(3);
  stop.keep(3);
  await passes(499);
  assert.equal(told.length, 2);
  await passes(50 + 1_050 + 1_550);
  assert.deepEqual(told.slice(2), ["read", "read", "read"]);
  await passes(15_500); // never more than 1.5 s apart
  assert.equal(told.length, 2 + 3 + 10);
  await stop.hurry();
  await passes(1_450);
  assert.equal(told.length, 2 + 3 + 10 + 1);
  stop.cancel();
  await passes(30_000);
  assert.deepEqual(told.slice(16), ["store 0"]);
});

test("who goes on while it fails hears nothing of it", async (t) => {
  for (const refusal of [AWAY, new StreamarioError("forbidden", "", { status: 403 })]) {
    await t.test(refusal.code, async (t) => {
      const { stop, told, passes } = kept(t, { answers: { read: refusal } });
      stop.keep(3);
      const trying = stop.hurry();
      stop.cancel();
      await trying;
      await passes(30_000);
      assert.deepEqual(told, ["store 3", "read", "store 0"]);
    });
  }
});

test("the first round's is one, too", async (t) => {
  const { stop, told } = kept(t, { answers: { read: { status: "in_game", round: 1 } } });
  assert.equal(stop.round, 0);
  stop.keep(1);
  await stop.hurry();
  assert.deepEqual(told.at(-1), "done answer");
});

test("a refusal ends it, and one that may pass does not", async (t) => {
  const { stop, told, passes, answers } = kept(t, { answers: { send: new StreamarioError("overloaded", "", { status: 503 }) } });
  stop.keep(3);
  await stop.hurry();
  assert.equal(stop.round, 3);
  answers.send = new StreamarioError("forbidden", "", { status: 403 });
  await passes(3_000);
  assert.deepEqual([stop.round, told.at(-1)], [0, "refused forbidden"]);
});

test("what a stop threw away is its sum, and how much of which button", () => {
  const discarded = [{ event_type: "a", count: 3 }, { event_type: "b", count: 4 }];
  assert.deepEqual(stoppedOf({ round: 2, discarded }), { round: 2, total: 7, counts: { a: 3, b: 4 } });
});

test("a round that begins or ends is told once, but what was there before is not", () => {
  const rounds = new Rounds();
  const follow = (status, round) => rounds.follow({ status, round });
  assert.deepEqual([follow("loading", 0), follow("in_game", 1), follow("in_game", 1)], [null, null, null]);
  assert.deepEqual([follow("ended", 1), follow("ended", 1), follow("missing", 0)], ["ended", null, null]);
  assert.deepEqual([follow("in_game", 2), follow("in_game", 3)], ["began", "began"]);
  rounds.skip(3);
  assert.deepEqual([follow("ended", 3), follow("in_game", 4), follow("ended", 4)], [null, "began", "ended"]);
});
