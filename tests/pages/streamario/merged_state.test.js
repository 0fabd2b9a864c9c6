import assert from "node:assert/strict";
import { test } from "node:test";

import { logicalNow } from "../../../clients/web/streamario/board.js";
import { MergedState } from "../../../clients/web/streamario/merged_state.js";
import { stopTime } from "../time.js";
import { INVITATION, pending, room, setting, settings, stat, stats } from "./room.js";

const ROUND = ["roundBegan", "roundOver", "configured", "paced", "counted"];
const EFFECTS = [...ROUND, "triggered", "answered", "arrived", "previewed", "forgot"];

/** A state, and what it has called since the last time that this was asked. */
function merged() {
  const called = [];
  const note = (name) => [name, (...given) => called.push([name, ...given])];
  const state = new MergedState(Object.fromEntries([...EFFECTS, "doubted", "changed"].map(note)));
  return { state, called: () => called.splice(0) };
}

/** A state in the first round, with the buttons a and b. */
function playing(values) {
  const context = merged();
  context.state.takeRoom(room(values), logicalNow());
  context.called();
  return context;
}

const names = (called) => called.map(([name]) => name);
const countOf = (state) => state.board.views(pending(), state.lasting)[0].count;
const trigger = (epoch, seq, name = "Mika") => ({
  ...{ type: "trigger", event_type: "a", viewer_name: name, epoch, seq },
  ...{ people: 1, trigger_count: 5, by_streamer: false },
});

test("before the first answer nobody is there, and no button can be pressed", () => {
  const { state } = merged();
  assert.deepEqual([state.status, state.round, state.viewerCount, state.isDoubtful], ["loading", 0, 0, false]);
  state.hear({ type: "status", status: "active", round: 0, paused: false });
  assert.deepEqual([state.openRound, state.awaitsGame], [0, false]);
});

test("until an answer tells that the game is there, a room whose first press starts the round waits for it", () => {
  const { state } = merged();
  state.hear({ type: "settings", settings: settings([setting("a")], { starts: "press" }) });
  state.hear({ type: "status", status: "active", round: 0, paused: false });
  assert.deepEqual([state.openRound, state.awaitsGame], [0, true]);
});

test("the first answer tells the room", () => {
  const { state, called } = merged();
  state.takeRoom(room(), logicalNow());
  assert.deepEqual([state.status, state.round, state.openRound, state.isPaused], ["in_game", 1, 1, false]);
  assert.deepEqual([state.viewerCount, state.code, state.board.title], [3, "ABCD", "Duel"]);
  assert.deepEqual(called(), [["configured"], ["roundBegan", 1]]);
});

test("a room whose first press starts the round is open once its game is there", () => {
  const { state } = merged();
  const waiting = { status: "active", round: 4, settings: settings([setting("a")], { starts: "press" }) };
  state.takeRoom(room({ ...waiting, game_connected: false }), logicalNow());
  assert.deepEqual([state.openRound, state.awaitsGame], [0, true]);
  state.takeRoom(room(waiting), logicalNow());
  assert.deepEqual([state.openRound, state.awaitsGame], [5, false]);
});

test("a room whose game starts the round waits for nothing, and a round that has ended takes no press", () => {
  const { state } = playing({ status: "active", game_connected: false });
  assert.deepEqual([state.openRound, state.awaitsGame], [0, false]);
  state.takeRoom(room({ status: "ended", settings: settings([], { starts: "press" }) }), logicalNow());
  assert.deepEqual([state.openRound, state.awaitsGame], [0, false]);
});

test("the server's limit of a round is told in ms", () => {
  const { state } = playing({ settings: settings([], { round_limit_s: 90 }) });
  assert.equal(state.roundLimitMs, 90_000);
});

test("a round's end is on the page's clock, once the server's is known", async (t) => {
  const passes = stopTime(t);
  const { state } = playing({ round_ends_at: Date.now() + 5_000 });
  assert.deepEqual([state.roundEndsAt, state.roundLeftMs], [null, null]);
  await passes(100);
  state.takeStats(stats([], { time: new Date(Date.now()).toISOString() }), logicalNow());
  assert.equal(state.roundEndsAt, 5_000);
  state.takeRoom(room({ paused: true, round_left_ms: 700 }), logicalNow());
  assert.deepEqual([state.roundEndsAt, state.roundLeftMs], [null, 700]);
});

