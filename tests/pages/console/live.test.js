import assert from "node:assert/strict";
import { test } from "node:test";

import { Buttons } from "../../../api_service/pages/web/console/live/buttons.js";
import { TriggerFeed } from "../../../api_service/pages/web/console/live/feed.js";
import { Newer } from "../../../api_service/pages/web/console/live/newer.js";
import { PaceHint } from "../../../api_service/pages/web/console/live/pace.js";
import { TestPresses } from "../../../api_service/pages/web/console/live/test_presses.js";
import { Timer } from "../../../api_service/pages/web/console/live/timer.js";
import { StreamarioError } from "../../../clients/web/streamario.js";
import { happen, make, openDocument, rootOf } from "../dom.js";
import { serve } from "../server.js";
import { settled, stopTime } from "../time.js";

const partIn = (root, name) => root.querySelector(`[data-part="${name}"]`);
const refused = ({ code }) => `refused: ${code}`;

const happened = async () => {
  for (let n = 0; n < 5; n += 1) await settled();
};

test("whoever is scrolled down is told how many newer rows came, and goes up to them", (t) => {
  const page = openDocument(t);
  const scroller = make("div");
  const newer = new Newer(scroller, (count) => `${count} newer`);
  const [button] = scroller.querySelectorAll("button");
  newer.came(2);
  assert.equal(button.hidden, true);
  scroller.scrollTop = 40;
  happen(scroller, "scroll");
  newer.came(0);
  assert.equal(button.hidden, true);
  newer.came(2);
  newer.came(3);
  assert.deepEqual([button.hidden, button.textContent], [false, "5 newer"]);
  button.click();
  assert.deepEqual([scroller.scrollTop, button.hidden, page.activeElement], [0, true, scroller]);
  scroller.scrollTop = 1;
  happen(scroller, "scroll");
  newer.came(1);
  assert.equal(button.textContent, "1 newer");
  scroller.scrollTop = 0;
  happen(scroller, "scroll");
  assert.equal(button.hidden, true);
});

/** The hint that buttons need a pace, and what it did. */
function paceHint(t, { isDirty = false, refusal = null } = {}) {
  openDocument(t);
  const root = rootOf("pace-hint", "pace-reason", "set-pace");
  const did = [];
  const changeSettings = async (changes) => {
    did.push(changes);
    if (refusal) throw refusal;
  };
  const hint = new PaceHint(root, {
    ...{ api: { changeSettings }, refuse: (sentence) => did.push(sentence) },
    texts: { pace_needed: (viewers) => `${viewers} viewers`, pace_after_edits: "edits", refused },
    settings: { isDirty: () => isDirty, changed: () => did.push("changed") },
  });
  const [shown, reason, set] = ["pace-hint", "pace-reason", "set-pace"].map((name) => partIn(root, name));
  return { hint, did, shown, reason, set };
}

const UNPACED = { viewerCount: 301, triggersPerMinute: 0, buttons: [{ enabled: true, paceMs: 0 }] };

test("a large crowd's buttons need a pace", (t) => {
  const { hint, shown, reason } = paceHint(t);
  hint.show(UNPACED);
  assert.deepEqual([shown.hidden, reason.textContent], [false, "301 viewers"]);
  const others = [
    { viewerCount: 300 },
    { triggersPerMinute: 12 },
    { buttons: [{ enabled: false, paceMs: 0 }] },
    { buttons: [{ enabled: true, paceMs: 1 }] },
  ];
  for (const other of others) {
    hint.show({ ...UNPACED, ...other });
    assert.equal(shown.hidden, true);
  }
});

test("a pace is given once when asked for, and not over edits", async (t) => {
  const { did, set } = paceHint(t);
  set.click();
  set.click();
  await happened();
  assert.deepEqual(did, ["", { triggers_per_minute: 12 }, "changed"]);
  set.click();
  await happened();
  assert.equal(did.length, 6);
  const edited = paceHint(t, { isDirty: true });
  edited.set.click();
  assert.deepEqual(edited.did, ["edits"]);
});

