import assert from "node:assert/strict";
import { test } from "node:test";

import { RoundBoard } from "../../../api_service/pages/web/console/live/board.js";
import { StreamarioError } from "../../../clients/web/streamario.js";
import { happen, make, openDocument, rootOf } from "../dom.js";
import { settled, stopTime } from "../time.js";

const BUTTONS = ["start", "next", "pause", "resume", "stop", "end", "reset"];
const TEXTS = {
  phases: {
    ...{ active: () => "ready", running: (n) => `round ${n}` },
    ...{ paused: (n) => `${n} paused`, ended: (n) => `${n} over` },
  },
  connections: { connecting: "connecting", open: "open", waiting: "waiting", ended: "ended" },
  ...{ ended: (reason) => `because ${reason}`, offline: "offline", stopping: "stopping", stopped: "stopped" },
  ...{ end_question: "End?", end_explanation: "", end_round: "End", reset_question: "Reset?", reset_explanation: "" },
  ...{ reset_counts: "Reset", refused: ({ code }) => `refused: ${code}` },
};
const STATE = {
  ...{ status: "in_game", paused: false, round: 2, viewerCount: 1_234, connection: "live", triggersPerMinute: 12 },
  buttons: [{ level: 3 }, { level: 4 }],
};

/** The board of a round whose game is open; the question that it asks is answered `answer`. */
function board(t, { answer = "yes", reset = async () => {} } = {}) {
  const passes = stopTime(t);
  const root = rootOf(
    ...[...BUTTONS, "take-back", "status", "viewers", "triggers", "connection", "reason", "notice", "refusal"],
    ...["stopped", "pace-hint", "pace-reason", "set-pace"],
  );
  root.className = "controls";
  const dialog = make("dialog", { id: "confirm" });
  const questions = [];
  dialog.showModal = () => {
    questions.push(question.textContent);
    dialog.returnValue = answer;
    setImmediate(() => happen(dialog, "close"));
  };
  const question = make("p", { id: "confirm-question" });
  const others = ["confirm-explanation", "confirm-yes"].map((id) => make("p", { id }));
  const page = openDocument(t, { nodes: [root, dialog, question, ...others] });
  const ordered = [];
  const listeners = {};
  const game = {
    ...{ isOpen: true, on: (event, listener) => (listeners[event] = listener), open: () => ordered.push("open") },
    order: ({ type, discard }, round) => ordered.push(discard ? [type, round, "discard"] : [type, round]),
  };
  const settings = { isDirty: () => false, changed: () => {} };
  const options = { game, api: { reset }, texts: TEXTS, stopped: 0, storeStopped: () => {}, settings };
  const roundBoard = new RoundBoard(root, options);
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const show = (values) => roundBoard.show({ ...STATE, ...values });
  const give = async (name) => {
    part(name).click();
    for (let n = 0; n < 4; n += 1) await settled();
  };
  const offered = () => BUTTONS.filter((name) => !part(name).hidden);
  return { roundBoard, page, part, show, give, offered, ordered, questions, game, listeners, passes };
}

test("a board shows where the round stands, and offers what that allows", (t) => {
  const { show, part, offered } = board(t);
  show();
  const shown = ["status", "viewers", "triggers"].map((name) => part(name).textContent);
  assert.deepEqual([shown, part("status").dataset.phase], [["round 2", "1,234", "7"], "running"]);
  assert.deepEqual(offered(), ["pause", "stop", "end", "reset"]);
  show({ paused: true });
  assert.deepEqual(offered(), ["resume", "stop", "end"]);
  show({ status: "ended" });
  assert.deepEqual(offered(), ["next"]);
  show({ status: "active" });
  assert.deepEqual(offered(), ["start"]);
});

test("a command is given once, until the round shows it or five seconds are over", async (t) => {
  const { show, give, ordered, passes } = board(t);
  show();
  await give("pause");
  await give("pause");
  assert.deepEqual(ordered, [["pause", 2]]);
  show({ paused: true });
  await give("resume");
  assert.deepEqual(ordered.at(-1), ["resume", 2]);
  show({ status: "active" });
  await give("start");
  await passes(4_999);
  await give("start");
  assert.equal(ordered.length, 3);
  await passes(1);
  await give("start");
  assert.equal(ordered.length, 4);
});

