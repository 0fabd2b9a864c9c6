import assert from "node:assert/strict";
import { test } from "node:test";

import { TriggerFeed, waitOf, whoOf } from "../../../api_service/pages/web/console/live/feed.js";

const trigger = (seq, values = {}) => ({
  ...{ eventType: "a", viewerName: "Mika", people: 3, epoch: 1, seq, byStreamer: false },
  ...values,
});
const streamers = (seq, values = {}) => trigger(seq, { viewerName: null, byStreamer: true, ...values });

/** A feed with these triggers of round 1, each taken at its number. */
function feedOf(...seqs) {
  const feed = new TriggerFeed();
  for (const seq of seqs) feed.take(inRound(1, trigger(seq)), seq);
  return feed;
}

/** What it draws, in short. */
const drawn = (feed, options) =>
  feed.lines(options).map(({ row, fold, round, at, from, to, triggers }) => {
    if (row) return row.note ?? row.seq;
    return fold ? { fold, from, to, triggers } : { round, at };
  });

const inRound = (round, trigger) => ({ ...trigger, round });

const seqs = (feed) => feed.triggers.map(({ seq }) => seq);

test("triggers stand newest first, in the order of their numbers", () => {
  assert.deepEqual(seqs(feedOf(1, 3, 2)), [3, 2, 1]);
});

test("numbers go before times; of another epoch, and of notes, the time goes", () => {
  const feed = new TriggerFeed();
  feed.take(inRound(1, trigger(2)), 10);
  feed.take(inRound(1, trigger(1)), 20);
  feed.take(inRound(1, trigger(1, { epoch: 2 })), 15);
  assert.deepEqual(feed.triggers.map(({ epoch, seq }) => [epoch, seq]), [[2, 1], [1, 2], [1, 1]]);
  feed.note("stopped", 1, 12, 3);
  feed.note("resumed", 1, 16);
  const notes = feed.lines().map(({ row }) => row.note ?? `${row.epoch}-${row.seq}`);
  assert.deepEqual(notes, ["resumed", "2-1", "stopped", "1-2", "1-1"]);
});

test("of what happens at the same time the last stands above", () => {
  const feed = feedOf(1);
  feed.note("stopped", 1, 1, 3);
  feed.take(inRound(1, trigger(1, { epoch: 2 })), 1);
  assert.deepEqual(feed.lines().map(({ row }) => row.note ?? row.epoch), [2, "stopped", 1]);
});

test("a trigger that comes from two sources is one", () => {
  const feed = feedOf(1);
  assert.equal(feed.take(inRound(1, trigger(1, { viewerName: "Nana" })), 5), false);
  assert.equal(feed.take(inRound(1, trigger(1, { epoch: 2 })), 5), true);
  assert.deepEqual(feed.triggers.map(({ epoch, viewerName }) => [epoch, viewerName]), [[2, "Mika"], [1, "Mika"]]);
});

test("a trigger has the time at which it came, by this page's clock", () => {
  const feed = new TriggerFeed();
  feed.take(inRound(2, trigger(1, { firedAt: 40 })), 50);
  const rows = feed.triggers.map(({ at, round, outcome, isBlocked, by }) => [at, round, outcome, isBlocked, by]);
  assert.deepEqual(rows, [[50, 2, null, false, null]]);
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
  const feed = new TriggerFeed();
  feed.began(1, 5);
  feed.take(inRound(1, trigger(1)), 10);
  feed.began(1, 20);
  assert.deepEqual(drawn(feed), [1, { round: 1, at: 5 }]);
});

test("when a round began is known better later, and never before the one before it ended", () => {
  const feed = new TriggerFeed();
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
  const feed = new TriggerFeed();
  feed.began(1, 5);
  feed.take(inRound(1, trigger(1)), 10);
  feed.take(inRound(1, trigger(2)), 20);
  feed.ended(1, 30);
  feed.ended(1, 40);
  feed.began(2, 50);
  feed.take(inRound(2, trigger(3)), 60);
  const fold = { fold: 1, from: 5, to: 30, triggers: 2 };
  assert.deepEqual(drawn(feed), [3, { round: 2, at: 50 }, fold]);
  assert.deepEqual(drawn(feed, { open: new Set([1]) }), [3, { round: 2, at: 50 }, fold, 2, 1]);
  assert.equal(feed.lines()[2].isOpen, false);
  assert.equal(feed.lines({ open: new Set([1]) })[2].isOpen, true);
});

test("an older round in which nothing fired counts no trigger", () => {
  const feed = new TriggerFeed();
  feed.began(1, 1_000);
  feed.ended(1, 9_000);
  feed.began(2, 10_000);
  assert.deepEqual(feed.lines()[1], { fold: 1, from: 1_000, to: 9_000, triggers: 0, isOpen: false });
});

