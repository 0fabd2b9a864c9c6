import assert from "node:assert/strict";
import { test } from "node:test";

import { Feed, roundOf } from "../../../api_service/pages/web/console/live/feed.js";

const trigger = (seq, values = {}) => ({
  ...{ eventType: "a", viewerName: "Mika", people: 3, epoch: 1, seq },
  ...values,
});

/** A feed with these triggers of round 1, each taken at its number. */
function feedOf(...seqs) {
  const feed = new Feed();
  for (const seq of seqs) feed.take(trigger(seq), 1, seq);
  return feed;
}

/** What it draws, in short. */
const drawn = (feed, options) =>
  feed.lines(options).map(({ row, fold, round, at, from, to, triggers }) => {
    if (row) return row.note ?? row.seq;
    return fold ? { fold, from, to, triggers } : { round, at };
  });

const seqs = (feed) => feed.triggers.map(({ seq }) => seq);

test("triggers stand newest first, in the order of their numbers", () => {
  assert.deepEqual(seqs(feedOf(1, 3, 2)), [3, 2, 1]);
});

test("numbers go before times, which several clocks tell; of another epoch, and of notes, the time goes", () => {
  const feed = new Feed();
  feed.take(trigger(2, { firedAt: 10 }), 1, 0);
  feed.take(trigger(1, { firedAt: 20 }), 1, 0);
  feed.take(trigger(1, { epoch: 2, firedAt: 15 }), 1, 0);
  assert.deepEqual(feed.triggers.map(({ epoch, seq }) => [epoch, seq]), [[2, 1], [1, 2], [1, 1]]);
  feed.note("stopped", 1, 12, 3);
  feed.note("stopped", 1, 16, 3);
  const notes = feed.lines().map(({ row }) => row.note ?? `${row.epoch}-${row.seq}`);
  assert.deepEqual(notes, ["stopped", "2-1", "stopped", "1-2", "1-1"]);
});

test("a trigger that comes from two sources is one", () => {
  const feed = feedOf(1);
  assert.equal(feed.take(trigger(1, { viewerName: "Nana" }), 1, 5), false);
  assert.equal(feed.take(trigger(1, { epoch: 2 }), 1, 5), true);
  assert.deepEqual(feed.triggers.map(({ epoch, viewerName }) => [epoch, viewerName]), [[2, "Mika"], [1, "Mika"]]);
});

test("a trigger has the time at which it fired, or else at which it came", () => {
  const feed = new Feed();
  feed.take(trigger(1, { firedAt: 40 }), 2, 50);
  feed.take(trigger(2), 2, 60);
  const rows = feed.triggers.map(({ at, round, outcome, isBlocked }) => [at, round, outcome, isBlocked]);
  assert.deepEqual(rows, [[60, 2, null, false], [40, 2, null, false]]);
});

test("what became of a trigger stands with it, and since when it lasts", () => {
  const feed = feedOf(1, 2);
  feed.answered({ epoch: 1, seq: 1, status: "started", reason: null, returned: 0, endsAt: 90 }, 10);
  feed.answered({ epoch: 1, seq: 1, status: "failed", reason: "gone", returned: 7, endsAt: null }, 20);
  feed.answered({ epoch: 1, seq: 9, status: "done" }, 20);
  const [last, first] = feed.triggers.map(({ outcome }) => outcome);
  assert.deepEqual([last, first], [null, { status: "failed", reason: "gone", returned: 7, endsAt: null, since: 10 }]);
});

test("who was blocked is so at once, in the row that it was about", () => {
  const feed = feedOf(1, 2);
  feed.blocked({ epoch: 1, seq: 1 });
  feed.blocked({ epoch: 1, seq: 9 });
  assert.deepEqual(feed.triggers.map(({ isBlocked }) => isBlocked), [false, true]);
});

test("a round's beginning stands below its triggers, and is told once", () => {
  const feed = new Feed();
  feed.began(1, 5);
  feed.take(trigger(1), 1, 10);
  feed.began(1, 20);
  assert.deepEqual(drawn(feed), [1, { round: 1, at: 5 }]);
});

test("when a round began is known better later, and never before the one before it ended", () => {
  const feed = new Feed();
  feed.began(1, 5_000);
  feed.began(1, 3_000);
  feed.ended(1, 9_000);
  feed.began(2, 3_100);
  assert.deepEqual(drawn(feed), [{ round: 1, at: 3_000 }]);
  feed.began(2, 9_000);
  assert.deepEqual(drawn(feed)[0], { round: 2, at: 9_000 });
  feed.began(3, 9_999);
  feed.began(3, 10_000);
  assert.deepEqual(drawn(feed)[0], { round: 3, at: 10_000 });
});

