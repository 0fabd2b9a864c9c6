import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { opened } from "../../../api_service/pages/web/console/opening.js";
import { storedGameKey } from "../../../api_service/pages/web/console/storage.js";
import { memory } from "../storage.js";
import { serve } from "../server.js";

const BUTTONS = [{ event_type: "skill1" }, { event_type: "boss" }];
const ROOM = { room_id: "r", room_token: "t", settings: { title: "Friday", buttons: BUTTONS } };

beforeEach(() => {
  globalThis.sessionStorage = memory();
});

test("a room begins with masked names and a pace, and its default buttons with sounds", async (t) => {
  const requests = serve(t, ({ method }) => (method === "POST" ? ROOM : {}));
  assert.deepEqual(await opened({}, ""), { room_id: "r", room_token: "t", title: "Friday" });
  assert.deepEqual(requests[0].body, { settings: { mask_names: true, triggers_per_minute: 12 } });
  assert.deepEqual(
    requests[1].body.buttons.map(({ sound }) => sound),
    ["chime", ""],
  );
  assert.deepEqual([requests[1].path, requests[1].secret, storedGameKey()], ["/api/rooms/r/settings", "t", ""]);
});

test("a setup's settings go before that, and its buttons stay as they are", async (t) => {
  const requests = serve(t, () => ROOM);
  await opened({ mask_names: false, buttons: BUTTONS }, "key");
  assert.deepEqual(requests[0].body.settings, { mask_names: false, triggers_per_minute: 12, buttons: BUTTONS });
  assert.deepEqual([requests.length, requests[0].secret, storedGameKey()], [1, "key", "key"]);
});

test("a room is as good without sounds; one that is refused is not stored", async (t) => {
  serve(t, ({ method }) => (method === "POST" ? ROOM : [503, { code: "busy" }]));
  assert.equal((await opened({}, "")).room_id, "r");
  t.mock.restoreAll();
  serve(t, () => [401, { code: "invalid_game_key" }]);
  await assert.rejects(opened({}, "wrong"), { code: "invalid_game_key" });
  assert.equal(storedGameKey(), "");
});
