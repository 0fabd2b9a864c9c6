import assert from "node:assert/strict";
import { test } from "node:test";

import { Names } from "../../../api_service/pages/web/console/people/viewers.js";
import { Commands } from "../../../api_service/pages/web/console/round/commands.js";
import { storedStop } from "../../../api_service/pages/web/console/storage.js";
import { StreamarioError } from "../../../api_service/pages/web/streamario.js";
import { happen, openDocument } from "../dom.js";
import { memory } from "../storage.js";
import { fixChance, happened, stopTime } from "../time.js";

const RUNNING = { status: "in_game", round: 2, paused: false, roundEndsAt: 61_500, roundLeftMs: null, roundLimitMs: 300_000 };
const refusal = (code, status = 409) => new StreamarioError(code, "", { status });

/** A desk, whose API notes what it is asked, and refuses what `refuses` names. */
function deskWith(t, { state = {}, entry = { room_id: "r" }, ...values } = {}) {
  const passes = stopTime(t);
  fixChance(t, 0);
  const page = openDocument(t);
  const { createElement } = page;
  page.createElement = (tag) => Object.assign(createElement(tag), { showModal() {}, remove() {} });
  const asked = [];
  const refuses = {};
  const ask = (name) => async (...given) => {
    asked.push([name, ...given]);
    const found = await (refuses[given[0]] ?? refuses[name]);
    if (found instanceof Error) throw found;
    return found ?? { status: "in_game", round: 2, discarded: [{ event_type: "a", count: 4 }] };
  };
  globalThis.sessionStorage = memory();
  const routes = ["round", "changeSettings", "fire", "readRoom", "hideNames", "showNames"];
  const desk = {
    state: { ...RUNNING, triggersPerMinute: 12, showsNames: true, ...state },
    entry,
    said: [],
    skipped: [],
    texts: { refused: ({ code }) => code, end_question: "End?" },
    api: Object.fromEntries(routes.map((name) => [name, ask(name)])),
    isLost: false,
    stopped: null,
    refuse: (sentence) => desk.said.push(sentence),
    redraws: 0,
    redraw: () => (desk.redraws += 1),
    redrawAt: () => {},
    store: (changes) => Object.assign(entry, changes),
    takeStopped: (stopped) => (desk.stopped = stopped),
    skipResults: (round) => desk.skipped.push(round),
    ...values,
  };
  const answer = (value) => happen(Object.assign(page.body.querySelectorAll("dialog").at(-1), { returnValue: value }), "close");
  return { desk, commands: new Commands(desk), asked, refuses, answer, passes };
}

/** What is answered when the test says so. */
function awaited() {
  const answer = {};
  answer.promise = new Promise((resolve) => (answer.resolve = resolve));
  return answer;
}

const UNREACHABLE = refusal("unreachable", 0);

test("each command asks for its own, for the round that it was given in, and shows what it will bring", async (t) => {
  const { desk, commands, asked } = deskWith(t);
  const pausing = commands.pause();
  assert.equal(commands.phaseOf("running"), "paused");
  await pausing;
  assert.deepEqual([desk.said, desk.redraws], [[""], 1]); // what was refused before is said no more
  assert.equal(commands.phaseOf("paused"), "paused");
  await commands.resume();
  await commands.start();
  assert.deepEqual(asked, [["round", "pause", { round: 2 }], ["round", "resume", { round: 2 }], ["round", "start", {}]]);
});

test("the same command is not given twice at once, but again later", async (t) => {
  const { commands, asked } = deskWith(t);
  await Promise.all([commands.pause(), commands.pause()]);
  assert.equal(asked.length, 1);
  await commands.pause();
  assert.equal(asked.length, 2);
});

test("commands go in the order in which they were given", async (t) => {
  const { commands, asked, refuses } = deskWith(t);
  const answer = awaited();
  refuses.pause = answer.promise;
  const given = [commands.pause(), commands.resume(), commands.pause()];
  await happened();
  assert.deepEqual([asked.length, commands.phaseOf("running")], [1, "paused"]);
  answer.resolve();
  await Promise.all(given);
  assert.deepEqual(asked.map(([, command]) => command), ["pause", "resume", "pause"]);
});

test("a refusal is said, and brings nothing", async (t) => {
  const { desk, commands, refuses } = deskWith(t);
  refuses.pause = refusal("game_not_started");
  await commands.pause();
  assert.deepEqual([desk.said.at(-1), commands.phaseOf("running")], ["game_not_started", "running"]);
  refuses.pause = new TypeError("a bug");
  await assert.rejects(commands.pause(), TypeError);
});

test("without a round nothing but a start is asked for", async (t) => {
  const { commands, asked } = deskWith(t, { state: { status: "ended" } });
  await commands.pause();
  await commands.notYet();
  commands.stop();
  await happened();
  assert.deepEqual([asked, commands.phaseOf("running")], [[], "running"]);
});

