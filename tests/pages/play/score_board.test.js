import assert from "node:assert/strict";
import { test } from "node:test";

import { make, openDocument } from "../dom.js"; // first: modules ask for the device's media as they load
import { ScoreBoard } from "../../../api_service/pages/web/play/score_board.js";

const TEXTS = {
  ...{ offlineWaiting: (n) => `offline, ${n} wait`, offline: "offline", refused: "refused" },
  ...{ paused: "paused", limited: "limited", loading: "loading", noted: (n) => `${n} noted`, hint: "press" },
  ...{ rankNow: (place) => `place ${place}`, scan: "scan the new code" },
};

const STATE = {
  ...{ connection: "live", status: "in_game", paused: false, limitedUntil: 0, open: true, pending: 0, mine: 3 },
  ...{ gatherMs: 300, place: null, roundEndsAt: null, roundLeftMs: null },
};

/** A score board, and what it shows of such a state. */
function board(t) {
  const ids = ["board", "board-text", "timer", "score", "score-presses", "score-place", "board-icon", "scan"];
  const parts = () => ["lead", "text", "tail"].map((part) => make("span", { "data-part": part }));
  const inside = { timer: [make("b")], "board-text": parts() };
  const nodes = Object.fromEntries(ids.map((id) => [id, make("p", { id }, ...(inside[id] ?? []))]));
  openDocument(t, { nodes: Object.values(nodes) });
  const scoreBoard = new ScoreBoard(TEXTS);
  const show = (values, frame) => {
    const { urgent, next } = scoreBoard.show({ state: { ...STATE, ...values }, now: 5_000, words: null, ...frame });
    const { board: node, "board-text": text } = nodes;
    return [node.hidden ? null : text.textContent, node.dataset.tone, urgent, next];
  };
  return { scoreBoard, nodes, show };
}

test("the most urgent is said, and read out unless it is idle", (t) => {
  const { scoreBoard, show } = board(t);
  assert.deepEqual(show(), ["press", "idle", "", Infinity]);
  assert.deepEqual(show({ pending: 4, gatherMs: 1_001 }), ["4 noted", "idle", "", Infinity]);
  const news = { words: { lead: "Aki", text: ": Wave!", tail: "" } };
  assert.deepEqual(show({}, news), ["Aki: Wave!", "news", "Aki: Wave!", Infinity]);
  assert.deepEqual(show({ limitedUntil: 5_001 }, news), ["limited", "easy", "limited", 5_001]);
  assert.deepEqual(show({ limitedUntil: 5_001, paused: true }, news), ["paused", "wait", "paused", 5_001]);
  scoreBoard.refuse(5_000);
  assert.deepEqual(show({ paused: true }), ["refused", "alert", "refused", 8_000]);
  assert.deepEqual(show({ connection: "offline" }), ["offline", "alert", "offline", 8_000]);
  assert.deepEqual(show({ connection: "offline", pending: 2 })[0], "offline, 2 wait");
  assert.deepEqual(show({}, { now: 8_000 })[0], "press");
});

test("the board wears the button of a trigger that one had a part in", (t) => {
  const { nodes, show } = board(t);
  const button = { color: "#ffb01f", icon: "🎁", image: "" };
  const words = { button, text: "You + 86: Bomb!", tail: "12 of 100 were yours" };
  assert.deepEqual(show({}, { words })[2], "You + 86: Bomb! 12 of 100 were yours");
  const { board: node, "board-icon": icon } = nodes;
  assert.deepEqual([node.dataset.tone, node.style["--color"], icon.textContent], ["own", "rgb(255 176 31)", "🎁"]);
});

test("news rises once, and nothing else does", (t) => {
  const { nodes, show } = board(t);
  show();
  for (const text of ["Wave!", "Wave!", "Bomb!"]) show({}, { words: { text } });
  assert.equal(nodes["board-text"].animations.length, 2);
});

test("short gathering is not noted, and a viewer without presses that wait is told to press", (t) => {
  const { show } = board(t);
  assert.equal(show({ pending: 4, gatherMs: 1_000 })[0], "press");
  assert.equal(show({ pending: 0, gatherMs: 5_000 })[0], "press");
});

