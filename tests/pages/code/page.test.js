import assert from "node:assert/strict";
import { test } from "node:test";

import { happen, openPage } from "../opened_page.js";

/** The page on which a code is typed, at this URL; `problem` is the error that led to it. */
async function typing(t, { problem = "", url = "/j", ...device } = {}) {
  const page = await openPage(t, "code", { url, data: { problem }, ...device });
  const go = (code) => {
    page.get("code").value = code;
    happen(page.get("code-form"), "submit");
  };
  return { ...page, go, says: () => [page.text("#heading"), page.text("#advice")] };
}

test("whoever has a code is told what to do with it", async (t) => {
  const { document, says, text, get } = await typing(t);
  assert.deepEqual(says(), ["Join a room", "Type the code that the stream shows, or scan its QR code."]);
  assert.deepEqual([document.title, text("label"), get("code").value], ["Join a room", "The room's code", ""]);
});

test("a code leads to its room, and a streamer's name to the streamer's own address", async (t) => {
  const { go, went } = await typing(t);
  go(" CWT9C9 ");
  go("@luna");
  go("a/b");
  assert.deepEqual(went, ["/j/CWT9C9", "/@luna", "/j/a%2Fb"]);
});

test("without a code nobody goes anywhere", async (t) => {
  const { go, went, document } = await typing(t);
  go("  ");
  assert.deepEqual([went, document.activeElement.id], [[], "code"]);
});

test("a code that leads to no room stays in the field, marked, to be mended or typed over", async (t) => {
  const { says, get, document } = await typing(t, { problem: "room_not_found", url: "/j/CWT9C8" });
  assert.deepEqual(says()[0], "There is no such room");
  const { selectionStart: from, selectionEnd: to } = get("code");
  assert.deepEqual([get("code").value, document.activeElement.id, from, to], ["CWT9C8", "code", 0, 6]);
});

test("any other problem is told in its own words", async (t) => {
  const { says } = await typing(t, { problem: "overloaded", languages: ["ja"] });
  assert.equal(says()[1], "");
  assert.match(says()[0], /混み合っています/);
});
