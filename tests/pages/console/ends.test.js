import assert from "node:assert/strict";
import { test } from "node:test";

import { announcesEnd, isFinal, reasonOfClose } from "../../../api_service/pages/web/console/game/ends.js";

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