test("a stop is known from an answer and from the socket, and an older server tells of none", () => {
  const { state, called } = merged();
  state.takeRoom(room({ paused: true, stopped: true }), logicalNow());
  assert.equal(state.isStopped, true);
  const status = { type: "status", status: "in_game", round: 1, paused: true };
  const before = state.progress;
  state.hear({ ...status, stopped: false });
  assert.deepEqual([state.isPaused, state.isStopped, state.progress === before], [true, false, false]);
  state.hear({ ...status, stopped: true });
  state.hear(status);
  assert.equal(state.isStopped, false);
  state.hear({ ...status, stopped: true });
  state.hear({ type: "game_over", round: 1 });
  assert.equal(state.isStopped, false);
  called();
});

test("an answer from before a status is not taken where it is behind, and the state is doubtful", () => {
  const { state, called } = merged();
  const early = logicalNow();
  state.takeRoom(room(), logicalNow());
  state.hear({ type: "game_over", round: 1 });
  called();
  state.takeRoom(room(), early);
  assert.deepEqual([state.status, state.isDoubtful], ["ended", true]);
  assert.ok(names(called()).includes("doubted"));
  state.takeRoom(room({ status: "ended" }), logicalNow());
  assert.equal(state.isDoubtful, false);
});

test("an answer that is surely newer may go back, as after a loss of the server's data", () => {
  const { state } = playing({ round: 3 });
  state.takeRoom(room({ round: 2 }), logicalNow());
  assert.deepEqual([state.round, state.isDoubtful], [2, false]);
});

test("an old answer with the same progress does not undo a pause; a message does", () => {
  const { state } = merged();
  const early = logicalNow();
  state.takeRoom(room({ paused: true }), logicalNow());
  state.takeRoom(room(), early);
  assert.equal(state.isPaused, true);
  state.hear({ type: "status", status: "in_game", round: 1, paused: false });
  assert.equal(state.isPaused, false);
  state.hear({ type: "status", status: "in_game", round: 1, paused: true });
  assert.equal(state.isPaused, true);
});

test("an old answer that is ahead is taken", () => {
  const { state } = merged();
  const early = logicalNow();
  state.takeRoom(room(), logicalNow());
  state.takeRoom(room({ status: "ended" }), early);
  assert.equal(state.status, "ended");
});

test("the room that follows an ended one is known from an answer and from the socket, until a round begins", () => {
  const { state } = merged();
  state.takeRoom(room({ status: "ended", next_room_id: "NEXT" }), logicalNow());
  assert.equal(state.nextRoomId, "NEXT");
  state.hear({ type: "status", status: "in_game", round: 2, paused: false, next_room_id: null });
  assert.equal(state.nextRoomId, null);
  state.hear({ type: "status", status: "ended", round: 2, paused: false, next_room_id: "OTHER" });
  assert.equal(state.nextRoomId, "OTHER");
});

test("an invitation is the same object until it is another", () => {
  const { state } = playing();
  const { invitation } = state;
  assert.deepEqual(invitation, INVITATION);
  state.takeRoom(room(), logicalNow());
  assert.equal(state.invitation, invitation);
  state.takeRoom(room({ invitation: { ...INVITATION, url: "http://api/@luna", handle: "luna" } }), logicalNow());
  assert.equal(state.invitation.handle, "luna");
  state.takeRoom(room({ invitation: undefined }), logicalNow()); // an older server
  assert.equal(state.invitation, null);
});

test("the page notes when it saw the round end, once", async (t) => {
  const passes = stopTime(t);
  const { state, called } = playing();
  assert.equal(state.endedAt, -Infinity);
  await passes(500);
  state.hear({ type: "game_over", round: 1 });
  assert.deepEqual([state.status, state.endedAt, state.isPaused], ["ended", 500, false]);
  assert.deepEqual(names(called()), ["roundOver"]);
  await passes(500);
  state.takeRoom(room({ status: "ended" }), logicalNow());
  assert.equal(state.endedAt, 500);
});

test("a running round is not over", () => {
  const { state, called } = playing();
  state.hear({ type: "status", status: "in_game", round: 1, paused: true });
  assert.deepEqual(called(), []);
});

test("a new round clears the board, and answers from before it change no counts", () => {
  const { state, called } = playing();
  state.takeStats(stats([stat("a", 4)]), logicalNow());
  const early = logicalNow();
  state.hear({ type: "status", status: "in_game", round: 2, paused: false });
  assert.equal(countOf(state), 0);
  assert.deepEqual(called().at(-1), ["roundBegan", 2]);
  state.takeStats(stats([stat("a", 5)]), early);
  assert.equal(countOf(state), 0);
  assert.equal(state.viewerCount, 3);
  state.takeStats(stats([stat("a", 1)]), logicalNow());
  assert.equal(countOf(state), 1);
});

