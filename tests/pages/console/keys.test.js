import assert from "node:assert/strict";
import { test } from "node:test";

import { linkToRoom, roomIn } from "../../../api_service/pages/web/console/storage.js";
import { Hotkeys, walk, walked } from "../../../api_service/pages/web/console/keys.js";
import { happen, make, openDocument } from "../dom.js";
import { memory } from "../storage.js";

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

test("single keys give commands, unless somebody types or a dialog asks", (t) => {
  globalThis.localStorage = memory();
  const page = openDocument(t);
  const given = [];
  const hotkeys = new Hotkeys({ p: () => given.push("p"), x: () => given.push("x") });
  const type = (key, values) => happen(page, "keydown", { key, target: page.body, ...values });
  type("p");
  type("P");
  type("q");
  for (const held of ["repeat", "isComposing", "ctrlKey", "altKey", "metaKey"]) type("p", { [held]: true });
  type("p", { target: make("textarea") });
  assert.deepEqual(given, ["p", "p"]);
  const dialog = make("dialog", { open: "" });
  page.body.append(dialog);
  type("p");
  type("X"); // nothing hides a stop
  type("x", { target: make("input") });
  assert.equal(given.pop(), "x");
  dialog.id = "big-code"; // it asks nothing
  type("p");
  assert.equal(given.pop(), "p");
  dialog.remove();
  assert.equal(hotkeys.isOn, true);
  hotkeys.set(false);
  type("p");
  assert.deepEqual([given.length, localStorage.getItem("streamario.console.keys_off")], [2, "true"]);
  assert.equal(new Hotkeys({}).isOn, false);
  hotkeys.set(true);
  type("p");
  assert.equal(given.length, 3);
});
