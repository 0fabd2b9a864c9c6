import assert from "node:assert/strict";
import { test } from "node:test";

import { Names } from "../../../api_service/pages/web/console/names.js";
import { Commands } from "../../../api_service/pages/web/console/round/commands.js";
import { StreamarioError } from "../../../api_service/pages/web/streamario.js";
import { happen, openDocument } from "../dom.js";
import { fixChance, happened, stopTime } from "../time.js";

const RUNNING = { status: "in_game", round: 2, paused: false, roundEndsAt: 61_500, roundLeftMs: null, roundLimitMs: 300_000 };
const refusal = (code, status = 409) => new StreamarioError(code, "", { status });

/** A desk, whose API notes what it is asked, and refuses what `refuses` names. */
function deskWith(t, { state = {}, entry = {}, ...values } = {}) {
  const passes = stopTime(t);
  fixChance(t, 0);
  const page = openDocument(t);
  const { createElement } = page;
  page.createElement = (tag) => Object.assign(createElement(tag), { showModal() {}, remove() {} });
  const asked = [];
  const refuses = {};
  const ask = (name) => async (...given) => {
    asked.push([name, ...given]);
    const found = refuses[given[0]] ?? refuses[name];
    if (found) throw found;
    return { status: "in_game", round: 2, discarded: [{ event_type: "a", count: 4 }] };
  };
  const routes = ["round", "changeSettings", "reset", "fire", "readRoom", "hideNames", "showNames"];
  const desk = {
    state: { ...RUNNING, triggersPerMinute: 12, showsNames: true, ...state },
    entry,
    said: [],
    skipped: [],
    texts: { refused: ({ code }) => code, end_question: "End?", reset_question: "Reset?" },
    api: Object.fromEntries(routes.map((name) => [name, ask(name)])),
    isLost: false,
    stopped: null,
    refuse: (sentence) => desk.said.push(sentence),
    redraws: 0,
    redraw: () => (desk.redraws += 1),
    store: (changes) => Object.assign(entry, changes),
    takeStopped: (stopped) => (desk.stopped = stopped),
    skipResults: (round) => desk.skipped.push(round),
    ...values,
  };
  const answer = (value) => happen(Object.assign(page.body.querySelectorAll("dialog").at(-1), { returnValue: value }), "close");
  return { desk, commands: new Commands(desk), asked, refuses, answer, passes };
}

test("each command asks for its own, and shows what it will bring", async (t) => {
  const { desk, commands, asked } = deskWith(t);
  const pausing = commands.pause();
  assert.equal(commands.phaseOf("running"), "paused");
  assert.deepEqual([desk.said, desk.redraws], [[""], 0]); // what was refused before is said no more
  await pausing;
  assert.equal(desk.redraws, 1);
  assert.equal(commands.phaseOf("paused"), "paused");
  await commands.start();
  await commands.resume();
  assert.deepEqual(asked, [["round", "pause", {}], ["round", "start", {}], ["round", "resume", {}]]);
});

test("the same command is not given twice at once, but again later", async (t) => {
  const { commands, asked } = deskWith(t);
  await Promise.all([commands.start(), commands.start()]);
  assert.equal(asked.length, 1);
  await commands.start();
  assert.equal(asked.length, 2);
});

test("a refusal is said, and brings nothing", async (t) => {
  const { desk, commands, refuses } = deskWith(t);
  refuses.pause = refusal("game_not_started");
  await commands.pause();
  assert.deepEqual([desk.said.at(-1), commands.phaseOf("running")], ["game_not_started", "running"]);
  refuses.pause = new TypeError("a bug");
  await assert.rejects(commands.pause(), TypeError);
});

test("a round that nobody meant ends without a question and without results", async (t) => {
  const { desk, commands, asked } = deskWith(t);
  const ending = commands.notYet();
  assert.equal(commands.phaseOf("starting"), "ended");
  await ending;
  assert.deepEqual([asked, desk.skipped], [[["round", "end", {}]], [2]]);
});

test("the end of a round, and a reset, are asked about", async (t) => {
  const { commands, asked, answer } = deskWith(t);
  for (const [command, request] of [["end", ["round", "end", {}]], ["reset", ["reset"]]]) {
    const no = commands[command]();
    answer("");
    await no;
    assert.equal(asked.length, 0);
    const yes = commands[command]();
    answer("yes");
    await yes;
    assert.deepEqual(asked.pop(), request);
  }
});

test("a stop tells what it threw away, and going on, which the server knows, asks for no more", async (t) => {
  const { desk, commands, asked, passes } = deskWith(t);
  const stopping = commands.stop();
  assert.equal(commands.phaseOf("running"), "stopped");
  assert.deepEqual([desk.said, desk.redraws], [[""], 1]);
  await stopping;
  await passes(2_000);
  assert.equal(commands.phaseOf("running"), "running"); // somebody else has gone on
  assert.deepEqual(desk.stopped, { round: 2, total: 4, counts: { a: 4 } });
  await commands.resume();
  assert.deepEqual(asked, [["round", "stop"], ["round", "resume", {}]]);
});

