import assert from "node:assert/strict";
import { test } from "node:test";

import { Hotkeys } from "../../../api_service/pages/web/console/keys.js";
import { happen, make, openDocument } from "../dom.js";
import { memory } from "../storage.js";

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