test("an older round whose ends nobody has seen spans its triggers", () => {
  const feed = feedOf(1, 2);
  feed.take(inRound(2, trigger(3)), 60);
  assert.deepEqual(drawn(feed)[1], { fold: 1, from: 1, to: 2, triggers: 2 });
});

test("one button's triggers are chosen, with the notes between all", () => {
  const feed = feedOf(1);
  feed.take(inRound(1, trigger(2, { eventType: "b" })), 2);
  feed.note("stopped", 1, 3, 935);
  assert.deepEqual(drawn(feed, { eventType: "b" }), ["stopped", 2]);
  assert.equal(feed.lines()[0].row.count, 935);
});

test("a row that shows elsewhere is left out", () => {
  const feed = feedOf(1, 2);
  assert.deepEqual(drawn(feed, { without: feed.newest(1) }), [1]);
});

test("the newest trigger is that of the round, and of the button that is named", () => {
  const feed = feedOf(1);
  feed.take(inRound(1, trigger(2, { eventType: "b" })), 2);
  feed.note("stopped", 1, 3, 1);
  assert.deepEqual([feed.newest(1).seq, feed.newest(1, "a").seq], [2, 1]);
  assert.deepEqual([feed.newest(1, "c"), feed.newest(2)], [null, null]);
});

test("the newest trigger of viewers is the round's last that no page fired", () => {
  const feed = feedOf(1, 2);
  feed.take(inRound(1, streamers(3)), 3);
  feed.note("stopped", 1, 4, 1);
  assert.equal(feed.newest(1).by, "desk");
  assert.deepEqual([feed.newestOfViewers(1).seq, feed.newestOfViewers(2)], [2, null]);
});

test("a reload forgets nothing", () => {
  const before = new TriggerFeed();
  before.began(1, 5);
  before.take(inRound(1, trigger(1)), 10);
  const after = new TriggerFeed(JSON.parse(JSON.stringify(before.snapshot())));
  assert.deepEqual(drawn(after), [1, { round: 1, at: 5 }]);
  assert.equal(after.take(inRound(1, trigger(1)), 20), false);
});

test("what the server has recorded is taken in among what came meanwhile", () => {
  const feed = new TriggerFeed();
  feed.take(inRound(1, trigger(3)), 30);
  const recorded = { eventType: "a", viewerName: "Nana", outcome: null };
  const triggers = [1, 2, 3].map((seq) => ({ ...recorded, seq, at: seq * 10 }));
  feed.recorded({ round: 1, from: 5, to: null, triggers });
  assert.deepEqual(drawn(feed), [3, 2, 1, { round: 1, at: 5 }]);
  const [live, , old] = feed.triggers;
  assert.deepEqual([live.viewerName, live.people], ["Mika", 3]);
  assert.deepEqual([old.people, old.epoch, old.isBlocked, old.by], [null, null, false, null]);
  assert.equal(feed.take(inRound(1, trigger(2)), 99), false);
});

const recorded = (seq, at) => ({ eventType: "a", viewerName: "Nana", outcome: null, seq, at });

test("what is recorded of a round stands in it, whatever round runs", () => {
  const feed = new TriggerFeed();
  feed.began(1, 5);
  feed.take(inRound(1, trigger(1)), 10);
  feed.began(2, 2_000);
  feed.take(inRound(2, trigger(3)), 2_100);
  feed.recorded({ round: 1, from: 4, to: 40, triggers: [recorded(1, 10), recorded(2, 30)] });
  const fold = { fold: 1, from: 5, to: 40, triggers: 2 };
  assert.deepEqual(drawn(feed, { open: new Set([1]) }), [3, { round: 2, at: 2_000 }, fold, 2, 1]);
});

test("what is recorded stands by its number among what came, whose time is a little later", () => {
  const feed = feedOf(2);
  feed.recorded({ round: 1, from: 0, to: null, triggers: [recorded(1, 9), recorded(3, 1)] });
  assert.deepEqual(seqs(feed), [3, 2, 1]);
});

test("numbers begin anew with an epoch, so those of another round are others", () => {
  const feed = new TriggerFeed();
  feed.recorded({ round: 1, from: 5, to: 20, triggers: [recorded(1, 10)] });
  assert.equal(feed.take(inRound(2, trigger(1, { epoch: 2 })), 30), true);
  feed.recorded({ round: 3, from: 40, to: null, triggers: [recorded(1, 50)] });
  assert.deepEqual(feed.triggers.map(({ round }) => round), [3, 2, 1]);
});

