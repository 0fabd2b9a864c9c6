import assert from "node:assert/strict";
import { test } from "node:test";

import { happen, make, openDocument } from "../dom.js";
import { drawnIcon } from "../../../api_service/pages/web/common/icons.js";
import { iconOf } from "../../../api_service/pages/web/common/look.js";

test("an icon has the letters' colour, its lines too, and is not read out", (t) => {
  openDocument(t);
  const icon = drawnIcon("muted");
  assert.equal(icon.getAttribute("aria-hidden"), "true");
  assert.deepEqual(["muted", "sound"].map((name) => drawnIcon(name).getAttribute("viewBox")), ["0 0 24 24", "0 0 24 24"]);
  const [filled, line] = icon.children;
  assert.equal(filled.getAttribute("fill"), null); // `look.css` has it
  assert.deepEqual([line.getAttribute("fill"), line.getAttribute("stroke")], ["none", "currentColor"]);
});

test("a button shows its picture, and its emoji where that does not load", (t) => {
  openDocument(t);
  const node = make("span");
  const show = iconOf(node);
  show({ image: "id", icon: "💣" });
  const picture = node.querySelector("img");
  assert.equal(picture.src, "/api/media/id");
  happen(picture, "error");
  assert.equal(node.textContent, "💣");
  show({ image: "", icon: "🦊" });
  assert.equal(node.textContent, "🦊");
});
