import assert from "node:assert/strict";
import { test } from "node:test";

import { StreamarioError } from "../../../clients/web/streamario/api.js";
import { Attendance } from "../../../clients/web/streamario/watch.js";
import { showPage } from "../dom.js";
import { stopTime } from "../time.js";

const away = () => new StreamarioError("unreachable", "");

/** An attendance in stopped time; `requests` are those to the API. */
function attending(t, values) {
  const passes = stopTime(t);
  const requests = [];
  const merged = { status: "in_game", viewerCount: 0 };
  const viewer = { id: "v", identify: async () => requests.push("identify") };
  const api = {
    ask: async (path, body) => {
      requests.push([path, body]);
      return { viewer_count: 5 };
    },
  };
  let changes = 0;
  const changed = () => (changes += 1);
  const attendance = new Attendance({ ...{ api, path: "/r", viewer, merged, changed }, ...values });
  return { attendance, requests, merged, viewer, api, passes, changes: () => changes };
}

test("a viewer joins, and again once it has not been heard of for twelve seconds", async (t) => {
  const { attendance, requests, merged, passes, changes } = attending(t);
  await attendance.attend();
  assert.deepEqual(requests.splice(0), [["/r/join", { viewer_id: "v" }]]);
  assert.deepEqual([merged.viewerCount, changes()], [5, 1]);
  await passes(12_000);
  await attendance.attend();
  assert.deepEqual(requests, []);
  await passes(1);
  await attendance.attend();
  assert.equal(requests.length, 1);
  attendance.seen();
  await passes(12_000);
  await attendance.attend();
  assert.equal(requests.length, 1);
});

test("a viewer who has a name now joins again, also if a join is under way", async (t) => {
  const { attendance, requests } = attending(t);
  await attendance.attend();
  await attendance.renew();
  assert.equal(requests.length, 2);
  attendance.attend();
  await attendance.renew();
  assert.equal(requests.length, 3);
});

test("a viewer that enters gets the whole answer, and need not join for twelve seconds", async (t) => {
  const { attendance, requests, viewer, passes } = attending(t);
  const answer = { viewer_count: 5, room: {}, stats: {} };
  viewer.join = async (path) => {
    requests.push(["join", path]);
    return answer;
  };
  assert.equal(await attendance.enter(), answer);
  await passes(12_000);
  await attendance.attend();
  assert.deepEqual(requests, [["join", "/r"]]);
  await passes(1);
  await attendance.attend();
  assert.equal(requests.length, 2);
});

test("a hidden page does not enter", async (t) => {
  const { attendance, viewer } = attending(t);
  viewer.join = () => assert.fail("it joined");
  showPage(t, "hidden");
  assert.equal(await attendance.enter(), null);
});

test("where an older server answers no more than a join, or wants an identity first, the room is polled", async (t) => {
  const { attendance, requests, viewer } = attending(t);
  for (const [code, status] of [["invalid_body", 400], ["invalid_viewer", 401]]) {
    viewer.join = async () => {
      throw new StreamarioError(code, "", { status });
    };
    assert.equal(await attendance.enter(), null);
  }
  viewer.join = async () => ({ viewer_count: 5 });
  assert.equal(await attendance.enter(), null);
  await attendance.attend();
  assert.deepEqual(requests, [], "it has joined");
});

test("any other refusal to let a viewer in is thrown", async (t) => {
  const { attendance, viewer } = attending(t);
  viewer.join = async () => {
    throw new StreamarioError("room_not_found", "", { status: 404 });
  };
  await assert.rejects(attendance.enter(), { code: "room_not_found" });
});

test("a hidden page, and one of a missing room, does not join", async (t) => {
  const { attendance, requests, merged } = attending(t);
  const page = showPage(t, "hidden");
  await attendance.attend();
  page.visibilityState = "visible";
  merged.status = "missing";
  await attendance.attend();
  assert.deepEqual(requests, []);
});

test("a viewer without an identity gets one first", async (t) => {
  const { attendance, requests, viewer } = attending(t);
  viewer.id = null;
  await attendance.attend();
  assert.deepEqual([requests[0], requests.length], ["identify", 2]);
});

test("a viewer that is not known gets another identity", async (t) => {
  const ask = async () => {
    throw new StreamarioError("invalid_viewer", "", { status: 401 });
  };
  const { attendance, requests } = attending(t, { api: { ask } });
  await attendance.attend();
  assert.deepEqual(requests, ["identify"]);
});

test("any other refusal to join is thrown", async (t) => {
  const api = {
    ask: async () => {
      throw away();
    },
  };
  const { attendance, requests } = attending(t, { api });
  await assert.rejects(attendance.attend(), { code: "unreachable" });
  assert.deepEqual(requests, []);
});
