import assert from "node:assert/strict";
import { test } from "node:test";

import { Board, labelOf, logicalNow, SOCKET } from "../../../clients/web/streamario/board.js";
import { stopTime } from "../time.js";
import { pending, setting, settings, stat } from "./room.js";

const NO_EFFECTS = { of: () => [] };

/** A board with the buttons a and b. */
function boardOf(...list) {
  const board = new Board();
  board.configure(settings(list.length > 0 ? list : [setting("a"), setting("b")]));
  return board;
}

const viewsOf = (given, outbox = pending()) => given.views(outbox, NO_EFFECTS);

/** What a batch's answer says of the button a. */
const answer = (accepted, fired, after, values) => ({
  ...{ duplicate: false, stats: [after] },
  ...{ event_results: [{ event_type: "a", accepted, triggers_fired: fired }], ...values },
});

test("a button's label is the first of the reader's languages, if only by its primary tag", () => {
  const labels = [
    { lang: "ja", text: "火" },
    { lang: "en-GB", text: "Fire" },
  ];
  const label = (...languages) => labelOf({ labels, eventType: "fire" }, languages);
  assert.equal(label("en-GB"), "Fire");
  assert.equal(label("EN-us"), "Fire");
  assert.equal(label("fr", "en", "ja"), "Fire");
  assert.equal(label("fr"), "火");
  assert.equal(labelOf({ labels: [], eventType: "fire" }, ["ja"]), "fire");
});

test("a label of the whole tag goes before one of the primary tag", () => {
  const labels = [
    { lang: "en-GB", text: "Colour" },
    { lang: "en-US", text: "Color" },
  ];
  assert.equal(labelOf({ labels }, ["en-us"]), "Color");
});

test("before its settings are known a board shows names and no theme", () => {
  const empty = new Board();
  assert.deepEqual([empty.title, empty.showsNames, empty.theme.accent, empty.isDoubtful], ["", true, "", false]);
  assert.deepEqual(viewsOf(empty), []);
});

test("a board has what its settings say", () => {
  const board = boardOf();
  const { title, showsNames, theme, triggersPerMinute } = board;
  assert.deepEqual([title, showsNames, theme, triggersPerMinute], ["Duel", true, { accent: "#ff0000", team_names: {} }, 12]);
  assert.deepEqual([board.has("a"), board.has("c")], [true, false]);
  const [view] = viewsOf(board);
  assert.deepEqual(view, {
    ...{ eventType: "a", team: "skill", labels: [{ lang: "en", text: "a" }], icon: "★", image: "", sound: "" },
    ...{ color: "#112233", isPaced: true, paceMs: 0, cooldownMs: 500, weight: 2, enabled: true, available: true },
    ...{ reason: null, effects: [] },
    ...{ count: 0, mine: 0, people: 0, required: 10, progress: 0, level: 0, accepted: 0, pending: 0 },
    ...{ cooldownUntil: 0, readyAt: 0, lastTippedBy: null },
  });
});

test("a button that is not reported yet needs its base, within its least and its most", () => {
  const bounds = [
    { min: 5, base: 3, max: 9 },
    { min: 5, base: 7, max: 9 },
    { min: 5, base: 12, max: 9 },
  ];
  const board = boardOf(...bounds.map((values, n) => setting(`b${n}`, values)));
  assert.deepEqual(
    viewsOf(board).map(({ required }) => required),
    [5, 7, 9],
  );
});

test("new settings leave a button's counts, and turn it off at once", () => {
  const board = boardOf();
  board.take(stat("a", 4), SOCKET);
  board.configure(settings([setting("a", { enabled: false })]));
  const views = viewsOf(board);
  assert.deepEqual([views.length, views[0].count, views[0].enabled], [1, 4, false]);
  assert.equal(board.isUsable("a"), false);
});

test("a button is usable while it is enabled and the game can use it", () => {
  const board = boardOf();
  assert.deepEqual([board.isUsable("a"), board.isUsable("c")], [true, false]);
  board.take(stat("a", 0, { available: false }), SOCKET);
  assert.equal(board.isUsable("a"), false);
  board.take(stat("b", 0, { enabled: false }), SOCKET);
  assert.equal(board.isUsable("b"), false);
});

test("a button tells how many people are in it, as far as the server does", () => {
  const board = boardOf();
  board.take(stat("a", 4, { people: 3 }), SOCKET);
  board.take(stat("b", 4), SOCKET);
  assert.deepEqual(viewsOf(board).map(({ people }) => people), [3, 0]);
});

test("a new round clears the counts, and keeps the settings", () => {
  const board = boardOf();
  board.take(stat("a", 4), SOCKET);
  board.clear();
  assert.deepEqual(
    viewsOf(board).map(({ eventType, count }) => [eventType, count]),
    [
      ["a", 0],
      ["b", 0],
    ],
  );
});

