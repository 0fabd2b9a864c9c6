import assert from "node:assert/strict";
import { test } from "node:test";

import { Ending } from "../../../api_service/pages/web/overlay/ending.js";
import { StreamarioError } from "../../../clients/web/streamario.js";
import { settled, stopTime } from "../time.js";

const viewer = (viewer_name, count) => ({ viewer_id: `id of ${viewer_name}`, viewer_name, count });
const BUTTONS = [
  { eventType: "a", team: "skill" },
  { eventType: "b", team: "enemy" },
];
const RESULTS = {
  viewer_totals: [viewer("A", 9), viewer(null, 8), viewer("B", 7), viewer("C", 6), viewer("D", 5)],
  event_totals: { a: 5, b: 7 },
  titles: [
    { title: "finisher", viewer_id: "id of B", viewer_name: "B" },
    { title: "first", viewer_id: "id of B", viewer_name: "B" },
    { title: "steady", viewer_id: "id of D", viewer_name: "D" },
  ],
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

test("the best, also one without a name, and the teams are shown for twelve seconds", async (t) => {
  const { roundEnd, requests, end, changes } = ending(t);
  assert.deepEqual([roundEnd.outcome(0), roundEnd.next(0)], [null, Infinity]);
  await end();
  assert.deepEqual([requests, changes()], [[1], 1]);
  const { best, teams } = roundEnd.outcome(0);
  assert.deepEqual(best.map(({ viewer_name: name, place }) => [name, place]), [["A", 1], [null, 2], ["B", 3]]);
  assert.deepEqual(teams.map(({ name, count }) => [name, count]), [["Monsters", 7], ["Heroes", 5]]);
  assert.notEqual(roundEnd.outcome(11_999), null);
  assert.deepEqual([roundEnd.outcome(12_000), roundEnd.next(12_000)], [null, Infinity]);
});

test("the best have their titles", async (t) => {
  const { roundEnd, end } = ending(t);
  await end();
  assert.deepEqual(roundEnd.outcome(0).best.map(({ titles }) => titles), [[], [], ["finisher", "first"]]);
});

test("an older server has no titles", async (t) => {
  const { roundEnd, end } = ending(t, { results: async () => ({ ...RESULTS, titles: undefined }) });
  await end();
  assert.deepEqual(roundEnd.outcome(0).best.map(({ titles }) => titles), [[], [], []]);
});

/** What is revealed at these times: the places, and whether the teams are. */
const revealedAt = (roundEnd, times) =>
  times.map((now) => {
    const { best, isWhole, hasTeams } = roundEnd.outcome(now);
    const places = best.filter(({ isRevealed }) => isRevealed).map(({ place }) => place);
    return [places.join(), isWhole, hasTeams];
  });

test("the places have their turn one after the other, the last one first, and then the teams", async (t) => {
  const { roundEnd, end } = ending(t);
  await end();
  const [third, second, first] = [["3", false, false], ["2,3", false, false], ["1,2,3", true, false]];
  const seen = revealedAt(roundEnd, [0, 1_599, 1_600, 3_599, 3_600, 4_600]);
  assert.deepEqual(seen, [third, third, second, second, first, ["1,2,3", true, true]]);
  assert.deepEqual([0, 1_600, 3_600, 4_600].map((now) => roundEnd.next(now)), [1_600, 3_600, 4_600, 12_000]);
});

test("equal presses share a place, and rise together", async (t) => {
  const shared = (...counts) => ({ ...RESULTS, viewer_totals: counts.map((count, n) => viewer(`${n}`, count)) });
  const results = { now: shared(9, 7, 7, 1) };
  const { roundEnd, room, end } = ending(t);
  room.results = async () => results.now;
  await end();
  assert.deepEqual(revealedAt(roundEnd, [0, 2_000]), [["2,2", false, false], ["1,2,2", true, false]]);
  results.now = shared(9, 9, 7);
  roundEnd.follow({ status: "in_game", round: 1 });
  await end();
  assert.deepEqual(revealedAt(roundEnd, [0]), [["3", false, false]]);
  results.now = shared(9, 9, 9, 9);
  roundEnd.follow({ status: "in_game", round: 1 });
  await end();
  assert.deepEqual(revealedAt(roundEnd, [0, 1_000]), [["1,1,1", true, false], ["1,1,1", true, true]]);
});

test("while the server sums up, the outcome is awaited for a while", async (t) => {
  let answer;
  const { roundEnd, end } = ending(t, { results: () => new Promise((resolve) => (answer = resolve)) });
  assert.equal(roundEnd.isAwaited(0), false);
  await end();
  assert.deepEqual([roundEnd.isAwaited(4_999), roundEnd.isAwaited(5_000), roundEnd.next(0)], [true, false, 5_000]);
  answer(RESULTS);
  await settled();
  assert.equal(roundEnd.isAwaited(0), false);
});

test("a round in which nobody pressed has no outcome", async (t) => {
  const { roundEnd, end } = ending(t, { results: async () => ({ viewer_totals: [], event_totals: {} }) });
  await end();
  assert.equal(roundEnd.outcome(0), null);
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

test("somebody who wants less motion sees all of it at once", async (t) => {
  const calm = ending(t, { isCalm: true });
  await calm.end();
  assert.deepEqual(revealedAt(calm.roundEnd, [0]), [["1,2,3", true, true]]);
});

test("where names are hidden nobody is named, and nobody waits", async (t) => {
  const { roundEnd, end } = ending(t, { showsNames: false });
  await end();
  const { best, hasTeams } = roundEnd.outcome(0);
  assert.deepEqual([best, hasTeams], [[], true]);
});

test("names can be forgotten", async (t) => {
  const { roundEnd, end } = ending(t);
  roundEnd.forgetNames();
  await end();
  roundEnd.forgetNames();
  const { best, teams } = roundEnd.outcome(0);
  assert.deepEqual([best, teams.length], [[], 2]);
});

test("where only names were to be told, nothing is left once these are forgotten", async (t) => {
  const { roundEnd, end } = ending(t, { results: async () => ({ ...RESULTS, event_totals: {} }) });
  await end();
  roundEnd.outcome(0);
  roundEnd.forgetNames();
  assert.deepEqual([roundEnd.outcome(0), roundEnd.next(0)], [null, Infinity]);
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
  assert.deepEqual([roundEnd.outcome(0), changes(), roundEnd.isAwaited(0)], [null, 1, false]);
});