test("a pace that the server refuses is told", async (t) => {
  const { did, set } = paceHint(t, { refusal: new StreamarioError("busy", "") });
  set.click();
  await happened();
  assert.equal(did.at(-1), "refused: busy");
});

/** The round's timer in stopped time; `asked` are the limits that it set. */
function timer(t, { refusal = null } = {}) {
  const passes = stopTime(t);
  openDocument(t);
  let tick;
  t.mock.method(globalThis, "setInterval", (run, ms) => {
    assert.equal(ms, 1_000);
    tick = run;
  });
  const root = rootOf("minutes", "minutes-refusal", "left", "clear");
  const asked = [];
  const changeSettings = async ({ round_limit_s: seconds }) => {
    asked.push(seconds);
    if (refusal) throw refusal;
  };
  const texts = { minutes_problem: "minutes!", refused, round_will_last: (of) => `will last ${of}` };
  texts.round_ends_in = (left, of) => `${left} of ${of}`;
  const made = new Timer(root, { api: { changeSettings }, texts });
  const names = ["minutes", "minutes-refusal", "left", "clear"];
  const [minutes, said, left, clear] = names.map((name) => partIn(root, name));
  const enter = async (value) => {
    minutes.value = value;
    const event = happen(root, "submit");
    await happened();
    return event.defaultPrevented;
  };
  return { made, root, minutes, said, left, clear, asked, enter, passes, tick: () => tick() };
}

const limited = (values) => ({ roundLimitMs: 90_000, roundEndsAt: null, roundLeftMs: null, ...values });

test("a round's limit is entered in minutes, of full-width digits, too", async (t) => {
  const { asked, said, minutes, enter } = timer(t);
  assert.equal(await enter("1.5"), true);
  await enter("２");
  await enter("600");
  await enter("0.001");
  assert.deepEqual(asked, [90, 120, 36_000, 1]);
  assert.deepEqual([said.textContent, minutes.getAttribute("aria-invalid")], ["", "false"]);
});

test("no minutes, and too many, are refused at once", async (t) => {
  const { asked, said, minutes, enter } = timer(t);
  for (const value of ["0", "-1", "x", "600.1"]) {
    await enter(value);
    assert.deepEqual([said.textContent, minutes.getAttribute("aria-invalid")], ["minutes!", "true"]);
  }
  assert.deepEqual(asked, []);
});

test("what the server refuses is told", async (t) => {
  const away = timer(t, { refusal: new StreamarioError("busy", "") });
  await away.enter("1");
  assert.equal(away.said.textContent, "refused: busy");
  t.mock.reset();
  const wrong = timer(t, { refusal: new StreamarioError("invalid", "", { problems: [{}] }) });
  await wrong.enter("1");
  assert.equal(wrong.said.textContent, "minutes!");
});

test("the same limit again counts from now on: it is removed first", async (t) => {
  const { made, asked, enter } = timer(t);
  made.show(limited());
  await enter("1.5");
  assert.deepEqual(asked, [0, 90]);
});

test("a limit is set once though it is entered twice, and can be cleared", async (t) => {
  const { made, root, minutes, clear, asked } = timer(t);
  made.show(limited());
  minutes.value = "1";
  happen(root, "submit");
  happen(root, "submit");
  await happened();
  clear.click();
  await happened();
  assert.deepEqual(asked, [60, 0]);
});

test("how long the round goes on is shown each second", async (t) => {
  const { made, left, clear, passes, tick } = timer(t);
  made.show(limited({ roundLimitMs: 0 }));
  assert.deepEqual([left.hidden, clear.hidden], [true, true]);
  made.show(limited());
  assert.deepEqual([left.textContent, left.hidden, clear.hidden], ["will last 1:30", false, false]);
  made.show(limited({ roundEndsAt: 90_000 }));
  assert.equal(left.textContent, "1:30 of 1:30");
  await passes(1_000);
  tick();
  assert.equal(left.textContent, "1:29 of 1:30");
});