test("a button that no setting knows makes a board doubtful, until the settings come", () => {
  const board = boardOf();
  board.take(stat("c", 1), SOCKET);
  assert.equal(board.isDoubtful, true);
  board.configure(settings([setting("a"), setting("b")]));
  assert.equal(board.isDoubtful, false);
});

test("an old answer that shows less is not taken, and is doubtful until a newer update comes", () => {
  const board = boardOf();
  const early = logicalNow();
  board.take(stat("a", 4), SOCKET);
  board.take(stat("a", 3), early);
  assert.deepEqual([viewsOf(board)[0].count, board.isDoubtful], [4, true]);
  board.take(stat("a", 5), SOCKET);
  assert.deepEqual([viewsOf(board)[0].count, board.isDoubtful], [5, false]);
});

test("a level that is behind is behind whatever the count is", () => {
  const board = boardOf();
  const early = logicalNow();
  board.take(stat("a", 1, { current_level: 2 }), SOCKET);
  board.take(stat("a", 9, { current_level: 1 }), early);
  assert.deepEqual([viewsOf(board)[0].level, viewsOf(board)[0].count, board.isDoubtful], [2, 1, true]);
});

test("counts that go back are a reset where the update is surely newer", () => {
  const board = boardOf();
  board.take(stat("a", 4), SOCKET);
  board.take(stat("a", 0), SOCKET);
  assert.deepEqual([viewsOf(board)[0].count, board.isDoubtful], [0, false]);
  board.take(stat("b", 4), logicalNow());
  board.take(stat("b", 1), logicalNow());
  assert.equal(viewsOf(board)[1].count, 1);
});

test("an old answer with the same progress changes nothing; a message does", () => {
  const board = boardOf();
  const early = logicalNow();
  board.take(stat("a", 4), logicalNow());
  board.take(stat("a", 4, { reason: "late" }), early);
  assert.equal(viewsOf(board)[0].reason, null);
  board.take(stat("a", 4, { reason: "now" }), SOCKET);
  assert.equal(viewsOf(board)[0].reason, "now");
});

test("an old answer that shows more is taken", () => {
  const board = boardOf();
  const early = logicalNow();
  board.take(stat("a", 4), SOCKET);
  board.take(stat("a", 5), early);
  assert.equal(viewsOf(board)[0].count, 5);
});

test("unsent presses show at once, and fill a button no further than it needs", () => {
  const board = boardOf();
  board.take(stat("a", 4), SOCKET);
  const [view] = viewsOf(board, pending({ a: 3 }));
  assert.deepEqual([view.count, view.mine, view.pending, view.progress], [7, 3, 3, 0.7]);
  const [full] = viewsOf(board, pending({ a: 30 }));
  assert.deepEqual([full.count, full.mine, full.pending, full.progress], [10, 10, 30, 1]);
});

test("a count above what is needed stays as the server says", () => {
  const board = boardOf();
  board.take(stat("a", 14), SOCKET);
  const [view] = viewsOf(board, pending({ a: 3 }));
  assert.deepEqual([view.count, view.progress], [14, 1]);
});

test("presses that are under way show until the server's count has them", () => {
  const board = boardOf();
  board.take(stat("a", 4), SOCKET);
  board.sent({ presses: { a: 3, c: 1 } });
  assert.equal(viewsOf(board, pending({}, { a: 3 }))[0].count, 7);
  board.take(stat("a", 6), SOCKET);
  assert.equal(viewsOf(board, pending({}, { a: 3 }))[0].count, 7);
  board.take(stat("a", 9), SOCKET);
  assert.equal(viewsOf(board, pending({}, { a: 3 }))[0].count, 9);
  assert.equal(viewsOf(board)[0].count, 9);
});

test("a reset takes no presses that are under way out of the count", () => {
  const board = boardOf();
  board.take(stat("a", 4), SOCKET);
  board.sent({ presses: { a: 3 } });
  board.take(stat("a", 0), SOCKET);
  assert.equal(viewsOf(board, pending({}, { a: 3 }))[0].count, 3);
});

test("presses of a button that the game cannot use do not show", () => {
  const board = boardOf();
  board.take(stat("a", 4, { available: false }), SOCKET);
  assert.equal(viewsOf(board, pending({ a: 3 }))[0].count, 4);
});

test("a viewer's counted presses are its own until the button fires", () => {
  const board = boardOf();
  const credit = (accepted, fired, after) => {
    board.take(after, SOCKET);
    board.credit(answer(accepted, fired, after));
  };
  credit(3, 0, stat("a", 5));
  credit(2, 0, stat("a", 7));
  assert.equal(viewsOf(board)[0].mine, 5);
  credit(4, 1, stat("a", 1, { current_level: 1 }));
  assert.equal(viewsOf(board)[0].mine, 1);
  board.take(stat("a", 3, { current_level: 2 }), SOCKET);
  assert.equal(viewsOf(board)[0].mine, 0);
});

