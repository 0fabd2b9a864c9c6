import assert from "node:assert/strict";
import { test } from "node:test";

import { announcesEnd, isFinal, reasonOfClose } from "../../../api_service/pages/web/console/game/ends.js";
import { phaseOf } from "../../../api_service/pages/web/console/game/phases.js";

test("every close code of the gateway has its reason, and any other socket was lost", () => {
  const codes = [1000, 1001, 1009, 4001, 4003, 4004, 4009, 4010, 1006];
  assert.deepEqual(codes.map(reasonOfClose), [
    ...["moved_on", "going_away", "message_too_big", "replaced", "forbidden", "room_not_found"],
    ...["too_many_bad_messages", "room_over", "lost"],
  ]);
});

test("after some reasons nobody comes back at once", () => {
  const reasons = ["replaced", "forbidden", "room_not_found", "room_over", "lost", "going_away"];
  assert.deepEqual(reasons.map(isFinal), [true, true, true, true, false, false]);
});

test("an error announces the close that it explains", () => {
  assert.deepEqual(["room_over", "going_away", "moved_on", "bad_ack"].map(announcesEnd), [true, true, false, false]);
});

test("a round that is paused does not run, and one that was stopped is stopped while it is paused", () => {
  const phases = [
    [{ status: "active" }, "active"],
    [{ status: "in_game", round: 2, paused: true, startsAt: 0 }, "paused"],
    [{ status: "in_game", round: 1, paused: true, startsAt: 0 }, "stopped"],
    [{ status: "in_game", round: 1, paused: false, startsAt: 900 }, "running"],
    [{ status: "in_game", round: 1, paused: false, startsAt: 1_001 }, "starting"],
    [{ status: "ended", round: 1, paused: false, startsAt: 0 }, "ended"],
  ];
  for (const [state, phase] of phases) assert.equal(phaseOf(state, { now: 1_000, stopped: 1 }), phase);
});
