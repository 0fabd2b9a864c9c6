import assert from "node:assert/strict";
import { test } from "node:test";

import { Blocked, nameOf, ViewerList } from "../../../api_service/pages/web/console/people/viewers.js";
import { happened, stopTime } from "../time.js";

/** A list whose requests wait in `asked` until a test answers them. */
function listed(t, { isAway = () => false } = {}) {
  const passes = stopTime(t);
  const asked = [];
  const told = [];
  const ask = (what) =>
    new Promise((resolve, reject) => {
      asked.push({ what, answer: (...viewers) => resolve({ viewers, more: viewers.length > 1 }), refuse: reject });
    });
  const list = new ViewerList({
    list: () => ask("list"),
    search: (wanted) => ask(wanted),
    told: (viewers) => told.push(viewers),
    isAway,
  });
  return { list, asked, told, passes, whats: () => asked.map(({ what }) => what) };
}

test("a viewer without a name is called by the end of its id", () => {
  const texts = { nameless: (end) => `Viewer ${end}` };
  assert.equal(nameOf({ viewer_name: "Mika", viewer_id: "0123456789" }, texts), "Mika");
  assert.equal(nameOf({ viewer_name: null, viewer_id: "0123456789" }, texts), "Viewer 6789");
});

test("while it is open the list is asked for again, 3 s after the answer to the last", async (t) => {
  const { list, asked, told, passes } = listed(t);
  assert.deepEqual([list.viewers, list.hasMore], [null, false]);
  list.open();
  await passes(10_000);
  assert.equal(asked.length, 1);
  asked[0].answer("Mika", "Aki");
  await happened();
  await passes(2_950);
  assert.deepEqual([list.viewers, list.hasMore, list.found, told], [["Mika", "Aki"], true, "", [["Mika", "Aki"]]]);
  assert.equal(asked.length, 1);
  await passes(50);
  assert.equal(asked.length, 2);
});

test("closed, it asks no more", async (t) => {
  const { list, asked, passes } = listed(t);
  list.open();
  asked[0].answer("Mika");
  await happened();
  list.close();
  await passes(20_000);
  list.open();
  list.close();
  asked[1].answer();
  await passes(20_000);
  assert.equal(asked.length, 2);
});

test("while nobody looks nothing is asked, and it goes on when somebody does", async (t) => {
  let isAway = true;
  const { list, asked, told, passes } = listed(t, { isAway: () => isAway });
  list.open();
  await passes(2_950);
  isAway = false;
  assert.deepEqual([asked.length, told.length], [0, 0]);
  await passes(50);
  assert.equal(asked.length, 1);
});

test("a search begins once what is typed rests, at once when it is whole, and comes again after 10 s", async (t) => {
  const { list, asked, passes, whats } = listed(t);
  list.open();
  asked[0].answer();
  assert.equal(list.isSearching, false);
  list.seek("m");
  assert.equal(list.isSearching, true);
  await passes(250);
  list.seek(" mi ");
  await passes(250);
  assert.deepEqual(whats(), ["list"]);
  await passes(50);
  assert.deepEqual(whats(), ["list", "mi"]);
  asked[1].answer("Mika");
  await happened();
  assert.deepEqual([list.viewers, list.found], [["Mika"], "mi"]);
  await passes(9_950);
  assert.equal(asked.length, 2);
  await passes(50);
  assert.deepEqual(whats(), ["list", "mi", "mi"]);
  list.seek("aki", true);
  await passes(50);
  assert.deepEqual(whats().at(-1), "aki");
});

test("opened again, the list is no search any more", async (t) => {
  const { list, asked, whats } = listed(t);
  list.open();
  asked[0].answer("Everybody");
  await happened();
  list.close();
  list.open();
  assert.deepEqual(list.viewers, ["Everybody"]);
  list.seek("mika", true);
  list.look();
  asked.at(-1).answer("Mika");
  await happened();
  list.close();
  list.open();
  assert.deepEqual([list.viewers, list.found, whats().at(-1)], [null, "", "list"]);
});

test("an answer to what stood in the field before does not show", async (t) => {
  const { list, asked, told, passes } = listed(t);
  list.open();
  list.seek("mika");
  asked[0].answer("Everybody");
  await passes(300);
  assert.deepEqual([list.viewers, told], [null, []]);
  list.seek("aki");
  asked[1].refuse(new Error("busy"));
  await passes(300);
  assert.equal(list.refusal, null);
  asked[2].answer("Aki");
  await happened();
  assert.deepEqual([list.viewers, list.found], [["Aki"], "aki"]);
  list.seek("");
  await passes(300);
  asked[3].answer("Everybody");
  await happened();
  assert.deepEqual([list.viewers, list.found], [["Everybody"], ""]);
});

test("a refusal is kept until the next answer, with the viewers of before", async (t) => {
  const { list, asked, told, passes } = listed(t);
  list.open();
  asked[0].answer("Mika");
  await happened();
  await passes(3_000);
  asked[1].refuse(new Error("busy"));
  await happened();
  assert.deepEqual([list.refusal.message, list.viewers, told], ["busy", ["Mika"], [["Mika"], []]]);
  await passes(3_000);
  asked[2].answer("Aki");
  await happened();
  assert.deepEqual([list.refusal, list.viewers], [null, ["Aki"]]);
});

test("asked before it is open, the list asks once", async (t) => {
  const { list, asked, passes } = listed(t);
  list.look();
  asked[0].answer("Mika");
  await happened();
  await passes(20_000);
  assert.deepEqual([asked.length, list.viewers], [1, ["Mika"]]);
});

test("asked anew in between, the list asks no sooner than 3 s later", async (t) => {
  const { list, asked, passes } = listed(t);
  list.open();
  asked[0].answer("Mika");
  await happened();
  await passes(1_000);
  list.look();
  asked[1].answer("Aki");
  await happened();
  await passes(2_950);
  assert.equal(asked.length, 2);
});

test("asked anew before the answer, the list does not ask twice as often", async (t) => {
  const { list, asked, passes } = listed(t);
  list.open();
  list.look();
  for (const { answer } of asked) answer();
  await happened();
  await passes(3_000);
  assert.equal(asked.length, 3);
});

const viewer = (viewer_id, blocked) => ({ viewer_id, blocked });

test("who is blocked is learnt from the API's lists, and told where that changes", () => {
  const blocked = new Blocked(["a"], {});
  const changes = [];
  blocked.onChange = (ids) => changes.push(ids);
  blocked.learn([viewer("a", true), viewer("b", false)]);
  assert.deepEqual(changes, []);
  blocked.learn([viewer("a", false), viewer("b", true)]);
  assert.deepEqual(changes, [["b"]]);
  assert.deepEqual([blocked.has({ viewer_id: "a" }), blocked.has({ viewer_id: "b" })], [false, true]);
});

test("without an answer what was known stays", async () => {
  const answers = [{ viewers: [viewer("b", true)] }];
  const blocked = new Blocked(["a"], {
    viewers: async () => answers.shift() ?? Promise.reject(new Error("away")),
  });
  await blocked.refresh();
  await blocked.refresh();
  assert.deepEqual(
    ["a", "b", "c"].map((viewer_id) => blocked.has({ viewer_id })),
    [true, true, false],
  );
});
