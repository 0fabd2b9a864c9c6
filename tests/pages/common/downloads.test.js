import assert from "node:assert/strict";
import { test } from "node:test";

import { download, fileName } from "../../../api_service/pages/web/common/downloads.js";
import { make, openDocument } from "../dom.js";

test("a file that is saved has its name, and can be read for forty seconds", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const page = openDocument(t);
  const saved = [];
  page.createElement = (tag) => {
    const link = make(tag);
    link.click = () => saved.push([link.href, link.download]);
    return link;
  };
  const revoked = [];
  t.mock.method(URL, "createObjectURL", () => "blob:1");
  t.mock.method(URL, "revokeObjectURL", (url) => revoked.push(url));
  download(new Blob(["x"]), "Duel.png");
  assert.deepEqual(saved, [["blob:1", "Duel.png"]]);
  t.mock.timers.tick(39_999);
  assert.deepEqual(revoked, []);
  t.mock.timers.tick(1);
  assert.deepEqual(revoked, ["blob:1"]);
});

test("a file's name has nothing that a system forbids, nor empty parts", () => {
  assert.equal(fileName("png", " A/B: C? ", "", 2), "A-B-C--2.png");
});

test("a file's name is sixty whole characters long at most", () => {
  assert.equal(fileName("png", "👾".repeat(70)), `${"👾".repeat(60)}.png`);
});