test("the field follows the room's limit, but stays as it was entered", (t) => {
  const { made, minutes } = timer(t);
  made.show(limited());
  assert.equal(minutes.value, "1.5");
  minutes.value = "2.0";
  made.show(limited({ roundLimitMs: 120_000 }));
  assert.equal(minutes.value, "2.0");
  made.show(limited({ roundLimitMs: 0 }));
  assert.equal(minutes.value, "2.0");
  made.show(limited({ roundLimitMs: 100_000 }));
  assert.equal(minutes.value, "1.67");
});

test("where the room's token does nothing any more there is nothing to set", (t) => {
  const { made, root } = timer(t);
  made.showConnection({ reason: "room_over" });
  assert.equal(root.hidden, true);
  made.showConnection({ reason: "replaced" });
  assert.equal(root.hidden, false);
});

const BUTTON = { eventType: "a", labels: [{ lang: "en", text: "Wave" }], enabled: true, available: true };
const RUNNING = { status: "in_game", paused: false, buttons: [BUTTON], viewerCount: 0 };

/** The console's test presses; the server answers a press with `answer`. */
function testPresses(t, { press = async () => pressAnswer() } = {}) {
  serve(t, () => ({ viewer_id: "v" }));
  openDocument(t);
  const root = rootOf("crowd", "said", "why-not");
  const presses = [];
  const api = {
    stats: async () => ({ stats: [{ event_type: "a", remaining_count: 3 }] }),
    press: (...given) => {
      presses.push(given);
      return press(...given);
    },
  };
  const texts = {
    ...{ tester: "Test", crowd_member: (n) => `Crowd ${n}`, crowd: "Crowd", stop_crowd: (s) => `Stop ${s}`, refused },
    ...{ untestable: { paused: "It is paused" }, tested: (label, { fired }) => `${label} ${fired}` },
    ...{ crowd_question: "Sure?", crowd_explanation: (n) => `${n} viewers` },
  };
  const made = new TestPresses(root, { api, texts, languages: ["en"] });
  const [crowd, said, whyNot] = ["crowd", "said", "why-not"].map((name) => partIn(root, name));
  return { made, presses, crowd, said, whyNot };
}

const pressAnswer = () => ({
  event_results: [{ accepted: 3, remaining_count: 0, triggers_fired: 1 }],
  ...{ rejected_by: {}, stats: [] },
});

test("a button is tested in a running round, one test at a time", async (t) => {
  const { made, presses, said, whyNot } = testPresses(t);
  await made.test(BUTTON);
  made.show({ ...RUNNING, paused: true });
  assert.equal(whyNot.textContent, "It is paused");
  await made.test(BUTTON);
  assert.deepEqual(presses, []);
  made.show(RUNNING);
  assert.equal(whyNot.textContent, "");
  await Promise.all([made.test(BUTTON), made.test(BUTTON), made.test(undefined)]);
  assert.deepEqual([presses.length, said.textContent], [1, "Wave true"]);
  await made.test(BUTTON);
  assert.equal(presses.length, 2);
});

test("a test that is refused is told, and does not keep the next one from running", async (t) => {
  const answers = [Promise.reject(new StreamarioError("busy", "")), Promise.resolve(pressAnswer())];
  const { made, said } = testPresses(t, { press: () => answers.shift() });
  made.show(RUNNING);
  await made.test(BUTTON);
  assert.equal(said.textContent, "refused: busy");
  await made.test(BUTTON);
  assert.equal(said.textContent, "Wave true");
});