test("what a command brings is drawn again when it counts no more", async (t) => {
  const redrawn = [];
  const { commands, passes } = deskWith(t, { redrawAt: (at) => redrawn.push(at) });
  await passes(100);
  await commands.pause();
  commands.phaseOf("running");
  assert.equal(redrawn.at(-1), 2_100);
});

test("how much happens is drawn again when what was chosen counts no more", async (t) => {
  const redrawn = [];
  const { commands, passes } = deskWith(t, { redrawAt: (at) => redrawn.push(at) });
  await passes(100);
  await commands.mood(60);
  assert.deepEqual([commands.perMinute, redrawn.at(-1)], [60, 2_100]);
});

test("a round that nobody meant ends without a question and without results", async (t) => {
  const { desk, commands, asked } = deskWith(t);
  const ending = commands.notYet();
  assert.equal(commands.phaseOf("starting"), "ended");
  await ending;
  assert.deepEqual([asked, desk.skipped], [[["round", "end", { round: 2 }]], [2]]);
});

test("it ends also where its start is not answered yet, and the round before keeps its results", async (t) => {
  const { desk, commands, asked, refuses } = deskWith(t, { state: { status: "ended" } });
  const answer = awaited();
  refuses.start = answer.promise;
  commands.start();
  const ending = commands.notYet();
  assert.equal(commands.phaseOf("active"), "ended");
  answer.resolve({ round: 3 });
  await ending;
  assert.deepEqual([asked.at(-1), desk.skipped], [["round", "end", { round: 3 }], [3]]);
  refuses.start = refusal("overloaded");
  desk.state.round = 3;
  commands.start();
  await commands.notYet();
  assert.deepEqual([asked.at(-1)[1], desk.skipped], ["start", [3]]);
});

test("the end of a round is asked about", async (t) => {
  const { commands, asked, answer } = deskWith(t);
  const no = commands.end();
  answer("");
  await no;
  assert.equal(asked.length, 0);
  const yes = commands.end();
  answer("yes");
  await yes;
  assert.deepEqual(asked.pop(), ["round", "end", { round: 2 }]);
});

test("the end that was asked about is the end of that round", async (t) => {
  const { desk, commands, asked, answer } = deskWith(t);
  const ending = commands.end();
  desk.state.round = 3;
  answer("yes");
  await ending;
  assert.deepEqual(asked, [["round", "end", { round: 2 }]]);
});

test("a stop is called so once it is answered, and tells what it threw away", async (t) => {
  const { desk, commands, asked, refuses, passes } = deskWith(t);
  const given = awaited();
  refuses.stop = given.promise;
  commands.stop();
  commands.stop();
  assert.deepEqual([commands.keepsStop, commands.phaseOf("running"), asked], [true, "running", [["round", "stop", { round: 2 }, 1_500]]]);
  assert.deepEqual([desk.said, desk.redraws, storedStop("r").round], [[""], 1, 2]);
  given.resolve();
  await happened();
  assert.deepEqual([commands.keepsStop, commands.phaseOf("running"), storedStop("r")], [false, "stopped", null]);
  assert.deepEqual([desk.stopped, desk.redraws], [{ round: 2, total: 4, counts: { a: 4 } }, 2]);
  await passes(2_000);
  assert.equal(commands.phaseOf("running"), "running"); // somebody else has gone on
});

test("a stop that is not answered is sent again, and at once where the server is back", async (t) => {
  const { desk, commands, asked, refuses, passes } = deskWith(t);
  refuses.stop = UNREACHABLE;
  commands.stop();
  await happened();
  assert.deepEqual([commands.keepsStop, commands.phaseOf("running"), asked.length], [true, "running", 1]);
  refuses.stop = null;
  commands.reached();
  await happened();
  assert.deepEqual([commands.keepsStop, asked.length, desk.stopped.total], [false, 2, 4]);
  await passes(60_000);
  assert.equal(asked.length, 2);
});

test("a stop that is refused is said, but not that its round is over", async (t) => {
  const { desk, commands, refuses } = deskWith(t);
  for (const [code, said] of [["game_not_started", ""], ["forbidden", "forbidden"]]) {
    refuses.stop = refusal(code);
    commands.stop();
    await happened();
    assert.deepEqual([commands.keepsStop, commands.phaseOf("running"), desk.said.at(-1)], [false, "running", said]);
  }
});

test("a stop waits for nothing, and is sent again after what it has overtaken", async (t) => {
  const { commands, asked, refuses } = deskWith(t);
  const answer = awaited();
  refuses.resume = answer.promise;
  commands.resume();
  await happened();
  commands.stop();
  await happened();
  assert.deepEqual(asked.map(([, command]) => command), ["resume", "stop"]);
  assert.equal(commands.phaseOf("running"), "stopped");
  answer.resolve();
  await happened();
  assert.deepEqual(asked.map(([, command]) => command), ["resume", "stop", "stop"]);
});

