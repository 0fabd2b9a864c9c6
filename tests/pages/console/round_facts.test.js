import assert from "node:assert/strict";
import { test } from "node:test";

import {
  buttonsOf,
  factsOf,
  minutesOf,
  pictureOf,
} from "../../../api_service/pages/web/console/results/round_facts.js";

const viewer = (viewer_id, count) => ({ viewer_id, viewer_name: viewer_id.toUpperCase(), count });
const title = (name, viewer_id) => ({ title: name, viewer_id, viewer_name: viewer_id.toUpperCase() });
const button = (eventType, team, level = 0) => ({ eventType, team, level });

const ROOM = {
  ...{ title: "Duel", code: "K7PQ4M", round: 2 },
  theme: { team_names: { skill: "Heroes", enemy: "Monsters" } },
  buttons: [button("fire", "skill", 4), button("ice", "enemy", 1)],
};
const RESULTS = {
  ...{ round: 2, ended_at: "2026-01-01T00:05:00Z" },
  event_totals: { ice: 30, fire: 70 },
  top_by_event: { fire: viewer("a", 40), ice: { viewer_id: "", viewer_name: null, count: 0 } },
  viewer_totals: [viewer("a", 50), viewer("b", 30), viewer("c", 30), viewer("d", 20)],
  outcomes: [{ event_type: "fire", done: 3, failed: 1, returned: 0 }],
  titles: [title("steady", "a"), title("first", "c"), title("finisher", "d")],
};
const BOOKED = {
  started_at: "2026-01-01T00:00:00Z",
  totals: [
    { event_type: "fire", accepted: 70, triggers: 5, returned: 0 },
    { event_type: "ice", accepted: 30, triggers: 2, returned: 0 },
  ],
  viewer_totals: RESULTS.viewer_totals,
  triggers: [{ seq: 1 }],
  presses_per_minute: [{ minute: 1, event_type: "fire", count: 70 }],
};
const facts = (changes = {}) => factsOf({ results: RESULTS, booked: BOOKED, room: ROOM, ...changes });

test("buttons of settings are called as a room's state calls them", () => {
  assert.deepEqual(buttonsOf({ buttons: [{ event_type: "a", icon: "★" }] }), [{ eventType: "a", icon: "★" }]);
});

test("a round has its number, its time and its sums", () => {
  const { round, startedAt, endedAt, presses, triggers, fired, minutes } = facts();
  assert.deepEqual([round, startedAt, endedAt], [2, BOOKED.started_at, RESULTS.ended_at]);
  assert.deepEqual([presses, triggers, fired, minutes.length], [100, 7, BOOKED.triggers, 1]);
});

test("of a round that the history does not have, the room's own counts are as good, but for an earlier round", () => {
  const { startedAt, triggers, minutes, fired } = facts({ booked: null });
  assert.deepEqual([startedAt, triggers, minutes, fired], [null, 5, [], []]);
  assert.equal(facts({ booked: null, room: { ...ROOM, round: 3 } }).triggers, null);
  assert.equal(facts({ booked: null, room: { ...ROOM, buttons: [button("fire", "skill", 4)] } }).triggers, null);
});

test("all who pressed are counted where the history has them, otherwise those whom the results name", () => {
  const crowd = (count) => Array.from({ length: count }, (_, n) => viewer(`v${n}`, 1));
  const pressers = (named, known) => {
    const booked = known === null ? null : { ...BOOKED, viewer_totals: crowd(known) };
    const told = facts({ results: { ...RESULTS, titles: [], viewer_totals: crowd(named) }, booked });
    return [told.pressers, told.areMore];
  };
  assert.deepEqual([pressers(100, 499), pressers(100, 100), pressers(4, 4)], [[499, false], [100, false], [4, false]]);
  assert.deepEqual([pressers(99, null), pressers(100, null)], [[99, false], [100, true]]);
  assert.deepEqual([pressers(100, 0), pressers(0, 0)], [[100, true], [0, false]]);
  assert.deepEqual([pressers(100, 9_999), pressers(100, 10_000)], [[9_999, false], [10_000, true]]);
});