test("a stop never waits, and throws away what is in the bars", async (t) => {
  const { show, give, part, ordered } = board(t);
  show();
  await give("pause");
  await give("stop");
  assert.deepEqual(ordered, [
    ["pause", 2],
    ["pause", 2],
  ]);
  assert.equal(part("stopped").textContent, "");
  show({ paused: true });
  assert.equal(part("stopped").textContent, "stopping");
  await give("resume");
  assert.deepEqual(ordered.at(-1), ["resume", 2, "discard"]);
  show();
  assert.deepEqual([part("stopped").textContent, part("stopped").hidden], ["", true]);
  show({ paused: true });
  assert.equal(part("stopped").textContent, "");
});

test("a stop in a pause changes no phase: the next command need not wait for it", async (t) => {
  const { show, give, ordered } = board(t);
  show({ paused: true });
  await give("stop");
  await give("resume");
  assert.equal(ordered.length, 2);
});

test("a round is ended where the question is answered with yes", async (t) => {
  const yes = board(t);
  yes.show();
  await yes.give("end");
  assert.deepEqual([yes.questions, yes.ordered], [["End?"], [["game_end", 2]]]);
  t.mock.timers.reset();
  t.mock.restoreAll();
  const no = board(t, { answer: "" });
  no.show();
  await no.give("end");
  await no.give("pause");
  assert.deepEqual(no.ordered, [["pause", 2]]);
});

test("counts are reset where that is wanted, and a refusal is told until the next command", async (t) => {
  const { show, give, part } = board(t, {
    reset: async () => {
      throw new StreamarioError("busy", "");
    },
  });
  show();
  await give("reset");
  assert.deepEqual([part("refusal").textContent, part("refusal").hidden], ["refused: busy", false]);
  await give("pause");
  assert.equal(part("refusal").textContent, "");
});

test("after a refusal a command may be given again at once", async (t) => {
  const { roundBoard, show, give, ordered } = board(t);
  show();
  await give("pause");
  roundBoard.refuse("");
  await give("pause");
  assert.equal(ordered.length, 1);
  roundBoard.refuse("no");
  await give("pause");
  assert.equal(ordered.length, 2);
});

test("why the socket is not open is said, also while it is tried again", (t) => {
  const { roundBoard, part, show, game } = board(t);
  roundBoard.showConnection({ state: "waiting", reason: "lost" });
  assert.deepEqual([part("connection").textContent, part("reason").textContent], ["waiting", "because lost"]);
  game.isOpen = false;
  roundBoard.showConnection({ state: "connecting" });
  assert.deepEqual([part("reason").textContent, part("pause").disabled], ["because lost", true]);
  game.isOpen = true;
  roundBoard.showConnection({ state: "open" });
  assert.deepEqual([part("notice").hidden, part("reason").textContent, part("pause").disabled], [true, "", false]);
  roundBoard.showConnection({ state: "connecting" });
  assert.equal(part("reason").textContent, "");
  show({ connection: "offline" });
  assert.deepEqual([part("reason").textContent, part("notice").hidden], ["offline", false]);
});

test("a room that another game took can be taken back", async (t) => {
  const { roundBoard, part, give, ordered } = board(t);
  const isHidden = (connection) => {
    roundBoard.showConnection(connection);
    return part("take-back").hidden;
  };
  assert.equal(isHidden({ state: "ended", reason: "room_over" }), true);
  assert.equal(isHidden({ state: "waiting", reason: "replaced" }), true);
  assert.equal(isHidden({ state: "ended", reason: "replaced" }), false);
  await give("take-back");
  assert.deepEqual(ordered, ["open"]);
});

test("a key presses the first of some buttons that is there", async (t) => {
  const { roundBoard, show, ordered } = board(t);
  show({ paused: true });
  roundBoard.press("pause", "resume");
  roundBoard.press("start", "next");
  await settled();
  assert.deepEqual(ordered, [["resume", 2]]);
});

test("who works with the keyboard stays among the buttons", (t) => {
  const { page, part, show } = board(t);
  show();
  part("pause").focus();
  show({ paused: true });
  assert.equal(page.activeElement, part("resume"));
});

test("a board takes the focus that nobody has, once there is something to do", (t) => {
  const { roundBoard, page, part, show, game } = board(t);
  game.isOpen = false;
  roundBoard.showConnection({ state: "connecting" });
  roundBoard.takeFocus();
  show({ status: "active" });
  assert.equal(page.activeElement, page.body);
  game.isOpen = true;
  roundBoard.showConnection({ state: "open" });
  assert.equal(page.activeElement, part("start"));
  part("end").focus();
  roundBoard.takeFocus();
  assert.equal(page.activeElement, part("end"));
});