test("what a stop has overtaken is not shown any more, also where the stop is refused", async (t) => {
  const { desk, commands, refuses } = deskWith(t);
  refuses.pause = awaited().promise;
  refuses.stop = refusal("game_not_started");
  commands.pause();
  await happened();
  commands.stop();
  await happened();
  assert.deepEqual([commands.phaseOf("running"), desk.redraws], ["running", 2]);
});

test("the first round is one, too", async (t) => {
  const { commands, asked, refuses } = deskWith(t, { state: { round: 1 } });
  await commands.pause();
  assert.deepEqual(asked, [["round", "pause", { round: 1 }]]);
  refuses.stop = UNREACHABLE;
  commands.stop();
  assert.equal(commands.keepsStop, true);
});

test("what waited when the stop was given is not sent any more", async (t) => {
  const { commands, asked, refuses } = deskWith(t);
  const answer = awaited();
  refuses.pause = answer.promise;
  commands.pause();
  commands.resume();
  commands.stop();
  answer.resolve();
  await happened();
  assert.equal(asked.some(([, command]) => command === "resume"), false);
});

test("who goes on after the stop wants no second one, whatever it has overtaken", async (t) => {
  const { commands, asked, refuses } = deskWith(t);
  const answer = awaited();
  refuses.resume = answer.promise;
  commands.resume();
  await happened();
  commands.stop();
  await happened();
  commands.resume();
  refuses.resume = null;
  answer.resolve();
  await happened();
  assert.deepEqual(asked.map(([, command]) => command), ["resume", "stop", "resume"]);
});

test("going on takes back a stop that is not answered, and comes after it", async (t) => {
  const { desk, commands, asked, refuses, passes } = deskWith(t);
  const answer = awaited();
  refuses.stop = answer.promise;
  commands.stop();
  const resuming = commands.resume();
  await happened();
  assert.deepEqual([commands.keepsStop, asked.length, commands.phaseOf("stopped")], [false, 1, "running"]);
  answer.resolve();
  await resuming;
  await passes(60_000);
  assert.deepEqual([asked.map(([, command]) => command), desk.stopped], [["stop", "resume"], null]);
});

test("while the server is away going on asks for nothing", async (t) => {
  const { desk, commands, asked, refuses, passes } = deskWith(t, { isLost: true });
  refuses.stop = UNREACHABLE;
  commands.stop();
  const { redraws } = desk;
  await commands.resume();
  assert.equal(desk.redraws, redraws + 1);
  await passes(60_000);
  assert.deepEqual([commands.keepsStop, storedStop("r"), asked.length], [false, null, 1]);
});

for (const [isStopped, expected] of [[false, ["stop", "resume"]], [true, ["stop", "stop"]]]) {
  test(`going on undoes a stop that is heard after all${isStopped ? ", unless another was given" : ""}`, async (t) => {
    const { desk, commands, asked, refuses } = deskWith(t, { isLost: true });
    const answer = awaited();
    refuses.stop = answer.promise;
    commands.stop();
    const resuming = commands.resume();
    await happened();
    if (isStopped) commands.stop();
    answer.resolve();
    await resuming;
    await happened();
    assert.deepEqual([asked.map(([, command]) => command), commands.keepsStop, desk.said.at(-1)], [expected, false, ""]);
  });
}

test("a kept stop is its own round's", (t) => {
  const { desk, commands, refuses } = deskWith(t);
  refuses.stop = UNREACHABLE;
  commands.stop();
  desk.state.round = 3;
  assert.equal(commands.keepsStop, false);
});

test("a room without a round keeps no stop", (t) => {
  const { commands } = deskWith(t, { state: { status: "active", round: 0 } });
  assert.equal(commands.keepsStop, false);
});

test("a minute more is this round's while it runs, and otherwise every round's", async (t) => {
  const { desk, commands, asked } = deskWith(t);
  await commands.longer();
  assert.deepEqual(asked.pop(), ["round", "limit", { round: 2, limit_s: 122 }]);
  desk.state.status = "active";
  await commands.longer();
  assert.deepEqual(asked, [["changeSettings", { round_limit_s: 360 }]]);
});

test("the length of every round leaves the running one as it is", async (t) => {
  const { desk, commands, asked, refuses } = deskWith(t);
  await commands.everyRound(600);
  assert.deepEqual(asked, [["changeSettings", { round_limit_s: 600 }], ["round", "limit", { round: 2, limit_s: 62 }]]);
  desk.state.roundEndsAt = null;
  await commands.everyRound(99_999);
  assert.deepEqual(asked.slice(2), [["changeSettings", { round_limit_s: 36_000 }], ["round", "limit", { round: 2, limit_s: 0 }]]);
  await commands.limit(99_999);
  assert.deepEqual(asked.pop(), ["round", "limit", { round: 2, limit_s: 36_000 }]);
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
