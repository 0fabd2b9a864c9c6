import assert from "node:assert/strict";
import { test } from "node:test";

import { Shares } from "../../../api_service/pages/web/play/shares.js";

const bar = (values) => ({ eventType: "wave", level: 0, mine: 0, pending: 0, required: 10, ...values });
const trigger = (seq, values) => ({ eventType: "wave", seq, people: 5, presses: 10, ...values });

/** What one's share is after these states of the button, and then its trigger. */
function after(...bars) {
  const shares = new Shares();
  for (const each of bars) shares.follow([bar(each)], 0);
  return shares;
}

test("one's presses in the bar before it fired are one's share, in whatever order one hears of it", () => {
  const countFirst = after({ mine: 3 }, { level: 1, mine: 1 });
  assert.equal(countFirst.of(trigger(1), false, 0).own, 3);
  const triggerFirst = after({ mine: 3 });
  assert.equal(triggerFirst.of(trigger(1), false, 0).own, 3);
});

test("each trigger takes its own bar", () => {
  const shares = after({ mine: 3 });
  shares.of(trigger(1), false, 0);
  shares.follow([bar({ level: 1, mine: 4 })], 0);
  assert.equal(shares.of(trigger(2), false, 0).own, 4);
});

test("a trigger that follows before the counts do has none of the presses of the one before", () => {
  const shares = after({ mine: 3 });
  shares.of(trigger(1), false, 0);
  assert.equal(shares.of(trigger(2), false, 0).own, 0);
  assert.equal(shares.of(trigger(3), true, 0).own, 1);
});

test("one's presses are never more than a trigger took", () => {
  assert.equal(after({ mine: 7 }).of(trigger(1, { presses: 5 }), false, 0).own, 5);
});

test("presses that may not be in it are left out, but for whoever tipped it", () => {
  assert.equal(after({ mine: 5, pending: 2 }).of(trigger(1), false, 0).own, 3);
  assert.equal(after({ mine: 5, pending: 2 }).of(trigger(1), true, 0).own, 5);
  assert.equal(after({ mine: 0 }).of(trigger(1), true, 0).own, 1);
});

test("what one answer tells is completed by the other", () => {
  const shares = after({ mine: 5, pending: 5 });
  assert.equal(shares.of(trigger(1), false, 0).own, 0);
  const { own, people, presses } = shares.of({ eventType: "wave", seq: 1 }, true, 0);
  assert.deepEqual([own, people, presses], [5, 5, 10]);
  const turned = after({ mine: 2, required: 8 });
  assert.deepEqual(turned.of({ eventType: "wave", seq: 1 }, true, 0).presses, 8);
  assert.deepEqual([turned.of(trigger(1), false, 0).own, turned.find(1).people], [2, 5]);
});

test("a count that fell long ago belongs to no later trigger", () => {
  const shares = after({ mine: 3 }, { level: 1, mine: 0 });
  assert.equal(shares.of(trigger(1), false, 10_000).own, 0);
});

test("a new round begins without shares, and an unknown button has none", () => {
  const shares = after({ level: 1, mine: 3 }, { level: 2 }, { level: 0 });
  assert.equal(shares.of(trigger(1), false, 0).own, 0);
  assert.equal(shares.of(trigger(2, { eventType: "gone", presses: undefined }), false, 0).presses, 0);
});

test("the last fifty triggers are remembered", () => {
  const shares = after({ mine: 3 });
  for (let seq = 1; seq <= 51; seq += 1) shares.of(trigger(seq), false, 0);
  assert.deepEqual([shares.find(1), shares.find(2).presses], [undefined, 10]);
});
