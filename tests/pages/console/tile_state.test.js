import assert from "node:assert/strict";
import { test } from "node:test";

import { ButtonSwitch, fitOf, tileOf } from "../../../api_service/pages/web/console/live/tile_state.js";
import { StreamarioError } from "../../../clients/web/streamario.js";
import { happened, stopTime } from "../time.js";

const BUTTON = {
  ...{ enabled: true, available: true, reason: null, effects: [], count: 96, required: 412, people: 34 },
  ...{ readyAt: 0, cooldownUntil: 0, level: 1, accepted: 500, lastTippedBy: null },
};

/** The tile of a button with these values at 10 s; `seen` is what else is known. */
const tile = (values = {}, seen = {}) => tileOf({ button: { ...BUTTON, ...values }, phase: "running", now: 10_000, ...seen });

/** Its kind, what it lacks and what it says beside that. */
const said = (values, seen) => {
  const { kind, lacks, says } = tile(values, seen);
  return [kind, lacks, says.join(" ")];
};

/** Its last line. */
const line = (values, seen) => {
  const { kind, says } = tile(values, seen).line;
  return [kind, ...says];
};

const FULL = { count: 412 };
const EFFECT = { seq: 7, endsAt: 17_600 };

test("a button says how many presses it lacks, of how many, and how many people are in", () => {
  assert.deepEqual(said(), ["more", 316, "people 34"]);
  assert.deepEqual([tile().share, tile().counted], [96 / 412, { has: 96, needs: 412 }]);
  assert.deepEqual(tile({ people: 0 }).says, []);
});

test("in its last tenth each press is counted down", () => {
  assert.deepEqual(said({ count: 370 }), ["close", 42, "people 34"]);
  assert.deepEqual(said({ count: 369 }), ["more", 43, "people 34"]);
});

test("paused, or without the server, nothing is near", () => {
  assert.deepEqual(said({ count: 404 }, { phase: "paused" }), ["paused", 8, "paused"]);
  assert.deepEqual(said(FULL, { phase: "paused" }), ["paused", 1, "paused"]);
  assert.deepEqual(said({ count: 404 }, { isLost: true }), ["more", 8, "people 34"]);
  assert.deepEqual(said(FULL, { isLost: true }), ["more", 1, "people 34"]);
  assert.deepEqual(line({}, { phase: "paused", last: { viewerName: "Mika" } }), ["", "kept"]);
});

test("a button whose time is slower says in how many seconds it may fire", () => {
  const slow = { count: 500, readyAt: 13_400 };
  assert.deepEqual(said(slow), ["time", 4, "people 34"]);
  const { readyIn, counted, next } = tile(slow);
  assert.deepEqual([readyIn, counted, next], [4, null, 10_400]);
  assert.deepEqual(said({ readyAt: 13_400, cooldownUntil: 13_400 }), ["time", 4, "people 34"]);
});

test("a full button that may fire is fired by the next press", () => {
  assert.deepEqual(said({ ...FULL, readyAt: 10_000 }), ["next", 1, "next_press"]);
  assert.deepEqual([tile(FULL).next, tile({ count: 500 }).counted], [Infinity, { has: 412, needs: 412 }]);
});

test("an effect that lasts runs down, unless the button is near", () => {
  assert.deepEqual(said({ effects: [EFFECT] }), ["lasting", 316, "lasting 1 8"]);
  const { effectShare, next } = tile({ effects: [EFFECT] }, { effectSince: 6_000 });
  assert.deepEqual([effectShare, next], [7_600 / 11_600, 10_600]);
  assert.deepEqual(said({ effects: [EFFECT], count: 411 }), ["close", 1, "people 34"]);
});

test("of several effects the one that ends last is told, and how many there are", () => {
  assert.deepEqual(tile({ effects: [{ seq: 6, endsAt: 11_000 }, EFFECT] }).says, ["lasting", 2, 8]);
});

