import assert from "node:assert/strict";
import { test } from "node:test";

import { lastRoundOf, roomsOf, shownOf, standingOf } from "../../../api_service/pages/web/console/start/room_list.js";

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
