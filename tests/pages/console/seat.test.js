import assert from "node:assert/strict";
import { test } from "node:test";

import { Seat } from "../../../api_service/pages/web/console/game/attendance.js";

const seat = (chance = 0) => new Seat(() => chance);

/** This page has the room. */
function taken() {
  const here = seat();
  here.take();
  here.opened();
  return here;
}

test("a room that never had a game gets one at once, and its light goes on with the socket", () => {
  const here = seat();
  assert.equal(here.light, "no");
  assert.equal(here.hear(false, 0), true);
  here.take();
  assert.deepEqual([here.light, here.isTaken, here.hear(false, 1)], ["no", true, false]);
  here.opened();
  assert.deepEqual([here.light, here.hear(true, 1), here.hear(false, 2), here.light], ["on", false, false, "on"]);
});

test("beside another game this page is none, until that has been away for a while", () => {
  const here = seat();
  assert.deepEqual([here.hear(true, 0), here.light], [false, "on"]);
  assert.deepEqual([here.hear(false, 1_000), here.light, here.awaySince], [false, "wait", 1_000]);
  assert.equal(here.hear(false, 6_999), false);
  assert.equal(here.hear(false, 7_000), true);
  here.take();
  assert.deepEqual([here.light, here.awaySince], ["wait", 1_000]);
  here.opened();
  assert.deepEqual([here.light, here.awaySince], ["on", null]);
});

test("a game that comes back in time keeps its room", () => {
  const here = seat();
  here.hear(true, 0);
  here.hear(false, 1_000);
  assert.deepEqual([here.hear(true, 5_000), here.light, here.awaySince], [false, "on", null]);
  assert.equal(here.hear(false, 7_500), false);
});

test("two desks do not take the room in the same moment", () => {
  const [one, other] = [seat(0), seat(1)];
  for (const each of [one, other]) each.hear(true, 0);
  for (const each of [one, other]) each.hear(false, 0);
  assert.deepEqual([one.hear(false, 6_000), other.hear(false, 6_000), other.hear(false, 9_999)], [true, false, false]);
  assert.equal(other.hear(false, 10_000), true);
});

test("a game that takes over has the room until it has been away for a while", () => {
  const here = taken();
  here.lost(500);
  here.leave();
  here.lost(501); // what its socket has left to say
  assert.deepEqual([here.isTaken, here.light, here.awaySince], [false, "on", null]);
  assert.deepEqual([here.hear(false, 600), here.awaySince], [false, 600]);
  assert.deepEqual([here.hear(false, 6_599), here.hear(false, 6_600)], [false, true]);
});

test("a room that was given to a game in the meantime is left alone, as if it had been seen there", () => {
  const here = seat();
  here.take();
  here.leave();
  assert.deepEqual([here.light, here.hear(false, 10), here.hear(false, 6_010)], ["on", false, true]);
});

test("a lost socket leaves nobody there, whatever was told before; what is told then counts", () => {
  const here = taken();
  here.hear(true, 400);
  here.lost(500);
  assert.deepEqual([here.light, here.awaySince, here.isTaken], ["wait", 500, true]);
  assert.deepEqual([here.hear(true, 501), here.light], [false, "on"]);
  assert.deepEqual([here.hear(false, 20_000), here.light, here.awaySince], [false, "wait", 20_000]);
  here.opened();
  assert.equal(here.light, "on");
});
