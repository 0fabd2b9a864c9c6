import assert from "node:assert/strict";
import { test } from "node:test";

import { Delivery } from "../../../api_service/pages/web/console/game/delivery.js";

const event = (seq, epoch = 1) => ({ type: "game_event", epoch, seq });
const summary = (seq, round, epoch = 1) => ({ type: "game_end_summary", epoch, seq, round });

/** A delivery that has a socket, whose log goes on after 5. */
function attached() {
  const delivery = new Delivery(null);
  delivery.attached({ epoch: 1, seq: 7, replayed: 2, round: 1 });
  return delivery;
}

test("a delivery that knows nothing begins where its first socket's log does", () => {
  assert.equal(new Delivery(null).resumeFrom, null);
  const delivery = attached();
  assert.deepEqual([delivery.resumeFrom, delivery.takeOwed()], [{ epoch: 1, seq: 5 }, null]);
});

test("one that knows its cursor keeps it", () => {
  const delivery = new Delivery({ epoch: 1, seq: 3 });
  delivery.attached({ epoch: 1, seq: 7, replayed: 2, round: 1 });
  assert.deepEqual(delivery.resumeFrom, { epoch: 1, seq: 3 });
  assert.equal(delivery.take(event(3)), false);
});

test("what is new moves the cursor, and is owed an acknowledgement once", () => {
  const delivery = attached();
  assert.equal(delivery.take(event(6)), true);
  assert.deepEqual([delivery.cursor, delivery.takeOwed()], [{ epoch: 1, seq: 6 }, { epoch: 1, seq: 6 }]);
  assert.equal(delivery.takeOwed(), null);
});

test("a duplicate moves nothing, and is owed an acknowledgement, too", () => {
  const delivery = attached();
  delivery.take(event(6));
  delivery.takeOwed();
  assert.equal(delivery.take(event(6)), false);
  assert.equal(delivery.take(event(4)), false);
  assert.deepEqual([delivery.cursor.seq, delivery.takeOwed()], [6, { epoch: 1, seq: 4 }]);
});

test("what comes after numbers of another game is new", () => {
  const delivery = attached();
  assert.equal(delivery.take(event(7)), true);
  assert.equal(delivery.take(event(8)), true);
  assert.equal(new Delivery(null).take(event(8)), true);
});

test("a number is known in its own epoch only", () => {
  const delivery = attached();
  delivery.take(event(6));
  assert.equal(delivery.take(event(7, 2)), true);
  assert.equal(delivery.take(event(6)), false);
  assert.equal(delivery.take(event(0, 3)), true);
});

test("a summary is held: the log would go on before it, until the next round begins", () => {
  const delivery = attached();
  assert.equal(delivery.take(summary(6, 1)), true);
  assert.deepEqual([delivery.resumeFrom, delivery.takeOwed()], [{ epoch: 1, seq: 5 }, null]);
  assert.equal(delivery.take(summary(6, 1)), false);
  delivery.roundBegan(1);
  assert.equal(delivery.takeOwed(), null);
  delivery.roundBegan(2);
  assert.deepEqual([delivery.resumeFrom, delivery.takeOwed()], [{ epoch: 1, seq: 6 }, { epoch: 1, seq: 6 }]);
});

test("a summary that came on an earlier socket is not acknowledged on this one, until it comes again", () => {
  const delivery = attached();
  delivery.take(summary(6, 1));
  delivery.attached({ epoch: 1, seq: 6, replayed: 1, round: 2 });
  assert.deepEqual([delivery.resumeFrom, delivery.takeOwed()], [{ epoch: 1, seq: 6 }, null]);
  assert.equal(delivery.take(summary(6, 1)), false);
  assert.deepEqual(delivery.takeOwed(), { epoch: 1, seq: 6 });
});

test("a held summary of another epoch is another one", () => {
  const delivery = attached();
  delivery.take(summary(6, 1));
  delivery.take(event(6, 0));
  assert.deepEqual(delivery.takeOwed(), { epoch: 0, seq: 6 });
});

test("an event after a summary ends its being held", () => {
  const delivery = attached();
  delivery.take(summary(6, 1));
  delivery.take(event(7));
  assert.deepEqual(delivery.resumeFrom, { epoch: 1, seq: 7 });
});

test("after a jump the log goes on behind it, and nothing is owed", () => {
  const delivery = attached();
  delivery.take(event(6));
  delivery.take(summary(7, 1));
  delivery.jump({ epoch: 2, last_seq: 8 });
  assert.deepEqual([delivery.resumeFrom, delivery.takeOwed()], [{ epoch: 2, seq: 8 }, null]);
  delivery.roundBegan(9);
  assert.equal(delivery.takeOwed(), null);
  assert.equal(delivery.take(event(9, 2)), true);
});

test("a cursor that moves back does not make old numbers new", () => {
  const delivery = attached();
  delivery.take(event(6));
  delivery.jump({ epoch: 1, last_seq: 3 });
  assert.equal(delivery.take(event(6)), false);
});

test("what was owed on a lost socket is not owed on the next", () => {
  const delivery = attached();
  delivery.take(event(6));
  delivery.attached({ epoch: 1, seq: 6, replayed: 0, round: 1 });
  assert.equal(delivery.takeOwed(), null);
});