test("counts are told to whoever gathers presses, with the time to gather for", () => {
  const { state, called } = playing();
  state.takeStats(stats([stat("a", 4)], { viewer_count: 9, send_every_ms: 700 }), logicalNow());
  assert.deepEqual(called(), [["paced", 700], ["counted"]]);
  assert.equal(state.viewerCount, 9);
});

test("counts that contradict the board are doubted", () => {
  const { state, called } = playing();
  state.takeStats(stats([stat("c", 1)]), logicalNow());
  assert.deepEqual(names(called()), ["paced", "counted", "doubted"]);
  assert.equal(state.isDoubtful, true);
});

test("the socket's counts are of the round that it last named", () => {
  const { state } = playing();
  state.hear({ type: "stats", status: "in_game", round: 1, paused: false, ...stats([stat("a", 2)]) });
  assert.equal(countOf(state), 2);
  state.hear({ type: "stats_update", ...stats([stat("a", 3)]) });
  assert.equal(countOf(state), 3);
  state.hear({ type: "stats_update", round: 2, ...stats([stat("a", 9)]) });
  assert.equal(countOf(state), 3);
});

test("the socket's first message begins anew: no effects, no names", () => {
  const { state, called } = playing();
  state.hear(trigger(1, 1));
  state.hear({ type: "effect", event_type: "a", epoch: 1, seq: 1, status: "started", ends_at: Date.now() });
  called();
  state.hear({ type: "stats", status: "in_game", round: 1, paused: false, ...stats([]) });
  assert.equal(state.board.views(pending(), state.lasting)[0].lastTippedBy, null);
  assert.ok(names(called()).includes("forgot"));
});

test("an effect is told as pages get it, and lasts", (t) => {
  stopTime(t);
  const { state, called } = playing();
  state.takeStats(stats([], { time: new Date(Date.now()).toISOString() }), logicalNow());
  called();
  const event = { event_type: "a", epoch: 1, seq: 1, viewer_name: "Mika", status: "started", returned: 0 };
  state.hear({ type: "effect", ...event, reason: null, ends_at: Date.now() + 500 });
  assert.equal(state.lasting.of("a")[0].endsAt, 500);
  assert.deepEqual(names(called()), ["answered"]);
  state.lasting.stop();
});

test("a page is told when an effect has ended by itself", async (t) => {
  const passes = stopTime(t);
  const { state, called } = playing();
  state.takeStats(stats([], { time: new Date(Date.now()).toISOString() }), logicalNow());
  const event = { event_type: "a", epoch: 1, seq: 1, viewer_name: "Mika", status: "started", returned: 0 };
  state.hear({ type: "effect", ...event, reason: null, ends_at: Date.now() + 500 });
  called();
  await passes(500);
  assert.deepEqual(called(), [["changed"]]);
});

test("each trigger is told once, in its order", () => {
  const { state, called } = playing();
  state.hear(trigger(2, 5));
  const event = { eventType: "a", viewerName: "Mika", epoch: 2, seq: 5, people: 1, presses: 5, byStreamer: false, round: 0 };
  assert.deepEqual(called(), [["triggered", event]]);
  for (const [epoch, seq] of [
    [2, 5],
    [2, 4],
    [1, 9],
  ]) {
    state.hear(trigger(epoch, seq));
  }
  assert.deepEqual(called(), []);
  state.hear(trigger(2, 6));
  state.hear(trigger(3, 1));
  assert.deepEqual(
    called().map(([, { epoch, seq }]) => [epoch, seq]),
    [
      [2, 6],
      [3, 1],
    ],
  );
});

test("a trigger tells how many people and presses were in it, whether the streamer fired it, and its round", () => {
  const { state, called } = playing();
  state.hear({ ...trigger(1, 1), people: 87, trigger_count: 340, by_streamer: true, round: 4 });
  state.hear(trigger(1, 2)); // a gateway of an older release tells no round
  assert.deepEqual(
    called().map(([, { people, presses, byStreamer, round }]) => [people, presses, byStreamer, round]),
    [
      [87, 340, true, 4],
      [1, 5, false, 4],
    ],
  );
});