test("no round is stopped where none runs", async (t) => {
  const { commands, asked } = deskWith(t, { state: { status: "ended" } });
  await commands.stop();
  assert.deepEqual(asked, []);
});

test("a stop that cannot be sent is kept, and sent as soon as the server answers", async (t) => {
  const { desk, commands, asked, passes } = deskWith(t, { isLost: true });
  await commands.stop();
  await commands.stop();
  assert.deepEqual([commands.keepsStop, desk.entry.kept_stop, asked, desk.redraws], [true, 2, [], 1]);
  commands.reached();
  await happened();
  assert.deepEqual([asked.map(([name]) => name), commands.keepsStop, desk.stopped.total], [["readRoom", "round"], false, 4]);
  await passes(60_000);
  assert.equal(asked.length, 2);
});

test("so is one whose answer does not come, and one that is refused is not", async (t) => {
  const { desk, commands, refuses } = deskWith(t);
  refuses.stop = refusal("unreachable", 0);
  await commands.stop();
  assert.deepEqual([commands.keepsStop, commands.phaseOf("running")], [true, "running"]);
  await commands.resume();
  assert.equal(commands.keepsStop, false);
  refuses.stop = refusal("game_not_started");
  await commands.stop();
  assert.deepEqual([commands.keepsStop, desk.said.at(-1)], [false, "game_not_started"]);
});

test("going on takes back a kept stop, and asks for nothing", async (t) => {
  const { desk, commands, asked, passes } = deskWith(t, { isLost: true, entry: { kept_stop: 2 } });
  assert.equal(commands.keepsStop, true);
  await commands.resume();
  await passes(60_000);
  assert.deepEqual([commands.keepsStop, desk.entry.kept_stop, asked, desk.redraws], [false, 0, [], 1]);
});

test("a room that never had a round keeps no stop", (t) => {
  const { commands } = deskWith(t, { state: { status: "active", round: 0 } });
  assert.equal(commands.keepsStop, false);
});

test("a kept stop is its own round's", (t) => {
  const { commands } = deskWith(t, { entry: { kept_stop: 1 } });
  assert.equal(commands.keepsStop, false);
});

test("a minute more is this round's while it runs, and otherwise every round's", async (t) => {
  const { desk, commands, asked } = deskWith(t);
  await commands.longer();
  assert.deepEqual(asked.pop(), ["round", "limit", { limit_s: 122 }]);
  desk.state.status = "active";
  await commands.longer();
  assert.deepEqual(asked, [["changeSettings", { round_limit_s: 360 }]]);
});

test("the length of every round leaves the running one as it is", async (t) => {
  const { desk, commands, asked, refuses } = deskWith(t);
  await commands.everyRound(600);
  assert.deepEqual(asked, [["changeSettings", { round_limit_s: 600 }], ["round", "limit", { limit_s: 62 }]]);
  desk.state.roundEndsAt = null;
  await commands.everyRound(99_999);
  assert.deepEqual(asked.slice(2), [["changeSettings", { round_limit_s: 36_000 }], ["round", "limit", { limit_s: 0 }]]);
  await commands.limit(99_999);
  assert.deepEqual(asked.pop(), ["round", "limit", { limit_s: 36_000 }]);
  refuses.changeSettings = refusal("overloaded");
  await commands.everyRound(60);
  assert.equal(asked.at(-1)[0], "changeSettings");
});

test("how much happens shows at once, and is as before where it was refused", async (t) => {
  const { desk, commands, asked, refuses } = deskWith(t);
  assert.equal(commands.perMinute, 12);
  const changing = commands.mood(60);
  assert.equal(commands.perMinute, 60);
  await changing;
  assert.deepEqual([commands.perMinute, asked], [60, [["changeSettings", { triggers_per_minute: 60 }]]]);
  desk.state.triggersPerMinute = 60;
  assert.equal(commands.perMinute, 60);
  desk.state.triggersPerMinute = 20; // somebody else
  assert.equal(commands.perMinute, 20);
  refuses.changeSettings = refusal("overloaded");
  await commands.mood(4);
  assert.deepEqual([commands.perMinute, desk.said.at(-1), desk.redraws], [20, "overloaded", 2]);
});

test("names are hidden at once, as the room then tells", async (t) => {
  const { desk, asked } = deskWith(t);
  const names = new Names(desk);
  assert.equal(names.isHidden, false);
  const hiding = names.set(true);
  await names.set(true);
  names.follow(desk.state);
  assert.equal(names.isHidden, true);
  await hiding;
  names.follow(desk.state);
  assert.equal(names.isHidden, true);
  desk.state.showsNames = false;
  names.follow(desk.state);
  desk.state.showsNames = true; // somebody else shows them again
  assert.deepEqual([names.isHidden, asked], [false, [["hideNames"]]]);
  await names.set(false);
  assert.deepEqual(asked.at(-1), ["showNames"]);
});

test("names that could not be hidden are not, and that is said", async (t) => {
  const { desk, refuses } = deskWith(t);
  refuses.hideNames = refusal("unreachable", 0);
  const names = new Names(desk);
  await names.set(true);
  assert.deepEqual([names.isHidden, desk.said], [false, ["", "unreachable"]]);
});
