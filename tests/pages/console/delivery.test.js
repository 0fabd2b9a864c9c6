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
  assert.equal(delivery.take(event(3)), "duplicate");
});

test("what is new moves the cursor, and is owed an acknowledgement once", () => {
  const delivery = attached();
  assert.equal(delivery.take(event(6)), "next");
  assert.deepEqual([delivery.cursor, delivery.takeOwed()], [{ epoch: 1, seq: 6 }, { epoch: 1, seq: 6 }]);
  assert.equal(delivery.takeOwed(), null);
});

test("a duplicate moves nothing, and is owed an acknowledgement, too", () => {
  const delivery = attached();
  delivery.take(event(6));
  delivery.takeOwed();
  assert.equal(delivery.take(event(6)), "duplicate");
  assert.equal(delivery.take(event(4)), "duplicate");
  assert.deepEqual([delivery.cursor.seq, delivery.takeOwed()], [6, { epoch: 1, seq: 4 }]);
});

test("what comes before its turn is ahead", () => {
  const delivery = attached();
  assert.equal(delivery.take(event(7)), "ahead");
  assert.equal(delivery.take(event(8)), "next");
  assert.equal(new Delivery(null).take(event(8)), "next");
});

test("a number is known in its own epoch only", () => {
  const delivery = attached();
  delivery.take(event(6));
  assert.equal(delivery.take(event(7, 2)), "next");
  assert.equal(delivery.take(event(6)), "duplicate");
  assert.equal(delivery.take(event(0, 3)), "next");
});

test("a summary is held: the log would go on before it, until the next round begins", () => {
  const delivery = attached();
  assert.equal(delivery.take(summary(6, 1)), "next");
  assert.deepEqual([delivery.resumeFrom, delivery.takeOwed()], [{ epoch: 1, seq: 5 }, null]);
  assert.equal(delivery.take(summary(6, 1)), "duplicate");
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
  assert.equal(delivery.take(summary(6, 1)), "duplicate");
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
  assert.equal(delivery.take(event(9, 2)), "next");
});

test("a cursor that moves back does not make old numbers new", () => {
  const delivery = attached();
  delivery.take(event(6));
  delivery.jump({ epoch: 1, last_seq: 3 });
  assert.equal(delivery.take(event(6)), "duplicate");
});

test("what was owed on a lost socket is not owed on the next", () => {
  const delivery = attached();
  delivery.take(event(6));
  delivery.attached({ epoch: 1, seq: 6, replayed: 0, round: 1 });
  assert.equal(delivery.takeOwed(), null);
});
