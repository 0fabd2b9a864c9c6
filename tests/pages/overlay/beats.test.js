import assert from "node:assert/strict";
import { test } from "node:test";

import { beatOf, emsOf } from "../../../api_service/pages/web/overlay/beats.js";

const ROOM = { status: "active", open: false, code: "ABC", startsAt: 0, buttons: [{}] };

const beat = (state, known = {}) =>
  beatOf({ ...ROOM, ...state }, { isPreview: false, hasOutcome: false, isAwaited: false, ...known }, 1_000);

test("people are invited before a round and between rounds, as long as the room has a code", () => {
  assert.deepEqual([beat({}), beat({ status: "ended" })], ["gather", "gather"]);
  assert.deepEqual([beat({ code: null }), beat({ status: "missing" }), beat({ status: "loading" })], ["", "", ""]);
});

test("a round begins with its 3-2-1, unless that is over or there is none", () => {
  const open = { status: "in_game", open: true };
  assert.deepEqual([beat({ ...open, startsAt: 1_001 }), beat({ ...open, startsAt: 1_000 })], ["start", "round"]);
  assert.equal(beat({ open: true }), "round");
});

test("after a round nothing is shown until its outcome is there, then that", () => {
  const ended = { status: "ended" };
  assert.deepEqual([beat(ended, { isAwaited: true }), beat(ended, { hasOutcome: true })], ["", "finale"]);
  assert.equal(beat({ status: "in_game", open: true }, { hasOutcome: true }), "round");
});

test("a preview shows bars before the round too", () => {
  assert.equal(beat({}, { isPreview: true }), "round");
  assert.equal(beat({ buttons: [] }, { isPreview: true }), "gather");
});

test("a text is at least as wide as its letters", () => {
  assert.ok(emsOf("Summon the ancient fire dragon!") >= 18.9);
  assert.ok(emsOf("順番待ち") >= 4 && emsOf("8888") >= 3.5 && emsOf("Back in 20") >= 6.2);
  assert.equal(emsOf(""), 1);
});

test("what people see as one letter is as wide as one", () => {
  for (const emoji of ["❤️", "👨‍👩‍👧‍👦", "🇯🇵", "👍🏽", "1️⃣"]) assert.ok(emsOf(emoji) <= 1.05, emoji);
  assert.ok(emsOf("⚔️🛡️") >= 2);
});