test("a crowd runs and is stopped by its button, and ends with the round", async (t) => {
  const passes = stopTime(t);
  const ticking = t.mock.method(globalThis, "setInterval", () => 7);
  const cleared = t.mock.method(globalThis, "clearInterval", () => {});
  const { made, crowd, presses } = testPresses(t);
  made.show({ ...RUNNING, status: "active" });
  assert.equal(crowd.disabled, true);
  made.show(RUNNING);
  assert.deepEqual([crowd.disabled, crowd.textContent], [false, "Crowd"]);
  crowd.click();
  await happened();
  assert.equal(crowd.textContent, "Stop 15");
  assert.equal(ticking.mock.calls[0].arguments[1], 500);
  for (let n = 0; n < 20; n += 1) await happened();
  await passes(2_000);
  assert.ok(presses.length > 0);
  crowd.click();
  await happened();
  assert.deepEqual([crowd.textContent, cleared.mock.callCount()], ["Crowd", 1]);
  crowd.click();
  for (let n = 0; n < 20; n += 1) await happened();
  made.show({ ...RUNNING, status: "ended" });
  await happened();
  assert.deepEqual([crowd.textContent, crowd.disabled], ["Crowd", true]);
});

test("a crowd presses what can be pressed", async (t) => {
  const passes = stopTime(t);
  t.mock.method(globalThis, "setInterval", () => 7);
  const { made, crowd, presses } = testPresses(t);
  const others = [
    { ...BUTTON, eventType: "off", enabled: false },
    { ...BUTTON, eventType: "closed", available: false },
  ];
  made.show({ ...RUNNING, buttons: [...others, BUTTON] });
  crowd.click();
  for (let n = 0; n < 20; n += 1) await happened();
  await passes(3_000);
  assert.deepEqual([...new Set(presses.map(([, , type]) => type))], ["a"]);
  made.show({ ...RUNNING, status: "ended" });
});

const FEED_TEXTS = {
  ...{ newer: (n) => `${n} newer`, feed_empty: "none", feed_empty_here: "none here", all_buttons: "all" },
  ...{ phases: { ended: (n) => `round ${n} over` }, replayed: "replayed", within: (ms) => `${ms} ms` },
  ...{ person_of: (name) => `Who is ${name}`, unnamed: "somebody" },
  ...{ measured: (offset, error) => `${offset} ± ${error}` },
  outcomes: { started: () => "lasts", done: () => "done", failed: (reason) => `failed: ${reason}` },
};

/** A feed of triggers in stopped time. */
function feed(t, stored, root = make("div")) {
  const passes = stopTime(t);
  openDocument(t);
  const names = ["scroll", "filter", "rows", "empty", "received", "median", "slowest", "round-trip", "measured"];
  root.append(...names.map((name) => make("div", { "data-part": name })));
  const clock = { latencyOf: (from, to) => to - from, offset: 1.4, uncertainty: 0.2 };
  const options = { texts: FEED_TEXTS, languages: ["en"], clock, stored, onPerson: () => {} };
  const made = new TriggerFeed(root, options);
  const take = (seq, values) => {
    const event = { event_type: "a", trigger_count: 5, viewer_name: "Mika", epoch: 1, fired_at: Date.now() - 30 };
    made.take({ seq, ...event, ...values });
  };
  const part = (name) => partIn(root, name);
  const rows = () => part("rows").children.map((row) => row.textContent.replace(/^[\d:]+/, ""));
  return { made, root, take, part, rows, passes };
}