test("an effect whose beginning nobody has seen begins now, and one that is over is not told", () => {
  assert.equal(tile({ effects: [EFFECT] }).effectShare, 1);
  const over = tile({ effects: [{ seq: 7, endsAt: 10_000 }] });
  assert.deepEqual([over.kind, over.effectShare, over.next], ["more", 0, Infinity]);
});

test("a button that the game cannot use says why", () => {
  const away = { available: false, reason: "Cutscene" };
  assert.deepEqual(said(away), ["unavailable", 316, "not_now"]);
  assert.deepEqual(line(away), ["warn", "reason", "Cutscene"]);
  assert.deepEqual(line({ available: false }), [""]);
});

test("a button that is off is asleep, whatever the round does", () => {
  const off = { enabled: false, available: false };
  assert.deepEqual(said(off, { phase: "stopped" }), ["asleep", null, "asleep"]);
  assert.deepEqual([line(off), tile(off).counted], [["", "unpressable"], null]);
});

test("stopped, a button lies still, lacks all its presses, and tells what was thrown away", () => {
  const seen = { phase: "stopped", discarded: 96, last: { viewerName: "Mika" } };
  assert.deepEqual(said(FULL, seen), ["still", 412, ""]);
  assert.deepEqual([tile(FULL, seen).counted, tile(FULL, seen).share], [{ has: 0, needs: 412 }, 0]);
  assert.deepEqual(line({}, seen), ["", "thrown_away", 96]);
  assert.deepEqual(line({}, { ...seen, discarded: 0 }), [""]);
  assert.deepEqual(line({ available: false, reason: "Cutscene" }, { phase: "stopped" }), [""]);
});

test("once the round is over nobody is in, and nothing is near", () => {
  assert.deepEqual(said(FULL, { phase: "ended" }), ["idle", 1, ""]);
  assert.equal(tile({ available: false }, { phase: "ended" }).kind, "unavailable");
});

test("a button is fired once only while the round runs and the server answers", () => {
  const may = [tile(), tile({}, { phase: "paused" }), tile({}, { isLost: true }), tile({ enabled: false })];
  assert.deepEqual(may.map(({ mayFire }) => mayFire), [true, false, false, false]);
  assert.equal(tile({ available: false }).mayFire, false);
});

test("the last line tells who fired it", () => {
  assert.deepEqual(line({}, { last: { viewerName: "Mika", people: 3 } }), ["", "last", "Mika"]);
  assert.deepEqual(line({ lastTippedBy: "Nana" }), ["", "last", "Nana"]);
  assert.deepEqual(line({ lastTippedBy: "Nana" }, { last: { viewerName: null, people: 3 } }), [""]);
});

test("the last line names nobody while names are hidden", () => {
  const hidden = { hidesNames: true, last: { viewerName: "Mika", people: 3 } };
  assert.deepEqual([line({}, hidden), line({ lastTippedBy: "Nana" }, { hidesNames: true })], [[""], [""]]);
  assert.deepEqual(line({}, { hidesNames: true, last: { viewerName: null, by: "here" } }), ["", "last_here"]);
});

test("the last line tells which page of the streamer fired it", () => {
  assert.deepEqual(line({}, { last: { viewerName: null, by: "desk" } }), ["", "last_desk"]);
});

test("the last line tells what went wrong", () => {
  const outcome = { status: "failed", returned: 389, reason: "Arena locked" };
  assert.deepEqual(line({}, { last: { viewerName: "Mika", outcome } }), ["bad", "failed", 389, "Arena locked"]);
  const done = { status: "done", returned: 0, reason: null };
  assert.deepEqual(line({}, { last: { viewerName: "Mika", outcome: done } }), ["", "last", "Mika"]);
});

test("nobody yet is said where nobody has pressed in this round", () => {
  assert.deepEqual(line({ accepted: 0 }), ["", "nobody_yet"]);
  assert.deepEqual(line({ accepted: 1 }), [""]);
});

