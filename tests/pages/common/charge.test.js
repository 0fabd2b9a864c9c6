import assert from "node:assert/strict";
import { test } from "node:test";
import { chargeOf, nextSecond, secondsTo } from "../../../api_service/pages/web/common/charge.js";

const button = (count, required, readyAt = 0) => ({ count, required, readyAt });

test("A button that is being filled tells its share and what is missing.", () => {
  const { share, missing, isFull, isClose } = chargeOf(button(12, 60), 0);
  assert.deepEqual({ share, missing, isFull, isClose }, { share: 0.2, missing: 48, isFull: false, isClose: false });
});

test("The last tenth of what a button needs is close, of any need at least the last press.", () => {
  assert.equal(chargeOf(button(53, 60), 0).isClose, false);
  assert.equal(chargeOf(button(54, 60), 0).isClose, true);
  assert.equal(chargeOf(button(4, 5), 0).isClose, true);
  assert.equal(chargeOf(button(3, 5), 0).isClose, false);
});

test("A full button is not close any more, and has no more than its need.", () => {
  const { share, missing, isFull, isClose } = chargeOf(button(70, 60), 0);
  assert.deepEqual({ share, missing, isFull, isClose }, { share: 1, missing: 0, isFull: true, isClose: false });
});

test("The seconds until a button may fire are rounded up; of two or fewer nobody speaks.", () => {
  assert.equal(chargeOf(button(60, 60, 5_200), 1_000).readyIn, 5);
  assert.equal(chargeOf(button(60, 60, 3_001), 1_000).readyIn, 3);
  assert.equal(chargeOf(button(60, 60, 3_000), 1_000).readyIn, 0);
  assert.equal(chargeOf(button(60, 60, 900), 1_000).readyIn, 0);
});

test("With a pace the bar is the square root of what is filled, and its last quarter is close.", () => {
  const paced = (count) => chargeOf({ ...button(count, 64), isPaced: true }, 0);
  assert.equal(paced(16).share, 0.5);
  assert.equal(paced(80).share, 1);
  assert.equal(paced(47).isClose, false);
  assert.equal(paced(48).isClose, true);
});

test("Seconds until a time count when they have begun, and are fewer as each is over.", () => {
  assert.deepEqual([secondsTo(2_001, 1_000), secondsTo(2_000, 1_000), secondsTo(900, 1_000)], [2, 1, 0]);
  assert.deepEqual([nextSecond(3_500, 1_000), nextSecond(2_000, 1_000)], [1_500, 2_000]);
  assert.deepEqual([nextSecond(1_000, 1_000), nextSecond(0, 1_000)], [Infinity, Infinity]);
});
