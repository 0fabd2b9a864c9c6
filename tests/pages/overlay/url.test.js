import assert from "node:assert/strict";
import { test } from "node:test";

import { happened, stopTime } from "../time.js";

let tests = 0;

/** What follows the URL of the studio S in stopped time; a test changes what the server `says` of the newest room. */
async function following(t, says, pathname = "/overlay/studio/S") {
  const passes = stopTime(t);
  const went = [];
  const requests = [];
  globalThis.location = { pathname, href: `https://here.test${pathname}`, reload: () => went.push("reload") };
  t.mock.method(globalThis, "fetch", async (path) => {
    requests.push(path);
    if (says.isAway) throw new TypeError("offline");
    if (path.endsWith("/newest_room")) return Response.json({ room_id: says.newest });
    if (path.startsWith("/api/rooms/")) return Response.json({ status: says.status });
    return new Response("", { status: says.page ?? 200 });
  });
  tests += 1;
  const { followStudio, roomOfUrl } = await import(`../../../api_service/pages/web/overlay/url.js?${tests}`);
  const lapses = async (ms) => {
    for (let left = ms; left > 0; left -= 1_000) {
      await passes(Math.min(left, 1_000));
      await happened();
    }
  };
  return { followStudio, roomOfUrl, went, requests, lapses };
}

test("a URL that names a room is that room's, for ever", async (t) => {
  const { roomOfUrl, followStudio, requests, lapses } = await following(t, { newest: "R2" }, "/overlay/R1");
  assert.equal(await roomOfUrl(), "R1");
  followStudio("R1", () => true);
  await lapses(60_000);
  assert.deepEqual(requests, []);
});

test("a studio's newest room is shown, once there is one, for which it is asked every ten seconds", async (t) => {
  const says = { newest: null };
  const { roomOfUrl, requests, lapses } = await following(t, says);
  let roomId = null;
  roomOfUrl().then((found) => (roomId = found));
  await lapses(9_900);
  assert.deepEqual(requests, ["/api/studios/S/newest_room"]);
  says.isAway = true;
  await lapses(10_000);
  says.isAway = false;
  says.newest = "R1";
  assert.equal(roomId, null);
  await lapses(10_000);
  assert.equal(roomId, "R1");
});

/** A studio whose room R2 is shown, in a round or after it. */
async function shown(t, says, isOver = false) {
  const round = { isOver };
  const opened = await following(t, { newest: "R2", status: "active", ...says });
  opened.followStudio("R2", () => round.isOver);
  return { ...opened, round };
}

test("while no newer room is there the page stays", async (t) => {
  for (const newest of ["R2", "R1", null]) {
    const { went, lapses } = await shown(t, { newest }, true);
    await lapses(30_000);
    assert.deepEqual(went, []);
    t.mock.timers.reset();
  }
});

test("a newer room is shown once the round of the one before is over", async (t) => {
  const { went, lapses, round } = await shown(t, { newest: "R3" });
  await lapses(30_000);
  assert.deepEqual(went, []);
  round.isOver = true;
  await lapses(10_000);
  assert.deepEqual(went, ["reload"]);
  await lapses(30_000);
  assert.deepEqual(went, ["reload"]);
});

test("a newer room in which a round runs is shown at once", async (t) => {
  const { went, lapses } = await shown(t, { newest: "R3", status: "in_game" });
  await lapses(9_900);
  assert.deepEqual(went, []);
  await lapses(200);
  assert.deepEqual(went, ["reload"]);
});

test("where the page would not come again, a stream stays as it is", async (t) => {
  const says = { newest: "R3", page: 502 };
  const { went, lapses } = await shown(t, says, true);
  await lapses(30_000);
  assert.deepEqual(went, []);
});
