import assert from "node:assert/strict";
import { test } from "node:test";

import { Ending } from "../../../api_service/pages/web/overlay/ending.js";
import { StreamarioError } from "../../../clients/web/streamario.js";
import { settled, stopTime } from "../time.js";

const viewer = (viewer_name, count) => ({ viewer_name, count });
const BUTTONS = [
  { eventType: "a", team: "skill" },
  { eventType: "b", team: "enemy" },
];
const RESULTS = {
  viewer_totals: [viewer("A", 9), viewer(null, 8), viewer("B", 7), viewer("C", 6), viewer("D", 5)],
  event_totals: { a: 5, b: 7 },
};

/** The ending of a room whose first round has just ended, in stopped time. */
function ending(t, { results = async () => RESULTS, isCalm = false, ...state } = {}) {
  const passes = stopTime(t);
  globalThis.matchMedia = () => ({ matches: isCalm });
  t.after(() => delete globalThis.matchMedia);
  const requests = [];
  const theme = { team_names: { skill: "Heroes", enemy: "Monsters" } };
  const room = {
    state: { round: 1, buttons: BUTTONS, theme, showsNames: true, ...state },
    results: (round) => {
      requests.push(round);
      return results();
    },
  };
  let changes = 0;
  const roundEnd = new Ending(room, () => (changes += 1));
  const end = async () => {
    roundEnd.follow({ status: "in_game", round: 1 });
    roundEnd.follow({ status: "ended", round: 1 });
    await settled();
  };
  return { roundEnd, room, requests, end, passes, changes: () => changes };
}

test("the best with a name, and the teams, are shown for twelve seconds", async (t) => {
  const { roundEnd, requests, end, changes } = ending(t);
  assert.deepEqual([roundEnd.outcome(0), roundEnd.next(0)], [null, Infinity]);
  await end();
  assert.deepEqual([requests, changes()], [[1], 1]);
  const { best, teams, revealed } = roundEnd.outcome(0);
  assert.deepEqual(
    best.map(({ viewer_name: name }) => name),
    ["A", "B", "C"],
  );
  assert.deepEqual(
    teams.map(({ name, count }) => [name, count]),
    [
      ["Monsters", 7],
      ["Heroes", 5],
    ],
  );
  assert.equal(revealed, 0);
  assert.notEqual(roundEnd.outcome(11_999), null);
  assert.deepEqual([roundEnd.outcome(12_000), roundEnd.next(12_000)], [null, Infinity]);
});

test("its parts have their turn one after the other", async (t) => {
  const { roundEnd, end } = ending(t);
  await end();
  roundEnd.outcome(0);
  const revealed = [699, 700, 1_999, 2_000, 3_300, 4_599, 4_600, 9_000].map((now) => roundEnd.outcome(now).revealed);
  assert.deepEqual(revealed, [0, 1, 1, 2, 3, 3, 4, 4]);
  const nexts = [0, 699, 700, 2_000, 3_300, 4_600].map((now) => roundEnd.next(now));
  assert.deepEqual(nexts, [700, 700, 2_000, 3_300, 4_600, 5_900]);
  assert.equal(roundEnd.next(6_000), 12_000);
});

test("the time begins with the first look", async (t) => {
  const { roundEnd, end } = ending(t);
  await end();
  assert.equal(roundEnd.next(5_000), Infinity);
  roundEnd.outcome(11_000);
  assert.notEqual(roundEnd.outcome(22_999), null);
  assert.equal(roundEnd.outcome(23_000), null);
});

test("an ending that nobody looked at in time is not shown", async (t) => {
  const { roundEnd, end } = ending(t);
  await end();
  assert.equal(roundEnd.outcome(12_000), null);
});

test("somebody who wants less motion sees all of it at once, and so does whoever sees no names", async (t) => {
  const calm = ending(t, { isCalm: true });
  await calm.end();
  assert.equal(calm.roundEnd.outcome(0).revealed, 4);
});

test("where names are hidden nobody is named, and nobody waits", async (t) => {
  const { roundEnd, end } = ending(t, { showsNames: false });
  await end();
  const { best, revealed } = roundEnd.outcome(0);
  assert.deepEqual([best, revealed], [[], 1]);
});

test("names can be forgotten", async (t) => {
  const { roundEnd, end } = ending(t);
  roundEnd.forgetNames();
  await end();
  roundEnd.forgetNames();
  const { best, teams } = roundEnd.outcome(0);
  assert.deepEqual([best, teams.length], [[], 2]);
});

test("a team without presses leaves no teams to compare", async (t) => {
  const results = async () => ({ ...RESULTS, event_totals: { a: 5 } });
  const { roundEnd, end } = ending(t, { results });
  await end();
  assert.deepEqual(roundEnd.outcome(0).teams, []);
});

test("only a round that was seen running has an ending", async (t) => {
  const { roundEnd, requests } = ending(t);
  roundEnd.follow({ status: "ended", round: 1 });
  roundEnd.follow({ status: "active", round: 1 });
  roundEnd.follow({ status: "ended", round: 1 });
  await settled();
  assert.deepEqual(requests, []);
});

test("a round that ended twice is asked for once", async (t) => {
  const { roundEnd, requests, end } = ending(t);
  await end();
  roundEnd.follow({ status: "ended", round: 1 });
  assert.deepEqual(requests, [1]);
});

test("the next round ends it", async (t) => {
  const { roundEnd, end } = ending(t);
  await end();
  roundEnd.follow({ status: "in_game", round: 2 });
  assert.equal(roundEnd.outcome(0), null);
});

test("results that come when another round runs, or has ended, are not shown", async (t) => {
  const { roundEnd, room, end } = ending(t);
  room.results = async () => {
    roundEnd.follow({ status: "in_game", round: 2 });
    return RESULTS;
  };
  await end();
  assert.equal(roundEnd.outcome(0), null);
  room.results = async () => RESULTS;
  room.state.round = 2;
  roundEnd.follow({ status: "ended", round: 1 });
  await settled();
  assert.equal(roundEnd.outcome(0), null);
});

test("a stream shows no errors, but a bug is thrown", async (t) => {
  const { roundEnd, end, changes } = ending(t, {
    results: async () => {
      throw new StreamarioError("unreachable", "");
    },
  });
  await end();
  assert.deepEqual([roundEnd.outcome(0), changes()], [null, 0]);
});
