import assert from "node:assert/strict";
import { test } from "node:test";

import { Hotkeys } from "../../../api_service/pages/web/console/hotkeys.js";
import { happen, make, openDocument, partIn, rootOf } from "../dom.js";
import { memory } from "../storage.js";

test("single keys give commands, unless somebody types or a dialog asks", (t) => {
  globalThis.localStorage = memory();
  const page = openDocument(t);
  const root = rootOf("use");
  const given = [];
  new Hotkeys(root, { p: () => given.push("p") });
  const type = (key, values) => happen(page, "keydown", { key, target: page.body, ...values });
  type("p");
  type("P");
  type("x");
  for (const held of ["repeat", "isComposing", "ctrlKey", "altKey", "metaKey"]) type("p", { [held]: true });
  type("p", { target: make("textarea") });
  assert.deepEqual(given, ["p", "p"]);
  const dialog = make("dialog", { open: "" });
  page.body.append(dialog);
  type("p");
  dialog.remove();
  const use = partIn(root, "use");
  use.checked = false;
  happen(use, "change");
  type("p");
  assert.deepEqual([given.length, localStorage.getItem("streamario.console.keys_off")], [2, "true"]);
  const again = rootOf("use");
  new Hotkeys(again, {});
  assert.equal(partIn(again, "use").checked, false);
});