test("a round that this window has not seen begin has no such line until it is recorded", () => {
  const feed = feedOf(1);
  assert.deepEqual(drawn(feed), [1]);
});

test("older rounds are a line each, which unfolds", () => {
  const feed = new Feed();
  feed.began(1, 5);
  feed.take(trigger(1), 1, 10);
  feed.take(trigger(2), 1, 20);
  feed.ended(1, 30);
  feed.ended(1, 40);
  feed.began(2, 50);
  feed.take(trigger(3), 2, 60);
  const fold = { fold: 1, from: 5, to: 30, triggers: 2 };
  assert.deepEqual(drawn(feed), [3, { round: 2, at: 50 }, fold]);
  assert.deepEqual(drawn(feed, { open: new Set([1]) }), [3, { round: 2, at: 50 }, fold, 2, 1]);
  assert.equal(feed.lines()[2].isOpen, false);
  assert.equal(feed.lines({ open: new Set([1]) })[2].isOpen, true);
});

test("an older round whose ends nobody has seen spans its triggers", () => {
  const feed = feedOf(1, 2);
  feed.take(trigger(3), 2, 60);
  assert.deepEqual(drawn(feed)[1], { fold: 1, from: 1, to: 2, triggers: 2 });
});

test("one button's triggers are chosen, with the notes between all", () => {
  const feed = feedOf(1);
  feed.take(trigger(2, { eventType: "b" }), 1, 2);
  feed.note("stopped", 1, 3, 935);
  assert.deepEqual(drawn(feed, { eventType: "b" }), ["stopped", 2]);
  assert.equal(feed.lines()[0].row.presses, 935);
});

test("a row that shows elsewhere is left out", () => {
  const feed = feedOf(1, 2);
  assert.deepEqual(drawn(feed, { without: feed.newest(1) }), [1]);
});

test("the newest trigger is that of the round, and of the button that is named", () => {
  const feed = feedOf(1);
  feed.take(trigger(2, { eventType: "b" }), 1, 2);
  feed.note("stopped", 1, 3, 1);
  assert.deepEqual([feed.newest(1).seq, feed.newest(1, "a").seq], [2, 1]);
  assert.deepEqual([feed.newest(1, "c"), feed.newest(2)], [null, null]);
});

test("a reload forgets nothing", () => {
  const before = new Feed();
  before.began(1, 5);
  before.take(trigger(1), 1, 10);
  const after = new Feed(JSON.parse(JSON.stringify(before.snapshot())));
  assert.deepEqual(drawn(after), [1, { round: 1, at: 5 }]);
  assert.equal(after.take(trigger(1), 1, 20), false);
});

test("what the server has recorded is taken in among what came meanwhile", () => {
  const feed = new Feed();
  feed.take(trigger(3), 1, 30);
  const recorded = { eventType: "a", viewerName: "Nana", outcome: null };
  const triggers = [1, 2, 3].map((seq) => ({ ...recorded, seq, at: seq * 10 }));
  feed.recorded({ round: 1, from: 5, to: null, triggers });
  assert.deepEqual(drawn(feed), [3, 2, 1, { round: 1, at: 5 }]);
  const [live, , old] = feed.triggers;
  assert.deepEqual([live.viewerName, live.people, old.people, old.epoch, old.isBlocked], ["Mika", 3, null, null, false]);
  assert.equal(feed.take(trigger(2), 1, 99), false);
});

test("what the server recorded of a round's time gives way to what was seen", () => {
  const feed = new Feed();
  feed.began(1, 5);
  feed.recorded({ round: 1, from: 4, to: null, triggers: [] });
  assert.deepEqual(drawn(feed), [{ round: 1, at: 5 }]);
});

test("of very many triggers the newest stay", () => {
  const feed = feedOf(...Array.from({ length: 301 }, (_, n) => n + 1));
  assert.deepEqual([feed.triggers.length, feed.triggers[0].seq, feed.triggers.at(-1).seq], [300, 301, 2]);
});

test("a trigger is of the round that runs, or of the next one where it comes before that begins here", () => {
  assert.deepEqual(["in_game", "active", "ended"].map((status) => roundOf({ status, round: 3 })), [3, 4, 4]);
});
