import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { lastRoundOf, opened, roomsOf, shownOf, standingOf } from "../../../api_service/pages/web/console/start/rooms.js";
import { storedGameKey, storedSettings, storeStudioKey } from "../../../api_service/pages/web/console/storage.js";
import { memory } from "../storage.js";
import { serve } from "../server.js";

const BUTTONS = [{ event_type: "skill1" }, { event_type: "boss" }];
const ROOM = { room_id: "r", room_token: "t", settings: { title: "Friday", buttons: BUTTONS } };

beforeEach(() => {
  globalThis.localStorage = memory();
  globalThis.sessionStorage = memory();
});

test("a room begins with masked names and a pace, and is told as it is stored", async (t) => {
  const requests = serve(t, () => ROOM);
  assert.deepEqual(await opened({}, ""), { room_id: "r", room_token: "t", title: "Friday" });
  assert.deepEqual(
    requests.map(({ method, path, secret, body }) => [method, path, secret, body]),
    [["POST", "/api/rooms", null, { settings: { mask_names: true, triggers_per_minute: 12 }, studio_key: null }]],
  );
  assert.equal(storedGameKey(), "");
  assert.deepEqual(storedSettings(), ROOM.settings); // for the next room
});

test("wanted settings go before that, in one request; the game key is known from then on", async (t) => {
  const requests = serve(t, () => ROOM);
  await opened({ mask_names: false, buttons: BUTTONS }, "key");
  assert.deepEqual(requests[0].body.settings, { mask_names: false, triggers_per_minute: 12, buttons: BUTTONS });
  assert.deepEqual([requests.length, requests[0].secret, storedGameKey()], [1, "key", "key"]);
});

test("a streamer's room opens in the studio, whose address it then has from the beginning", async (t) => {
  const requests = serve(t, () => ROOM);
  storeStudioKey("studio.secret");
  await opened({}, "");
  assert.equal(requests[0].body.studio_key, "studio.secret");
});

test("the key of a room that is refused is not stored", async (t) => {
  serve(t, () => [401, { code: "invalid_game_key" }]);
  await assert.rejects(opened({}, "wrong"), { code: "invalid_game_key" });
  assert.equal(storedGameKey(), "");
});

const stored = (id, used_at, title = id) => ({ room_id: id, room_token: "t", title, used_at });
const past = (id, opened_at, rounds = [], title = id) => ({ room_id: id, title, opened_at, rounds });

test("this browser's rooms come first, then those that the history alone has", () => {
  const rooms = roomsOf([stored("b", 5), stored("a", 3)], [past("c", "1970-01-01T00:00:01Z"), past("a", "x")]);
  assert.deepEqual(
    rooms.map(({ room_id, at, stored: own, past: booked }) => [room_id, at, Boolean(own), Boolean(booked)]),
    [["b", 5, true, false], ["a", 3, true, true], ["c", 1_000, false, true]],
  );
});

test("a room has the title that this browser knows, or the history's", () => {
  const [one, two, three] = roomsOf([stored("a", 1, "Mine"), stored("b", 1, "")], [past("b", "x", [], "Theirs"), past("c", "x", [], "")]);
  assert.deepEqual([one.title, two.title, three.title], ["Mine", "Theirs", ""]);
  assert.equal(roomsOf([stored("a", 1, undefined)], [])[0].title, "a");
  assert.equal(roomsOf([{ room_id: "a", used_at: 1 }], [])[0].title, "");
});

test("four rooms show; unfolded all of this browser's, and the history lists the others", () => {
  const rooms = roomsOf(["a", "b", "c", "d", "e"].map((id) => stored(id, 1)), [past("f", "x")]);
  assert.equal(shownOf(rooms, false).length, 4);
  assert.deepEqual(shownOf(rooms, true).map(({ room_id }) => room_id), ["a", "b", "c", "d", "e"]);
});

test("a room stands as the server says", () => {
  assert.equal(standingOf(undefined), "unknown");
  assert.equal(standingOf({ room: null, refused: "forbidden" }), "gone");
  assert.equal(standingOf({ room: null, refused: null }), "unknown");
  assert.equal(standingOf({ room: { status: "in_game" }, refused: null }), "running");
  assert.equal(standingOf({ room: { status: "ended" }, refused: null }), "open");
});

test("the results are those of the last round that is over", () => {
  const rounds = [{ round: 1, ended_at: "x" }, { round: 3, ended_at: null }, { round: 2, ended_at: "y" }];
  assert.equal(lastRoundOf({ past: past("a", "x", rounds) }).round, 2);
  assert.equal(lastRoundOf({ past: past("a", "x", rounds.toReversed()) }).round, 2);
  assert.equal(lastRoundOf({ past: past("a", "x", [{ round: 1, ended_at: null }]) }), null);
  assert.equal(lastRoundOf({ past: null }), null);
});