test("presses that filled a bar which others emptied are nobody's own", () => {
  const board = boardOf();
  board.credit(answer(3, 0, stat("a", 5, { current_level: 1 })));
  board.take(stat("a", 5, { current_level: 1 }), SOCKET);
  assert.equal(viewsOf(board)[0].mine, 3);
  board.credit(answer(9, 0, stat("a", 9))); // an answer that comes late
  assert.equal(viewsOf(board)[0].mine, 3);
});

test("a repeated answer, and one of another button, credit nothing", () => {
  const board = boardOf();
  board.take(stat("a", 5), SOCKET);
  board.credit(answer(3, 0, stat("a", 5), { duplicate: true }));
  board.credit(answer(3, 0, stat("b", 5)));
  board.credit({ duplicate: false, event_results: [{ event_type: "c" }], stats: [stat("c", 5)] });
  assert.deepEqual(
    viewsOf(board).map(({ mine }) => mine),
    [0, 0],
  );
});

test("a reset leaves nothing one's own", () => {
  const board = boardOf();
  board.credit(answer(3, 0, stat("a", 5)));
  board.take(stat("a", 5), SOCKET);
  board.take(stat("a", 2), SOCKET);
  board.take(stat("a", 5), SOCKET);
  assert.equal(viewsOf(board)[0].mine, 0);
});

test("presses fill a button exactly when they reach what it needs", () => {
  const board = boardOf();
  board.take(stat("a", 7), SOCKET);
  assert.equal(board.isFilledBy({ presses: { a: 2 } }, 300), false);
  assert.equal(board.isFilledBy({ presses: { a: 3 } }, 300), true);
  assert.equal(board.isFilledBy({ presses: { b: 1, a: 3 } }, 300), true);
  assert.equal(board.isFilledBy({ presses: { c: 30 } }, 300), false);
  board.take(stat("a", 10), SOCKET);
  assert.equal(board.isFilledBy({ presses: { a: 3 } }, 300), false);
});

test("a button that has just fired, or is not ready, is not filled", async (t) => {
  const passes = stopTime(t);
  const board = boardOf();
  board.take(stat("a", 9, { current_level: 1 }), SOCKET);
  assert.equal(board.isFilledBy({ presses: { a: 1 } }, 300), false);
  await passes(299);
  assert.equal(board.isFilledBy({ presses: { a: 1 } }, 300), false);
  await passes(1);
  assert.equal(board.isFilledBy({ presses: { a: 1 } }, 300), true);
  board.take(stat("a", 9, { current_level: 1, ready_in_ms: 1 }), SOCKET);
  assert.equal(board.isFilledBy({ presses: { a: 1 } }, 300), false);
  await passes(1);
  assert.equal(board.isFilledBy({ presses: { a: 1 } }, 300), true);
});

test("a button's waits are on the page's clock, and 0 without one", async (t) => {
  const passes = stopTime(t);
  const board = boardOf();
  await passes(100);
  board.take(stat("a", 1, { cooldown_left_ms: 500, ready_in_ms: 1 }), SOCKET);
  board.take(stat("b", 1), SOCKET);
  const [view, other] = viewsOf(board);
  assert.deepEqual([view.cooldownUntil, view.readyAt], [600, 101]);
  assert.deepEqual([other.cooldownUntil, other.readyAt], [0, 0]);
});

test("who tipped a button is shown until names are forgotten", () => {
  const board = boardOf();
  board.tipped("a", "Mika");
  board.tipped("c", "Nobody");
  assert.equal(viewsOf(board)[0].lastTippedBy, "Mika");
  board.forgetNames();
  assert.equal(viewsOf(board)[0].lastTippedBy, null);
});

test("a button that has not changed is the same object", () => {
  const board = boardOf();
  const effects = [];
  const views = () => board.views(pending(), { of: () => effects });
  const before = views();
  board.take(stat("b", 1), SOCKET);
  const after = views();
  assert.equal(after[0], before[0]);
  assert.notEqual(after[1], before[1]);
});

test("the progress is told by levels and counts", () => {
  const board = boardOf();
  board.take(stat("a", 3, { current_level: 2 }), SOCKET);
  assert.equal(board.progress, "[[2,3],[0,0]]");
});

test("in a stopped round all buttons are empty, whatever was pressed meanwhile", () => {
  const given = boardOf();
  given.take(stat("a", 3), SOCKET);
  assert.equal(given.views(pending(), NO_EFFECTS, false)[0].count, 3);
  const [shown] = given.views(pending(), NO_EFFECTS, true);
  assert.deepEqual([shown.count, shown.mine, shown.progress], [0, 0, 0]);
});

test("presses that were counted after others had fired the button are one's own in the new bar alone", () => {
  const board = boardOf();
  board.take(stat("a", 5), SOCKET);
  board.credit(answer(3, 0, stat("a", 5)));
  board.take(stat("a", 4, { current_level: 1 }), SOCKET);
  board.credit(answer(2, 0, stat("a", 4, { current_level: 1 })));
  assert.equal(viewsOf(board)[0].mine, 2);
});