test("outside a round nothing is said of it", (t) => {
  const { show } = board(t);
  const ended = { status: "ended", open: false, paused: true };
  assert.equal(show(ended, { words: { text: "Wave!" } })[0], null);
  assert.equal(show({ ...ended, pending: 4, gatherMs: 5_000 }, { words: { text: "Wave!" } })[0], null);
});

test("a first answer that is overdue is read out, and a server that is away is told then", (t) => {
  const { show } = board(t);
  const loading = { status: "loading", open: false };
  assert.deepEqual(show(loading, { now: 3_999 }), ["loading", "idle", "", 4_000]);
  assert.deepEqual(show(loading, { now: 4_000 }), ["loading", "idle", "loading", Infinity]);
  assert.equal(show({ ...loading, connection: "offline" }, { now: 3_999 })[0], "loading");
  assert.equal(show({ ...loading, connection: "offline" }, { now: 4_000 })[0], "offline");
});

test("who reaches nobody for ten seconds is told to scan the new code, until somebody answers", (t) => {
  const { nodes, show } = board(t);
  const offline = { connection: "offline", pending: 2 };
  const seen = () => [nodes.scan.hidden, nodes.scan.textContent, nodes.board.hasAttribute("data-lost")];
  assert.deepEqual(show(offline), ["offline, 2 wait", "alert", "offline, 2 wait", 15_000]);
  show(offline, { now: 14_999 });
  assert.deepEqual(seen(), [true, "", false]);
  const urgent = "scan the new code offline, 2 wait";
  assert.deepEqual(show(offline, { now: 15_000 }), ["offline, 2 wait", "alert", urgent, Infinity]);
  assert.deepEqual(seen(), [false, "scan the new code", true]);
  show({}, { now: 15_001 });
  assert.deepEqual(seen(), [true, "", false]);
  assert.equal(show(offline, { now: 15_002 })[3], 25_002);
});

test("a page that was not seen has ten seconds to find its connection again", (t) => {
  const { nodes, show } = board(t);
  show({ connection: "offline" });
  document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(show({ connection: "offline" }, { now: 60_000 })[3], 70_000);
  assert.equal(nodes.scan.hidden, true);
});

test("a score has the presses that wait, and a place where there is one", (t) => {
  const { nodes, show } = board(t);
  show({ mine: 3, pending: 2, place: 4 });
  const { score, "score-presses": presses, "score-place": rank } = nodes;
  assert.deepEqual([score.hidden, presses.textContent, rank.hidden, rank.textContent], [false, "5", false, "place 4"]);
  show({ open: false });
  assert.deepEqual([score.hidden, rank.hidden, rank.textContent], [true, true, ""]);
});

test("a board is shown again with each second of the round that is left", (t) => {
  const { show } = board(t);
  assert.equal(show({ roundEndsAt: 7_500 })[3], 5_500);
});

test("what comes up on the board is seen at its end", (t) => {
  const { nodes, show } = board(t);
  show({}, { words: { text: "Wave!" } });
  const [{ frames, duration }] = nodes["board-text"].animations;
  assert.deepEqual([frames.map(({ opacity }) => opacity), frames[1].transform, duration], [[0, 1], "none", 180]);
});

test("whoever wants less motion sees it fade in", (t) => {
  const { nodes, show } = board(t);
  globalThis.matchMedia = () => ({ matches: true });
  show({}, { words: { text: "Wave!" } });
  assert.deepEqual(nodes["board-text"].animations[0].frames, [{ opacity: 0 }, { opacity: 1 }]);
});

test("nine characters of time and presses have room to be large, more have not", (t) => {
  const { nodes, show } = board(t);
  const isLong = (mine) => {
    show({ mine, roundEndsAt: 80_000 }); // 1:15
    return nodes.board.hasAttribute("data-long");
  };
  assert.deepEqual([isLong(9_999), isLong(10_000)], [false, true]);
});

test("a pause that does not belong to a running round is not said", (t) => {
  const { show } = board(t);
  assert.equal(show({ status: "active", paused: true })[0], "press");
});
