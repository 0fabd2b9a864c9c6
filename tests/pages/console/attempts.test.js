import assert from "node:assert/strict";
import { test } from "node:test";

import { Attempts, WrongFile } from "../../../api_service/pages/web/console/studio/attempts.js";
import { StreamarioError } from "../../../clients/web/streamario.js";
import { openDocument } from "../dom.js";

/** Something that a part of the page attempts, and what it says of that. */
function attempts(t) {
  openDocument(t);
  const failed = [];
  const texts = {
    ...{ studio_away: "away", studio_refused: "key", refused: ({ code }) => `refused: ${code}` },
    ...{ wrong_file: (field) => `file: ${field}`, wrong_field: (field, message) => `${field}: ${message}` },
  };
  const actions = new Attempts(texts, (refusal) => failed.push(refusal));
  const [refusal, done] = actions.node.children;
  return { actions, failed, refusal, done };
}

test("what worked is said, and what did not is told with its reason", async (t) => {
  const { actions, failed, refusal, done } = attempts(t);
  assert.deepEqual([refusal.hidden, done.hidden], [true, true]);
  assert.equal(await actions.to(async () => {}), true);
  actions.say("Saved");
  assert.deepEqual([done.textContent, done.hidden, refusal.hidden], ["Saved", false, true]);
  const problems = [{ field: "title", message: "too long" }];
  const reasons = [
    [new WrongFile("name"), "file: name"],
    [new StreamarioError("invalid", "", { problems }), "title: too long"],
    [new StreamarioError("unreachable", ""), "away"],
    [new StreamarioError("store_unavailable", ""), "away"],
    [new StreamarioError("invalid_studio_key", ""), "key"],
    [new StreamarioError("busy", ""), "refused: busy"],
  ];
  for (const [reason, sentence] of reasons) {
    assert.equal(await actions.to(() => Promise.reject(reason)), false);
    assert.deepEqual([refusal.textContent, refusal.hidden, done.hidden], [sentence, false, true]);
  }
  assert.equal(failed.length, 6);
  await actions.to(async () => {});
  assert.equal(refusal.hidden, true);
});

test("a bug is no refusal: it is thrown", async (t) => {
  const { actions } = attempts(t);
  await assert.rejects(actions.to(() => Promise.reject(new TypeError("bug"))), /bug/);
});
