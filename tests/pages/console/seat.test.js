import assert from "node:assert/strict";
import { test } from "node:test";

import { Seat } from "../../../api_service/pages/web/console/game/seat.js";

const seat = (chance = 0) => new Seat(() => chance);

test("a room that never had a game gets one at once", () => {
  const here = seat();
  assert.equal(here.light, "no");
  assert.equal(here.hear(false, 0), true);
  here.take();
  assert.deepEqual([here.light, here.isOwn, here.hear(true, 1), here.hear(false, 2)], ["on", true, false, false]);
});

test("beside another game this page is none, until that has been away for a while", () => {
  const here = seat();
  assert.deepEqual([here.hear(true, 0), here.light], [false, "on"]);
  assert.deepEqual([here.hear(false, 1_000), here.light, here.awaySince], [false, "wait", 1_000]);
  assert.equal(here.hear(false, 6_999), false);
  assert.equal(here.hear(false, 7_000), true);
  here.take();
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

test("a game that takes over is there; a socket that is lost for good leaves nobody", () => {
  const here = seat();
  here.take();
  here.leave(true, 500);
  assert.deepEqual([here.isOwn, here.light, here.hear(false, 600), here.awaySince], [false, "on", false, 600]);
  const lost = seat();
  lost.take();
  lost.leave(false, 500);
  assert.deepEqual([lost.light, lost.awaySince, lost.hear(false, 501)], ["wait", 500, true]);
});
