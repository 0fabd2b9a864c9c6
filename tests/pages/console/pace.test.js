import assert from "node:assert/strict";
import { test } from "node:test";

import { PaceHint } from "../../../api_service/pages/web/console/live/pace.js";
import { StreamarioError } from "../../../clients/web/streamario.js";
import { openDocument, partIn, rootOf } from "../dom.js";
import { happened } from "../time.js";

const refused = ({ code }) => `refused: ${code}`;

/** The hint that buttons need a pace, and its `calls`. */
function paceHint(t, { isDirty = false, refusal = null } = {}) {
  openDocument(t);
  const root = rootOf("pace-hint", "pace-reason", "set-pace");
  const calls = [];
  const changeSettings = async (changes) => {
    calls.push(changes);
    if (refusal) throw refusal;
  };
  const hint = new PaceHint(root, {
    ...{ api: { changeSettings }, refuse: (sentence) => calls.push(sentence) },
    texts: { pace_needed: (viewers) => `${viewers} viewers`, pace_after_edits: "edits", refused },
    settings: { isDirty: () => isDirty, changed: () => calls.push("changed") },
  });
  const [shown, reason, set] = ["pace-hint", "pace-reason", "set-pace"].map((name) => partIn(root, name));
  return { hint, calls, shown, reason, set };
}

const UNPACED = { viewerCount: 301, triggersPerMinute: 0, buttons: [{ enabled: true, paceMs: 0 }] };

test("a large crowd's buttons need a pace", (t) => {
  const { hint, shown, reason } = paceHint(t);
  hint.show(UNPACED);
  assert.deepEqual([shown.hidden, reason.textContent], [false, "301 viewers"]);
  const others = [
    { viewerCount: 300 },
    { triggersPerMinute: 12 },
    { buttons: [{ enabled: false, paceMs: 0 }] },
    { buttons: [{ enabled: true, paceMs: 1 }] },
  ];
  for (const other of others) {
    hint.show({ ...UNPACED, ...other });
    assert.equal(shown.hidden, true);
  }
});

test("a pace is given once when asked for, and not over edits", async (t) => {
  const { calls, set } = paceHint(t);
  set.click();
  set.click();
  await happened();
  assert.deepEqual(calls, ["", { triggers_per_minute: 12 }, "changed"]);
  set.click();
  await happened();
  assert.equal(calls.length, 6);
  const edited = paceHint(t, { isDirty: true });
  edited.set.click();
  assert.deepEqual(edited.calls, ["edits"]);
});

test("a pace that the server refuses is told", async (t) => {
  const { calls, set } = paceHint(t, { refusal: new StreamarioError("busy", "") });
  set.click();
  await happened();
  assert.equal(calls.at(-1), "refused: busy");
});
