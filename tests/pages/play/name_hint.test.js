import assert from "node:assert/strict";
import { test } from "node:test";

import { memory } from "../storage.js";
import { make, openDocument } from "../dom.js";
import { NameHint } from "../../../api_service/pages/web/play/name_dialog.js";

const STATE = { viewer: { name: null }, showsNames: true, open: true };

/** The hint as it was given at 0 ms, to somebody who is on one of its buttons, or not. */
function given(t, { isOnIt = false } = {}) {
  const choose = make("button", { id: "nudge-name" });
  const box = make("div", { id: "nudge", hidden: true }, choose, make("button", { id: "nudge-close" }));
  const page = openDocument(t, { nodes: [box, make("main", { id: "main" })] });
  globalThis.localStorage = memory({});
  t.after(() => delete globalThis.localStorage);
  const hint = new NameHint({ ask: () => {} });
  hint.offer(STATE, 0);
  if (isOnIt) page.activeElement = choose;
  return { box, page, follow: (now, values) => hint.follow({ ...STATE, ...values }, now) };
}

test("the hint that a name would have been shown goes after twenty seconds", (t) => {
  const { box, follow } = given(t);
  assert.deepEqual([follow(100), box.hidden], [20_000, false]);
  assert.deepEqual([follow(20_000), box.hidden], [Infinity, true]);
});

test("it stays while a keyboard is on it, and goes with its round", (t) => {
  const { box, page, follow } = given(t, { isOnIt: true });
  assert.deepEqual([follow(60_000), box.hidden], [Infinity, false]);
  follow(60_000, { open: false });
  assert.deepEqual([box.hidden, page.activeElement.id], [true, "main"]);
});

test("nobody is hinted at who has a name, where names are not shown, or who was before", (t) => {
  const choose = make("button", { id: "nudge-name" });
  const box = make("div", { id: "nudge", hidden: true }, choose, make("button", { id: "nudge-close" }));
  openDocument(t, { nodes: [box] });
  t.after(() => delete globalThis.localStorage);
  for (const [stored, values, isHinted] of [
    [{}, { viewer: { name: "Aki" } }, false],
    [{}, { showsNames: false }, false],
    [{ "streamario:nudged": "1" }, {}, false],
    [{}, {}, true],
    [{}, { viewer: null }, true],
  ]) {
    globalThis.localStorage = memory(stored);
    box.hidden = true;
    new NameHint({ ask: () => {} }).offer({ ...STATE, ...values }, 0);
    assert.equal(box.hidden, !isHinted, JSON.stringify([stored, values]));
  }
});

test("the hint is given once on a page where nothing can be stored", (t) => {
  const box = make("div", { id: "nudge", hidden: true }, make("button", { id: "nudge-name" }), make("button", { id: "nudge-close" }));
  openDocument(t, { nodes: [box] });
  globalThis.localStorage = { getItem: () => null, setItem() { throw new Error("full"); } };
  t.after(() => delete globalThis.localStorage);
  const hint = new NameHint({ ask: () => {} });
  hint.offer(STATE, 0);
  box.hidden = true;
  hint.offer(STATE, 100);
  assert.equal(box.hidden, true);
});

test("the hint goes where names are not shown any more", (t) => {
  const { box, follow } = given(t);
  follow(100, { showsNames: false });
  assert.equal(box.hidden, true);
});