test("who pressed as often shares a step, with the titles that its viewers have; others' stand beside", () => {
  const { steps, otherTitles, best } = facts();
  assert.deepEqual(best.map(({ place }) => place), [1, 2, 2, 4]);
  assert.deepEqual(
    steps.map(({ place, count, viewers, titles }) => [place, count, viewers.length, titles.map((each) => each.title)]),
    [
      [1, 50, 1, ["steady"]],
      [2, 30, 2, ["first"]],
    ],
  );
  assert.deepEqual(otherTitles.map((each) => each.title), ["finisher"]);
});

test("a third place is on the podium, a fourth is not", () => {
  const viewer_totals = [4, 3, 2, 1].map((count) => viewer(`v${count}`, count));
  const { steps } = facts({ results: { ...RESULTS, viewer_totals } });
  assert.deepEqual(steps.map(({ place }) => place), [1, 2, 3]);
});

test("nobody pressed, and a server of before tells no titles", () => {
  const { titles, ...before } = RESULTS;
  const { steps, otherTitles, presses } = facts({ results: { ...before, viewer_totals: [], event_totals: {} } });
  assert.deepEqual([steps, otherTitles, presses], [[], [], 0]);
});

test("buttons stand as in the room, those of before at the end, each with what is known of it", () => {
  const results = { ...RESULTS, event_totals: { gone: 1, ice: 30, fire: 70 } };
  const { buttons, hasOutcomes } = facts({ results });
  assert.deepEqual(
    buttons.map(({ eventType, presses, triggers, done, failed }) => [eventType, presses, triggers, done, failed]),
    [
      ["fire", 70, 5, 3, 1],
      ["ice", 30, 2, null, null],
      ["gone", 1, null, null, null],
    ],
  );
  assert.deepEqual(buttons.map(({ button: known }) => known?.team), ["skill", "enemy", undefined]);
  assert.deepEqual(buttons.map(({ mostBy }) => mostBy?.count), [40, undefined, undefined]);
  assert.equal(hasOutcomes, true);
});

test("a game that says nothing of its triggers has no outcomes", () => {
  assert.equal(facts({ results: { ...RESULTS, outcomes: [] } }).hasOutcomes, false);
});

test("teams have what their buttons have", () => {
  const teams = facts().teams.map(({ name, count }) => [name, count]);
  assert.deepEqual(teams, [
    ["Heroes", 70],
    ["Monsters", 30],
  ]);
});

const press = (minute, event_type, count) => ({ minute, event_type, count });

test("each minute from the first to the last has a row, with its buttons' parts", () => {
  assert.deepEqual(minutesOf([press(12, "b", 5), press(10, "a", 3), press(10, "b", 7)]), [
    {
      ...{ at: 600_000, count: 10, share: 1 },
      parts: [
        { eventType: "a", share: 0.3 },
        { eventType: "b", share: 0.7 },
      ],
    },
    { at: 660_000, count: 0, share: 0, parts: [] },
    { at: 720_000, count: 5, share: 0.5, parts: [{ eventType: "b", share: 1 }] },
  ]);
  assert.deepEqual(minutesOf([]), []);
});

test("a long round's minutes share rows, so that all fit", () => {
  const counts = (last) => minutesOf([press(0, "a", 1), press(1, "a", 2), press(last, "a", 4)]);
  assert.deepEqual([counts(59).length, counts(59)[0].count], [60, 1]);
  assert.deepEqual([counts(60).length, counts(60)[0].count, counts(60)[1].at], [31, 3, 120_000]);
});

test("a picture of the round has no hidden name, and those triggers that are known", () => {
  const results = { ...RESULTS, event_totals: { gone: 1, fire: 70 } };
  const picture = pictureOf(facts({ results }), ROOM, ({ viewer_id: id }) => id === "a");
  assert.deepEqual([picture.title, picture.code], ["Duel", "K7PQ4M"]);
  assert.deepEqual([picture.round, picture.ended], [2, RESULTS.ended_at]);
  assert.deepEqual([picture.theme, picture.buttons], [ROOM.theme, ROOM.buttons]);
  assert.deepEqual(picture.best.map(({ viewer_name: name }) => name), [null, "B", "C", "D"]);
  assert.deepEqual(picture.totals, [
    ["fire", 70],
    ["gone", 1],
  ]);
  assert.deepEqual([...picture.fired], [["fire", 5]]);
});