test("who arrives is told, unless the room hides names, and how many there are then", () => {
  const { state, called } = playing({ status: "active", round: 0 });
  state.hear({ type: "arrived", names: ["Mika", "Sora"], viewer_count: 9 });
  assert.deepEqual(called(), [["arrived", { names: ["Mika", "Sora"], viewerCount: 9 }]]);
  assert.equal(state.viewerCount, 9);
  state.hear({ type: "settings", settings: settings([setting("a")], { show_names: false }) });
  called();
  state.hear({ type: "arrived", names: ["Mika"], viewer_count: 10 });
  assert.deepEqual([state.viewerCount, called()], [10, []]);
});

test("a button that its streamer tries is told", () => {
  const { state, called } = playing();
  state.hear({ type: "preview", event_type: "a", viewer_name: null });
  assert.deepEqual(called(), [["previewed", { eventType: "a", viewerName: null }]]);
});

test("the countdown is known from the first answer, and from the socket", (t) => {
  stopTime(t);
  const begun = { started_at: new Date(Date.now() - 1_000).toISOString(), opened_by_press: false };
  const { state } = playing({ ...begun, time: new Date().toISOString() });
  assert.equal(state.countdown.endsAt, 2_000);
  const other = merged().state;
  other.hear({ type: "status", status: "in_game", round: 1, paused: false, ...begun, time: new Date().toISOString() });
  assert.equal(other.countdown.endsAt, 2_000);
  const third = merged().state;
  const time = new Date().toISOString();
  third.hear({ type: "stats", status: "in_game", round: 1, paused: false, ...begun, ...stats([], { time }) });
  assert.equal(third.countdown.endsAt, 2_000);
});

test("that a countdown is over is told, also where the socket's first message began it", async (t) => {
  const passes = stopTime(t);
  const { state, called } = merged();
  const time = new Date().toISOString();
  const begun = { status: "in_game", round: 1, paused: false, started_at: time, opened_by_press: false };
  state.hear({ type: "stats", ...begun, ...stats([], { time }) });
  await passes(2_999);
  assert.equal(names(called()).includes("changed"), false);
  await passes(1);
  assert.deepEqual(names(called()), ["changed"]);
});

test("a trigger shows who tipped it, unless the room hides names", () => {
  const { state, called } = playing();
  const tippedBy = () => state.board.views(pending(), state.lasting)[0].lastTippedBy;
  state.hear(trigger(1, 1));
  assert.equal(tippedBy(), "Mika");
  called();
  state.hear({ type: "settings", settings: settings([setting("a")], { show_names: false }) });
  assert.deepEqual([tippedBy(), names(called())], [null, ["forgot", "configured"]]);
  state.hear(trigger(1, 2));
  assert.equal(tippedBy(), null);
  state.hear({ type: "settings", settings: settings([setting("a")]) });
  assert.deepEqual(names(called()).includes("forgot"), false);
});

test("settings of an old answer do not replace those of the socket", () => {
  const { state } = playing();
  const early = logicalNow();
  state.hear({ type: "settings", settings: settings([], { title: "New" }) });
  state.takeRoom(room(), early);
  assert.equal(state.board.title, "New");
  state.takeRoom(room(), logicalNow());
  assert.equal(state.board.title, "Duel");
});

test("a rank is the first that the socket reported no greater count for", () => {
  const { state } = playing();
  const places = [
    { place: 1, count: 50 },
    { place: 2, count: 40 },
    { place: 10, count: 20 },
    { place: 20, count: 10 },
  ];
  state.hear({ type: "places", round: 1, places });
  const ranks = [60, 50, 45, 40, 30, 15, 20].map((presses) => state.rankOf(presses));
  assert.deepEqual(ranks, [1, 1, 2, 2, 3, 20, 3]);
  assert.equal(state.rankOf(5), null);
  assert.equal(state.rankOf(0), null);
  state.hear({ type: "places", round: 1, places: [] });
  assert.equal(state.rankOf(60), null);
  state.hear({ type: "places", round: 2, places });
  assert.equal(state.rankOf(60), null);
});