test("as many are lacking of a round as fired and are neither here nor too old", () => {
  const feed = feedOf(1, 2);
  feed.note("stopped", 1, 3, 935);
  feed.take(inRound(2, trigger(3)), 60);
  assert.deepEqual([feed.lacking(1, 2), feed.lacking(1, 5), feed.lacking(1, 1), feed.lacking(2, 2)], [0, 3, 0, 1]);
  assert.equal(feed.lacking(1, 400), 298);
});

test("a round whose end was neither seen nor recorded was missed", () => {
  const feed = new TriggerFeed();
  assert.deepEqual([feed.hasMissed(0), feed.hasMissed(1)], [false, true]);
  feed.began(1, 5);
  assert.equal(feed.hasMissed(1), true);
  feed.recorded({ round: 1, from: 5, to: 30, triggers: [] });
  assert.equal(feed.hasMissed(1), false);
  feed.began(2, 40);
  feed.ended(2, 50);
  assert.equal(feed.hasMissed(2), false);
});

test("the streamer's next trigger is this page's, where it has just fired the button, and others are another page's", () => {
  const feed = new TriggerFeed();
  feed.expect("a", 0);
  feed.take(inRound(1, trigger(1, { viewerName: null })), 10); // the viewers hide their names, or have none
  feed.take(inRound(1, streamers(2, { eventType: "b" })), 20);
  feed.take(inRound(1, streamers(3)), 5_000);
  feed.take(inRound(1, streamers(4, { people: 20 })), 5_000);
  assert.deepEqual(feed.triggers.map(({ by }) => by), ["desk", "here", "desk", null]);
});

test("of what this page fired nothing is expected once it was refused, or after some seconds", () => {
  const feed = new TriggerFeed();
  for (const type of ["a", "b"]) feed.expect(type, 0);
  assert.deepEqual([feed.expectNot("a"), feed.expectNot("a")], [true, false]);
  feed.take(inRound(1, streamers(1)), 1);
  feed.take(inRound(1, streamers(2, { eventType: "b" })), 5_001);
  assert.deepEqual(feed.triggers.map(({ by }) => by), ["desk", "desk"]);
});

const state = (values) => ({ status: "in_game", round: 1, paused: false, stopped: false, triggersPerMinute: 12, ...values });
const notes = (feed) => feed.lines().flatMap(({ row }) => (row?.note ? [[row.note, row.at, row.count]] : []));

test("pauses, stops and moods of a round are lines of their own", () => {
  const feed = new TriggerFeed();
  feed.follow(state({ triggersPerMinute: undefined }), 0); // the settings are still to come
  feed.follow(state(), 1);
  feed.follow(state({ paused: true }), 2);
  feed.follow(state({ paused: true }), 3);
  feed.follow(state(), 4);
  feed.follow(state({ paused: true, stopped: true, triggersPerMinute: 60 }), 5);
  const lines = [["mood", 5, 60], ["stopped", 5, null], ["resumed", 4, null], ["paused", 2, null]];
  assert.deepEqual(notes(feed).sort(), lines.sort());
});

test("a new round begins without such lines", () => {
  const feed = new TriggerFeed();
  feed.follow(state({ paused: true }), 1);
  feed.follow(state({ status: "ended" }), 2);
  feed.follow(state({ round: 2, triggersPerMinute: 4 }), 3);
  feed.follow(state({ round: 3, paused: true }), 4);
  assert.deepEqual(notes(feed), []);
});

test("a stop is one line, whether the room or the answer tells it first", () => {
  const feed = new TriggerFeed();
  feed.follow(state(), 1);
  feed.follow(state({ paused: true, stopped: true }), 2);
  feed.note("stopped", 1, 3, 935);
  assert.deepEqual(notes(feed), [["stopped", 2, 935]]);
  feed.follow(state(), 4);
  feed.note("stopped", 1, 5, 7);
  feed.follow(state({ paused: true, stopped: true }), 6);
  assert.deepEqual(notes(feed), [["stopped", 5, 7], ["resumed", 4, null], ["stopped", 2, 935]]);
});

test("a trigger that was recorded has the epoch of its round's others", () => {
  const feed = new TriggerFeed();
  feed.recorded({ round: 1, from: 0, to: null, triggers: [recorded(2, 9)] });
  const [row] = feed.triggers;
  assert.equal(feed.epochOf(row), null);
  feed.take(inRound(2, trigger(9, { epoch: 7 })), 10);
  assert.equal(feed.epochOf(row), null);
  feed.take(inRound(1, trigger(1, { epoch: 3 })), 11);
  assert.deepEqual(feed.triggers.map((each) => feed.epochOf(each)).sort(), [3, 3, 7]);
});

