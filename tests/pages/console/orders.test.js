import assert from "node:assert/strict";
import { test } from "node:test";

import { Orders } from "../../../api_service/pages/web/console/game/orders.js";

test("a pong confirms what was added before its ping, and nothing after it", () => {
  const orders = new Orders();
  const before = orders.nextTicket();
  orders.add({ type: "game_start" }, 0);
  const after = orders.nextTicket();
  assert.deepEqual([orders.isLast(before), orders.isLast(after)], [false, true]);
  assert.deepEqual(orders.confirm(before), []);
  assert.deepEqual(orders.confirm(after), [{ message: { type: "game_start" }, round: 0, ticket: 2 }]);
  assert.deepEqual(orders.confirm(after), []);
});

test("a new socket is told again what its round has not confirmed", () => {
  const orders = new Orders();
  orders.add({ type: "pause" }, 1);
  orders.add({ type: "game_end" }, 1);
  assert.deepEqual(orders.unconfirmed({ round: 1, status: "in_game" }), [{ type: "pause" }, { type: "game_end" }]);
});

test("of an ended round only the next one's beginning is told again", () => {
  const orders = new Orders();
  orders.add({ type: "pause" }, 1);
  orders.add({ type: "game_start" }, 1);
  assert.deepEqual(orders.unconfirmed({ round: 1, status: "ended" }), [{ type: "game_start" }]);
  assert.deepEqual(orders.unconfirmed({ round: 2, status: "in_game" }), []);
  assert.deepEqual(orders.confirm(orders.nextTicket()), []);
});

test("what is forgotten is neither told again nor confirmed", () => {
  const orders = new Orders();
  orders.add({ type: "pause" }, 1);
  orders.forget();
  assert.deepEqual(orders.unconfirmed({ round: 1, status: "in_game" }), []);
});
