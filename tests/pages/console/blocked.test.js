import assert from "node:assert/strict";
import { test } from "node:test";

import { Blocked } from "../../../api_service/pages/web/console/people/viewers.js";

const viewer = (viewer_id, blocked) => ({ viewer_id, blocked });

test("who is blocked is learnt from the API's lists, and told where that changes", () => {
  const blocked = new Blocked(["a"], {});
  const changes = [];
  blocked.onChange = (ids) => changes.push(ids);
  blocked.learn([viewer("a", true), viewer("b", false)]);
  assert.deepEqual(changes, []);
  blocked.learn([viewer("a", false), viewer("b", true)]);
  assert.deepEqual(changes, [["b"]]);
  assert.deepEqual([blocked.has({ viewer_id: "a" }), blocked.has({ viewer_id: "b" })], [false, true]);
});

test("without an answer what was known stays", async () => {
  const answers = [{ viewers: [viewer("b", true)] }];
  const blocked = new Blocked(["a"], {
    viewers: async () => answers.shift() ?? Promise.reject(new Error("away")),
  });
  await blocked.refresh();
  await blocked.refresh();
  assert.deepEqual(
    ["a", "b", "c"].map((viewer_id) => blocked.has({ viewer_id })),
    [true, true, false],
  );
});