test("triggers are shown newest first, with the next frame", async (t) => {
  const { made, take, part, rows, passes } = feed(t);
  made.setButtons([{ eventType: "a", icon: "★", labels: [{ lang: "en", text: "Wave" }] }]);
  assert.deepEqual([part("empty").hidden, part("scroll").hidden], [false, true]);
  take(1);
  take(2, { viewer_name: null, trigger_count: 1_234 });
  assert.deepEqual(rows(), []);
  await passes(1);
  assert.deepEqual([rows().length, part("empty").hidden, part("scroll").hidden], [2, true, false]);
  assert.match(rows()[0], /★Wave–1,234#2/);
  assert.match(rows()[1], /★WaveMika5#130 ms/);
  assert.equal(part("received").textContent, "2");
});

test("a replayed trigger has no latency, and counts for none", async (t) => {
  const { take, part, rows, passes } = feed(t);
  take(1, { replayed: true });
  await passes(1);
  assert.match(rows()[0], /replayed/);
  assert.deepEqual([part("median").textContent, part("slowest").textContent], ["–", "–"]);
  for (let seq = 2; seq <= 21; seq += 1) take(seq, { fired_at: Date.now() - seq });
  await passes(1);
  assert.deepEqual([part("median").textContent, part("slowest").textContent], ["11 ms", "20 ms"]);
});

test("what became of a trigger is shown at its row; an effect's end is not waited for in vain", async (t) => {
  const { made, take, rows, passes } = feed(t);
  take(1);
  take(1, { epoch: 2 });
  await passes(1);
  const answered = { epoch: 1, seq: 1, status: "started", reason: null, endsAt: performance.now() + 500 };
  made.answered(answered);
  assert.deepEqual([rows()[0].includes("lasts"), rows()[1].includes("lasts")], [false, true]);
  await passes(500);
  assert.equal(rows()[1].includes("lasts"), false);
  made.answered({ ...answered, status: "failed", reason: "No target" });
  assert.ok(rows()[1].includes("failed: No target"));
  made.answered({ ...answered, seq: 9 });
  assert.equal(rows().length, 2);
});

test("whose trigger was blocked is marked", async (t) => {
  const { made, take, part, passes } = feed(t);
  take(1);
  await passes(1);
  made.blocked({ epoch: 1, seq: 1 });
  made.blocked({ epoch: 1, seq: 9 });
  assert.equal(part("rows").children[0].className, "blocked");
});

test("a round's end stands among its triggers once", async (t) => {
  const { made, take, rows, passes } = feed(t);
  made.endRound(1);
  take(1);
  made.endRound(1);
  made.endRound(1);
  made.note("Numbers are missing");
  await passes(1);
  assert.deepEqual(rows().slice(0, 2), ["Numbers are missing", "round 1 over"]);
  assert.equal(rows().length, 3);
});

test("a feed holds two hundred rows", async (t) => {
  const { made, take, rows, passes } = feed(t);
  for (let seq = 1; seq <= 150; seq += 1) take(seq);
  await passes(1);
  for (let seq = 151; seq <= 250; seq += 1) take(seq);
  await passes(1);
  assert.deepEqual([rows().length, made.snapshot().rows.length, made.snapshot().received], [200, 200, 250]);
  assert.match(rows()[0], /#250/);
  assert.match(rows()[199], /#51/);
});

test("rows can be filtered by button, and what is no trigger stays", async (t) => {
  const { made, take, part, rows, passes } = feed(t);
  const buttons = ["a", "b"].map((eventType) => ({ eventType, icon: "", labels: [] }));
  made.setButtons(buttons);
  take(1);
  take(2, { event_type: "b" });
  made.note("A note");
  await passes(1);
  part("filter").value = "b";
  happen(part("filter"), "change");
  assert.deepEqual([rows().length, rows()[0]], [2, "A note"]);
  take(3);
  await passes(1);
  assert.equal(rows().length, 2);
  made.setButtons(buttons);
  assert.equal(part("filter").value, "b");
  made.setButtons(buttons.slice(0, 1));
  assert.deepEqual([part("filter").value, rows().length, part("filter").children.length], ["", 4, 2]);
});

test("a reload shows what was shown, and effects that last end in time", async (t) => {
  const { made, take, passes } = feed(t);
  take(1);
  await passes(1);
  made.answered({ epoch: 1, seq: 1, status: "started", reason: null, endsAt: performance.now() + 500 });
  const stored = structuredClone(made.snapshot());
  t.mock.timers.reset();
  t.mock.restoreAll();
  const again = feed(t, stored);
  again.made.setButtons([]);
  assert.ok(again.rows()[0].includes("lasts"));
  await again.passes(600);
  assert.ok(!again.rows()[0].includes("lasts"));
  assert.equal(again.part("received").textContent, "1");
});

test("an empty feed says whether triggers fired elsewhere", (t) => {
  const { made, part } = feed(t);
  made.setFired(3);
  assert.equal(part("empty").textContent, "none here");
  made.setFired(0);
  assert.equal(part("empty").textContent, "none");
});

test("the way to the gateway, and the clocks' difference, are told in whole ms", (t) => {
  const { made, part } = feed(t);
  made.showRoundTrip(12.6);
  made.showMeasured();
  assert.deepEqual([part("round-trip").textContent, part("measured").textContent], ["13 ms", "1 ± 1"]);
});

const SHOWN = {
  ...{ ...BUTTON, team: "skill", color: "", icon: "★", count: 2, required: 1_000, level: 0, progress: 0.5 },
  ...{ reason: null, effects: [], readyAt: 0, accepted: 7 },
};

/** The table of buttons; `tested` are those whose test was asked for. */
function buttonTable(t) {
  openDocument(t);
  const body = make("tbody", { "data-part": "rows" });
  const table = make("table", {}, body);
  const tested = [];
  const texts = {
    ...{ test: "Test", test_of: (label) => `Test ${label}`, progress_of: (label) => `Progress of ${label}` },
    ...{ unavailable: (reason) => `closed: ${reason}`, lasting: (n, s) => `${n} for ${s}`, ready_in: (s) => `in ${s}` },
  };
  const tally = { totalOf: () => 7 };
  const onTest = (button) => tested.push(button.eventType);
  const made = new Buttons(table, { texts, languages: ["en"], tally, onTest });
  return { made, body, tested, note: (n = 0) => body.children[n].querySelector(".outcome").textContent };
}

test("a row has its button's figures, and tests it while the round runs", (t) => {
  const { made, body, tested } = buttonTable(t);
  made.show([SHOWN], false, 0);
  const [row] = body.children;
  const [test] = row.querySelectorAll("button");
  assert.match(row.textContent, /★ Wave2 \/ 1,00007Test/);
  assert.deepEqual([test.disabled, test.getAttribute("aria-label")], [true, "Test Wave"]);
  made.show([SHOWN], true, 0);
  assert.equal(test.disabled, false);
  test.click();
  made.testSelected();
  assert.deepEqual(tested, ["a", "a"]);
  made.show([{ ...SHOWN, enabled: false }], true, 0);
  assert.deepEqual([test.disabled, row.className], [true, "off"]);
});

test("the first row is selected, and another one where somebody goes", (t) => {
  const { made, body, tested } = buttonTable(t);
  const other = { ...SHOWN, eventType: "b" };
  made.show([SHOWN, other], true, 0);
  const current = () => body.children.map((row) => row.getAttribute("aria-current"));
  assert.deepEqual(current(), ["true", null]);
  happen(body.children[1], "focusin");
  assert.deepEqual(current(), [null, "true"]);
  made.show([other, SHOWN], true, 0);
  assert.deepEqual(current(), ["true", null]);
  made.testSelected();
  made.show([SHOWN], true, 0);
  made.testSelected();
  assert.deepEqual([tested, current()], [["b", "a"], ["true"]]);
});

test("a row says why its button does not fire, and when that is another", (t) => {
  const { made, note } = buttonTable(t);
  const show = (values, now = 0) => [made.show([{ ...SHOWN, ...values }], true, now), note()];
  assert.deepEqual(show({ available: false, reason: "Boss" }), [Infinity, "closed: Boss"]);
  assert.deepEqual(show({ effects: [{ endsAt: 900 }, { endsAt: 2_500 }] }), [500, "2 for 3"]);
  assert.deepEqual(show({ count: 1_000, readyAt: 1_400 }), [400, "in 2"]);
  assert.deepEqual(show({ count: 999, readyAt: 1_400 }), [400, ""]);
  assert.deepEqual(show({ count: 1_000, readyAt: 1_400 }, 1_400), [Infinity, ""]);
});

test("a row is lit when its button fires", (t) => {
  const { made, body } = buttonTable(t);
  for (const level of [3, 3, 4, 4]) made.show([{ ...SHOWN, level }], true, 0);
  assert.equal(body.children[0].animations.length, 1);
});
