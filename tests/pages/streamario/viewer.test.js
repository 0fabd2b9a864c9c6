import assert from "node:assert/strict";
import { test } from "node:test";

import { StreamarioError } from "../../../clients/web/streamario/api.js";
import { Shelf } from "../../../clients/web/streamario/shelf.js";
import { Earned, Viewer } from "../../../clients/web/streamario/viewer.js";
import { memory } from "../storage.js";

/** A viewer on a storage; `answers` are the API's, one after the other, and `calls` what was asked and told. */
function viewerWith(answers, storage = memory()) {
  const calls = [];
  const ask = async (path, body) => {
    calls.push([path, body]);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const note = (what) => () => calls.push(what);
  const shelf = new Shelf(storage);
  const viewer = new Viewer({
    ...{ api: { ask }, shelf, key: "viewer" },
    ...{ changed: note("changed"), identified: note("identified") },
  });
  return { viewer, calls };
}

const unknown = () => new StreamarioError("invalid_viewer", "", { status: 401 });

test("a new viewer gets an identity, and stores it", async () => {
  const storage = memory();
  const { viewer, calls } = viewerWith([{ viewer_id: "public.secret", name: null }], storage);
  assert.deepEqual([viewer.id, viewer.publicId, viewer.view], [null, null, null]);
  await viewer.identify();
  assert.deepEqual(viewer.view, { id: "public", name: null });
  assert.equal(storage.getItem("viewer"), '"public.secret"');
  assert.deepEqual(calls, [["/api/viewers", {}], "changed", "identified"]);
});

test("a viewer that was here before shows its stored identity", async () => {
  const answer = { viewer_id: "public.secret", name: "Mika" };
  const { viewer, calls } = viewerWith([answer], memory({ viewer: '"public.secret"' }));
  await Promise.all([viewer.identify(), viewer.identify()]);
  assert.deepEqual(calls[0], ["/api/viewers", { viewer_id: "public.secret" }]);
  assert.equal(calls.length, 3);
  assert.deepEqual(viewer.view, { id: "public", name: "Mika" });
});

test("a join identifies, and whoever wants an identity meanwhile gets the same", async () => {
  const answer = { viewer_count: 1, viewer: { viewer_id: "public.secret", name: "Mika" }, room: {} };
  const { viewer, calls } = viewerWith([answer, { viewer_id: "public.secret", name: "Momo" }]);
  const [joined] = await Promise.all([viewer.join("/r"), viewer.setName("Momo")]);
  assert.equal(joined, answer);
  assert.deepEqual(calls[0], ["/r/join", { room: true }]);
  assert.deepEqual(calls.at(-2), ["/api/viewers/set_name", { viewer_id: "public.secret", name: "Momo" }]);
  assert.deepEqual(viewer.view, { id: "public", name: "Momo" });
});

test("a join shows the stored identity, and an answer without a viewer leaves it", async () => {
  const { viewer, calls } = viewerWith([{ viewer_count: 1 }], memory({ viewer: '"public.secret"' }));
  await viewer.join("/r");
  assert.deepEqual(calls[0], ["/r/join", { viewer_id: "public.secret", room: true }]);
  assert.equal(viewer.id, null);
});

test("a join that fails leaves the next request for an identity its own try", async () => {
  const { viewer } = viewerWith([unknown(), { viewer_id: "public.secret", name: null }]);
  await assert.rejects(viewer.join("/r"));
  await viewer.identify();
  assert.equal(viewer.publicId, "public");
});

test("whoever waits for a join that brings no identity asks for one", async () => {
  for (const answer of [{ viewer_count: 1 }, unknown()]) {
    const { viewer, calls } = viewerWith([answer, { viewer_id: "public.secret", name: null }]);
    await Promise.allSettled([viewer.join("/r"), viewer.identify()]);
    assert.equal(viewer.publicId, "public");
    assert.deepEqual(calls.map(([path]) => path).filter((path) => path.startsWith("/")), ["/r/join", "/api/viewers"]);
  }
});

test("two joins at a time are one", async () => {
  const { viewer, calls } = viewerWith([{ viewer: { viewer_id: "public.secret", name: null } }]);
  const [one, other] = await Promise.all([viewer.join("/r"), viewer.join("/r")]);
  assert.equal(one, other);
  assert.equal(calls.length, 3);
});

test("a name is set once there is an identity, and resolves to what the server made of it", async () => {
  const answers = [
    { viewer_id: "p.s", name: null },
    { viewer_id: "p.s", name: "＜Mika＞" },
    { viewer_id: "p.s", name: null },
  ];
  const { viewer, calls } = viewerWith(answers);
  assert.equal(await viewer.setName("<Mika>"), "＜Mika＞");
  assert.deepEqual(calls.at(-2), ["/api/viewers/set_name", { viewer_id: "p.s", name: "<Mika>" }]);
  assert.equal(viewer.name, "＜Mika＞");
  assert.equal(await viewer.setName(""), "");
  assert.equal(calls.filter(([path]) => path === "/api/viewers").length, 1);
});

test("a viewer that the server does not know gets another identity, and the name", async () => {
  const { viewer } = viewerWith([
    { viewer_id: "old.s", name: null },
    unknown(),
    { viewer_id: "new.s", name: null },
    { viewer_id: "new.s", name: "Mika" },
  ]);
  assert.equal(await viewer.setName("Mika"), "Mika");
  assert.equal(viewer.publicId, "new");
});

test("a name that the server refuses is refused", async () => {
  const refused = new StreamarioError("invalid_name", "", { status: 422 });
  const { viewer, calls } = viewerWith([{ viewer_id: "p.s", name: null }, refused]);
  await assert.rejects(viewer.setName("…"), { code: "invalid_name" });
  assert.equal(calls.filter((call) => call[0] === "/api/viewers").length, 1);
});

const earnedOn = (storage, room = "r") => new Earned(new Shelf(storage), "mine", room);

test("what a viewer earned in a round survives a reload, and ends with the round and the room", () => {
  const storage = memory();
  const earned = earnedOn(storage);
  earned.begin(1);
  earned.add(3, 1);
  earned.add(2, 0);
  assert.deepEqual([earned.total, earned.tipped], [5, 1]);
  const totalsOf = (other, round) => {
    other.begin(round);
    return [other.total, other.tipped];
  };
  assert.deepEqual(totalsOf(earnedOn(storage), 1), [5, 1]);
  assert.deepEqual(totalsOf(earnedOn(storage), 2), [0, 0]);
  assert.deepEqual(totalsOf(earnedOn(storage, "other"), 1), [0, 0]);
});

test("the server's total has all presses in it, also those that are answered later", () => {
  const earned = earnedOn(memory());
  earned.begin(1);
  earned.add(3, 1);
  earned.settle(7);
  earned.add(4, 1);
  assert.deepEqual([earned.total, earned.tipped], [7, 2]);
  earned.begin(2);
  earned.add(1, 0);
  assert.deepEqual([earned.total, earned.tipped], [1, 0]);
});
