import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { opened } from "../../../api_service/pages/web/console/opening.js";
import { storedGameKey, storedSettings } from "../../../api_service/pages/web/console/storage.js";
import { memory } from "../storage.js";
import { serve } from "../server.js";

const BUTTONS = [{ event_type: "skill1" }, { event_type: "boss" }];
const ROOM = { room_id: "r", room_token: "t", settings: { title: "Friday", buttons: BUTTONS } };

beforeEach(() => {
  globalThis.localStorage = memory();
  globalThis.sessionStorage = memory();
});

test("a room begins with masked names and a pace, and is told as it is stored", async (t) => {
  const requests = serve(t, () => ROOM);
  assert.deepEqual(await opened({}, ""), { room_id: "r", room_token: "t", title: "Friday" });
  assert.deepEqual(
    requests.map(({ method, path, secret, body }) => [method, path, secret, body]),
    [["POST", "/api/rooms", null, { settings: { mask_names: true, triggers_per_minute: 12 } }]],
  );
  assert.equal(storedGameKey(), "");
  assert.deepEqual(storedSettings(), ROOM.settings); // for the next room
});

test("wanted settings go before that, in one request; the game key is known from then on", async (t) => {
  const requests = serve(t, () => ROOM);
  await opened({ mask_names: false, buttons: BUTTONS }, "key");
  assert.deepEqual(requests[0].body.settings, { mask_names: false, triggers_per_minute: 12, buttons: BUTTONS });
  assert.deepEqual([requests.length, requests[0].secret, storedGameKey()], [1, "key", "key"]);
});

test("the key of a room that is refused is not stored", async (t) => {
  serve(t, () => [401, { code: "invalid_game_key" }]);
  await assert.rejects(opened({}, "wrong"), { code: "invalid_game_key" });
  assert.equal(storedGameKey(), "");
});
