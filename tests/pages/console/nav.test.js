import assert from "node:assert/strict";
import { test } from "node:test";

import { linkToRoom, roomIn } from "../../../api_service/pages/web/console/storage.js";
import { walk, walked } from "../../../api_service/pages/web/console/keys.js";
import { happen, make, openDocument } from "../dom.js";

test("arrow keys walk in a circle, Home and End jump, and other keys are for something else", () => {
  assert.deepEqual(["ArrowRight", "ArrowLeft", "Home", "End"].map((key) => walked(key, 1, 4)), [2, 0, 0, 3]);
  assert.deepEqual([walked("ArrowRight", 3, 4), walked("ArrowLeft", 0, 4), walked("ArrowDown", 0, 4), walked("x", 0, 4)], [0, 3, null, null]);
  assert.deepEqual(["ArrowDown", "ArrowUp", "ArrowRight"].map((key) => walked(key, 1, 4, true)), [2, 0, null]);
  assert.deepEqual(["ArrowDown", "ArrowUp"].map((key) => walked(key, -1, 4, true)), [0, 3]); // into the row
});

test("a key that walks does nothing else", (t) => {
  const nodes = [make("button"), make("button")];
  const list = make("div", {}, ...nodes);
  openDocument(t, { nodes: [list] });
  nodes[0].focus();
  const gone = [];
  list.addEventListener("keydown", (event) => walk(event, "button", (node) => gone.push(node)));
  assert.equal(happen(list, "keydown", { key: "ArrowRight" }).defaultPrevented, true);
  assert.equal(happen(list, "keydown", { key: "Enter" }).defaultPrevented, false);
  assert.deepEqual(gone.map((node) => nodes.indexOf(node)), [1]);
});

const ROOM = { room_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV", room_token: "a_b-c.d" };

test("a room's link brings the room and its token, and no other link does", () => {
  const link = linkToRoom(ROOM, "https://here.test");
  assert.deepEqual(roomIn(new URL(link).hash), ROOM);
  for (const other of ["", "#studio=1", "#room=1.2", "#room=01ARZ3NDEKTSV4RRFFQ69G5FAV"]) assert.equal(roomIn(other), null);
});