test("what the server recorded of a round's time gives way to what was seen", () => {
  const feed = new TriggerFeed();
  feed.began(1, 5);
  feed.recorded({ round: 1, from: 4, to: null, triggers: [] });
  assert.deepEqual(drawn(feed), [{ round: 1, at: 5 }]);
});

test("of very many triggers the newest stay", () => {
  const feed = feedOf(...Array.from({ length: 301 }, (_, n) => n + 1));
  assert.deepEqual([feed.triggers.length, feed.triggers[0].seq, feed.triggers.at(-1).seq], [300, 301, 2]);
});

test("notes leave no trigger out, and go with the triggers below them", () => {
  const feed = new TriggerFeed();
  feed.note("stopped", 1, 0, 3);
  for (let seq = 1; seq <= 300; seq += 1) feed.take(inRound(1, trigger(seq)), seq);
  feed.note("resumed", 1, 301);
  assert.deepEqual([feed.triggers.length, feed.lines().length], [300, 301]);
});

test("an older round counts what fired in it, also what is too old to be kept", () => {
  const feed = new TriggerFeed();
  feed.counted(1, 7); // a round that nobody knows
  feed.began(1, 0);
  feed.take(inRound(1, trigger(1)), 1);
  feed.counted(1, 500);
  feed.counted(1, 499);
  feed.ended(1, 2);
  feed.began(2, 10);
  assert.deepEqual(drawn(feed)[1], { fold: 1, from: 0, to: 2, triggers: 500 });
});

test("an older round counts all that is recorded of it", () => {
  const feed = new TriggerFeed();
  const triggers = Array.from({ length: 301 }, (_, n) => recorded(n + 1, n));
  feed.recorded({ round: 1, from: 0, to: 400, triggers });
  feed.began(2, 500);
  assert.equal(drawn(feed)[1].triggers, 301);
});

test("a round begins before whatever happened in it", () => {
  const feed = new TriggerFeed();
  feed.take(inRound(1, trigger(1)), 10);
  feed.began(1, 20);
  assert.deepEqual(drawn(feed), [1, { round: 1, at: 10 }]);
});

const AT = 1_000_000;
const wait = (after, outcome = null) => waitOf({ at: AT, outcome }, AT + after);

test("a trigger's moment on the overlay runs down", () => {
  assert.deepEqual(wait(0), { says: [], share: 1, next: AT + 250 });
  assert.deepEqual(wait(1_350), { says: [], share: 0.5, next: AT + 1_600 });
  assert.equal(wait(2_600).next, AT + 2_700);
  assert.deepEqual(wait(2_700), { says: [], share: 0, next: Infinity });
});

test("a trigger whose clock is ahead has its whole moment", () => {
  assert.equal(wait(-500).share, 1);
});

test("an effect that lasts is counted down instead", () => {
  const outcome = { status: "started", endsAt: AT + 10_500, since: AT + 500 };
  assert.deepEqual(wait(3_000, outcome), { says: ["seconds", 8], share: 0.75, next: AT + 3_500 });
  assert.deepEqual(wait(10_500, outcome), { says: [], share: 0, next: Infinity });
});

test("how a trigger ended is said", () => {
  assert.deepEqual(wait(5_000, { status: "done", endsAt: null }).says, ["done"]);
  assert.deepEqual(wait(0, { status: "failed", endsAt: null }).says, ["failed"]);
  assert.deepEqual(wait(5_000, { status: "started", endsAt: null }).says, []);
});

const TEXTS = { with_others: (name, n) => `${name} +${n}`, people: (n) => `${n} people`, by_you: "you", by_you_with: (n) => `you, ${n}`, by_desk: "desk" };
const who = (viewerName, people, by = null) => whoOf({ viewerName, people, by }, TEXTS);

test("who set a trigger off is named, and how many others pressed", () => {
  assert.deepEqual([who("Mika", 3), who("Mika", 2), who("Mika", 1), who("Mika", null)], ["Mika +2", "Mika +1", "Mika", "Mika"]);
});

test("without a name there is a number of people", () => {
  assert.deepEqual([who(null, 3), who(null, 1)], ["3 people", "1 people"]);
});

test("where nobody knows who it was nothing is said", () => {
  assert.equal(who(null, null), "–");
});

test("what this page fired says so, and who had pressed before", () => {
  assert.deepEqual([who(null, 0, "here"), who(null, 20, "here")], ["you", "you, 20"]);
});

test("what another page fired says so, whoever had pressed before", () => {
  assert.deepEqual([who(null, 0, "desk"), who(null, 20, "desk")], ["desk", "desk"]);
});