test("a wait of two seconds is not said of a full button", () => {
  assert.equal(tile({ ...FULL, readyAt: 12_000 }).kind, "next");
});

test("what counts down asks to be drawn again", () => {
  assert.equal(tile({ ...FULL, readyAt: 9_000 }).next, Infinity);
  assert.equal(tile({ ...FULL, readyAt: 12_500, effects: [EFFECT] }).next, 10_500);
});

test("what this page fired says so, though viewers had pressed", () => {
  assert.deepEqual(line({}, { last: { viewerName: null, people: 20, by: "here" } }), ["", "last_here"]);
  assert.deepEqual(line({}, { last: { viewerName: null, people: 20, by: null } }), [""]);
});

test("a tile's number is smaller where it is long", () => {
  assert.deepEqual(["9", "1,240", "288,889", "12,345,678"].map(fitOf), [1, 1, 6 / 7, 0.6]);
});

const setting = (event_type, enabled = true) => ({ event_type, enabled, base: 5 });

/** A switch of a room with these buttons; `changes` are those that the server took, `let_()` lets it answer. */
function room(buttons, { refuses = () => false } = {}) {
  const changes = [];
  const api = {
    editSettings: async (changesOf) => {
      const change = changesOf({ title: "Duel", buttons });
      if (refuses(change)) throw new StreamarioError("busy", "");
      buttons = change.buttons;
      changes.push(change);
    },
  };
  return { switches: new ButtonSwitch(api), changes };
}

test("one button is changed, and the others are sent as they are", async () => {
  const { switches, changes } = room([setting("a"), setting("b", false)]);
  await switches.set("a", false);
  assert.deepEqual(changes, [{ buttons: [setting("a", false), setting("b", false)] }]);
});

test("two changes follow each other, so that neither is lost", async () => {
  const { switches, changes } = room([setting("a"), setting("b")]);
  await Promise.all([switches.set("a", false), switches.set("b", false)]);
  assert.deepEqual(changes.at(-1), { buttons: [setting("a", false), setting("b", false)] });
});

test("a button shows at once what it will be, until the room tells", async (t) => {
  const { switches } = room([setting("a")]);
  const passes = stopTime(t);
  const isOn = (enabled = true) => switches.isOn({ eventType: "a", enabled }, performance.now());
  assert.deepEqual([isOn(), switches.next], [true, Infinity]);
  const turning = switches.set("a", false);
  assert.deepEqual([isOn(), isOn(false), isOn(), switches.next], [false, false, false, Infinity]);
  await turning;
  await passes(1_000);
  assert.deepEqual([isOn(), switches.next], [false, 2_000]);
  assert.deepEqual([isOn(false), isOn()], [false, true]);
});

test("where the room tells nothing, the button is soon as it was", async (t) => {
  const { switches } = room([setting("a")]);
  const passes = stopTime(t);
  await switches.set("a", false);
  const isOn = () => switches.isOn({ eventType: "a", enabled: true }, performance.now());
  await passes(1_999);
  assert.equal(isOn(), false);
  await passes(1);
  assert.deepEqual([isOn(), switches.next], [true, Infinity]);
});

test("the last of two wishes shows while the first one is sent", async () => {
  const { switches } = room([setting("a")]);
  const first = switches.set("a", false);
  const second = switches.set("a", true);
  await first;
  assert.equal(switches.isOn({ eventType: "a", enabled: false }, 0), true);
  await second;
});

test("what is refused is told, shows no more, and does not keep the next one from being sent", async () => {
  const { switches, changes } = room([setting("a"), setting("b")], { refuses: ({ buttons }) => !buttons[0].enabled });
  const refused = switches.set("a", false);
  const next = switches.set("b", false);
  await assert.rejects(refused, { code: "busy" });
  await next;
  await happened();
  assert.equal(switches.isOn({ eventType: "a", enabled: true }, 0), true);
  assert.deepEqual(changes, [{ buttons: [setting("a"), setting("b", false)] }]);
});