test("each of the first ten has a rank", () => {
  const { state } = playing();
  const places = Array.from({ length: 10 }, (_, n) => ({ place: n + 1, count: 100 - n }));
  state.hear({ type: "places", round: 1, places });
  const ranks = places.map(({ count }) => state.rankOf(count));
  assert.deepEqual(ranks, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test("nobody's rank is told behind the last hundred", () => {
  const { state } = playing();
  state.hear({ type: "places", round: 1, places: [{ place: 100, count: 7 }] });
  assert.deepEqual([state.rankOf(7), state.rankOf(6)], [1, null]);
});

const counted = (round, values) => ({
  ...{ round, accepted: 2, duplicate: false, ...stats([stat("a", 2)]) },
  ...{ event_results: [{ event_type: "a", accepted: 2, triggers_fired: 0 }], ...values },
});

test("the answer to a batch counts in its round, also if it was sent before the page knew of that", () => {
  const { state } = playing();
  const early = logicalNow();
  state.hear({ type: "status", status: "in_game", round: 2, paused: false });
  assert.equal(state.takeCounted(counted(2), early), true);
  assert.equal(countOf(state), 2);
  assert.equal(state.board.views(pending(), state.lasting)[0].mine, 2);
  assert.equal(state.takeCounted(counted(1), logicalNow()), false);
});

test("the answer to a batch may tell that the next round has begun", () => {
  const { state, called } = playing({ status: "active", round: 0 });
  assert.equal(state.takeCounted(counted(1), logicalNow()), true);
  assert.deepEqual([state.status, state.round, state.isPaused], ["in_game", 1, false]);
  assert.ok(names(called()).includes("roundBegan"));
});

test("a batch that came after its round's end tells that end", () => {
  const { state } = playing();
  assert.equal(state.takeEnd(1, logicalNow()), true);
  assert.deepEqual([state.status, state.isPaused], ["ended", false]);
  state.takeRoom(room({ round: 2 }), logicalNow());
  const early = logicalNow() - 10;
  assert.equal(state.takeEnd(1, early), false);
  assert.deepEqual([state.status, state.round], ["in_game", 2]);
  state.hear({ type: "game_over", round: 2 });
  assert.equal(state.takeEnd(1, early), false);
});

test("a room that there is not ends its round", () => {
  const { state, called } = playing();
  state.miss();
  assert.equal(state.status, "missing");
  assert.deepEqual(called(), [["roundOver"]]);
});

test("the progress tells any change that the socket would tell", () => {
  const { state } = playing();
  const seen = new Set([state.progress]);
  state.hear({ type: "status", status: "in_game", round: 1, paused: true });
  seen.add(state.progress);
  state.takeStats(stats([stat("a", 2)]), logicalNow());
  seen.add(state.progress);
  state.hear({ type: "game_over", round: 1 });
  seen.add(state.progress);
  assert.equal(seen.size, 4);
});

test("a message of a type that this release does not know changes nothing", () => {
  const { state, called } = playing();
  state.hear({ type: "confetti" });
  assert.deepEqual(called(), []);
});

test("before the first answer nothing is paused or stopped, and no round has a limit", () => {
  const { state } = merged();
  assert.deepEqual([state.isPaused, state.isStopped, state.roundLimitMs], [false, false, 0]);
});

test("the socket reports the twentieth, the fiftieth and the hundredth behind the first ten", () => {
  const { state } = playing();
  const places = [10, 20, 50, 100].map((place) => ({ place, count: 1_000 / place }));
  state.hear({ type: "places", round: 1, places });
  assert.deepEqual([99, 49, 19, 9].map((presses) => state.rankOf(presses)), [20, 50, 100, null]);
});

test("whoever pressed once has a rank, and a tenth has one though fewer have pressed", () => {
  const { state } = playing();
  state.hear({ type: "places", round: 1, places: [{ place: 9, count: 5 }] });
  assert.deepEqual([state.rankOf(1), state.rankOf(5)], [10, 1]);
});

test("the answer to a batch does not end the pause of its round", () => {
  const { state } = playing();
  state.hear({ type: "status", status: "in_game", round: 1, paused: true });
  state.takeCounted(counted(1), logicalNow());
  assert.equal(state.isPaused, true);
});

test("no effect lasts from before the socket's first message, and nobody is named in one whose names are hidden", (t) => {
  stopTime(t);
  const { state } = playing({ time: new Date().toISOString() });
  const lasting = { type: "effect", event_type: "a", epoch: 1, seq: 1, viewer_name: "Mika", status: "started" };
  const started = () => state.hear({ ...lasting, reason: null, returned: 0, ends_at: Date.now() + 10_000 });
  started();
  assert.deepEqual(state.lasting.of("a").map(({ viewerName }) => viewerName), ["Mika"]);
  state.hear({ type: "settings", settings: settings([setting("a")], { show_names: false }) });
  assert.deepEqual(state.lasting.of("a").map(({ viewerName }) => viewerName), [null]);
  state.hear({ type: "stats", status: "in_game", round: 1, paused: false, ...stats([]) });
  assert.deepEqual(state.lasting.of("a"), []);
});
