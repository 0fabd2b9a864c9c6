import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, buttonOf, dialog, named, read, readAll, sitDown } from "./desk.js";
import { happen } from "../browser.js";
import { happened } from "../time.js";

const ACCEPTED = { "POST /round": ({ command }) => ({ status: "in_game", round: 2, discarded: [], command }) };
const bar = (root) => root.querySelector("#bar");
const places = (root) => readAll(bar(root), "[data-place]");

test("the bar says what the room does, in a round with how much happened", (t) => {
  const { root, show } = sitDown(t, { state: { buttons: [buttonOf("a", { level: 1_200 }), buttonOf("b", { level: 34 })] } });
  const said = () => [bar(root).dataset.state, read(root, "#bar .now b"), read(root, "#bar .now span")];
  assert.deepEqual(said(), ["running", "Round 2", "1,234 triggers"]);
  show({ paused: true });
  assert.deepEqual(said(), ["paused", "Paused", "nothing fires"]);
  show({ status: "ended", paused: false });
  assert.deepEqual(said(), ["ended", "Round over", "round 2"]);
  show({ connection: "offline" });
  assert.deepEqual(said(), ["lost", "Reconnecting", "nothing is lost"]);
});

test("the bar has a button for each thing that the phase lets the streamer do, with its key", (t) => {
  const { root, show } = sitDown(t, { state: { status: "active", round: 0 } });
  assert.deepEqual(places(root), ["Start round 1"]);
  show({ status: "in_game", round: 1, startsAt: 2_500 });
  assert.deepEqual([places(root), read(root, "#bar .count")], [["Not yet X"], "3"]);
  show({ startsAt: 0 });
  assert.deepEqual(places(root), ["Pause P", "Stop X", "End"]);
  show({ paused: true });
  assert.deepEqual(places(root), ["Go on P", "Stop X", "End"]);
  show({ paused: true, stopped: true });
  assert.deepEqual(places(root), ["Go on P", "Stop X", "End"]);
  const looks = [...bar(root).querySelectorAll("[data-place]")].map(({ className }) => className);
  assert.deepEqual(looks, ["btn go", "btn stop", "btn ghost end"]);
  assert.equal(root.querySelector("[data-place=stop]").getAttribute("aria-disabled"), "true");
});

test("the seconds before a round are counted down", async (t) => {
  const { root, desk, redraw, passes } = sitDown(t, { state: { startsAt: 2_500 } });
  assert.deepEqual([read(root, "#bar .count"), desk.nextAt], ["3", 500]);
  await passes(500);
  redraw();
  assert.equal(read(root, "#bar .count"), "2");
});

test("a press of a place is its command, for the round", async (t) => {
  const { press, requests, show, passes } = sitDown(t, { answers: ACCEPTED });
  const asked = () => requests.filter(([name]) => name === "POST /round").map(([, { command }]) => command);
  press("Pause P");
  await happened();
  show({ paused: true });
  await passes(600);
  press("Go on P");
  await happened();
  show({ paused: false });
  await passes(600);
  press("Stop X");
  await happened();
  assert.deepEqual(asked(), ["pause", "resume", "stop"]);
});

test("a place whose meaning has just changed takes no click, and one that is off none at all", async (t) => {
  const { root, press, requests, show } = sitDown(t, { answers: ACCEPTED });
  const asked = () => requests.filter(([name]) => name === "POST /round").length;
  show({ status: "ended" });
  press("Start round 3");
  await happened();
  assert.equal(asked(), 0);
  show({ status: "in_game", stopped: true, paused: true });
  root.querySelector("[data-place=stop]").click();
  await happened();
  assert.equal(asked(), 0);
});

test("the keys press what they are for, x also where it has just changed", async (t) => {
  const { requests, show, passes } = sitDown(t, { answers: ACCEPTED });
  const asked = () => requests.filter(([name]) => name === "POST /round").map(([, { command }]) => command);
  happen(document.body, "keydown", { key: "p" });
  await happened();
  show({ paused: true });
  happen(document.body, "keydown", { key: "p" });
  await happened();
  assert.deepEqual(asked(), ["pause"]);
  show({ paused: false });
  happen(document.body, "keydown", { key: "x" });
  await happened();
  await passes(600);
  assert.deepEqual(asked(), ["pause", "stop"]);
});

test("a held Enter presses once", (t) => {
  const { root } = sitDown(t);
  const place = root.querySelector("[data-place=left]");
  const isKept = (values) => happen(place, "keydown", values).defaultPrevented;
  assert.deepEqual([isKept({ key: "Enter", repeat: true }), isKept({ key: "Enter", repeat: false }), isKept({ key: "a", repeat: true })], [true, false, false]);
});

test("who does not use the keys sees none", (t) => {
  const { root, desk, redraw } = sitDown(t);
  desk.hotkeys.set(false);
  redraw();
  assert.deepEqual(places(root), ["Pause", "Stop", "End"]);
});

test("how many are here and how much happens a minute are figures, the latter in a round alone", (t) => {
  const { root, show } = sitDown(t, { state: { viewerCount: 1_234 } });
  const figures = () => [read(root, "#bar .viewers"), read(root, "#bar .rate"), root.querySelector("#bar .rate").hasAttribute("data-still")];
  assert.deepEqual(figures(), ["1,234viewers", "0things a minute", false]);
  show({ viewerCount: 1, status: "ended" });
  assert.deepEqual(figures(), ["1viewer", "0things a minute", true]);
});

test("the clock shows what is left of the round, and how much of it fills the bar", async (t) => {
  const { root, desk, redraw, show, passes } = sitDown(t, { state: { roundEndsAt: 300_000 } });
  await passes(75_000);
  redraw();
  const clock = () => [read(root, "#timer .clock b"), read(root, "#timer .clock .figure > span"), bar(root).style.getPropertyValue("--left")];
  assert.deepEqual(clock(), ["3:45", "of 5:00", "75%"]);
  assert.equal(desk.nextAt, 76_000);
  show({ startsAt: 77_000 });
  assert.deepEqual(clock(), ["3:45", "this round", "0%"]);
  show({ startsAt: 0, roundEndsAt: null, roundLeftMs: 225_000, paused: true });
  assert.deepEqual(clock(), ["3:45", "of 5:00", "75%"]);
  assert.ok(desk.nextAt > 76_000);
});

test("between rounds the clock shows how long the next one lasts", (t) => {
  const { root, show } = sitDown(t, { state: { status: "active", round: 0 } });
  const clock = () => [read(root, "#timer .clock b"), read(root, "#timer .clock .figure > span"), bar(root).style.getPropertyValue("--left")];
  assert.deepEqual(clock(), ["5:00", "this round", "0%"]);
  show({ status: "ended", round: 1 });
  assert.deepEqual(clock(), ["5:00", "next round", "0%"]);
  show({ roundLimitMs: 0 });
  assert.deepEqual(clock(), ["0:00", "no end", "0%"]);
});

test("a minute more is for the running round, or before it for every round", async (t) => {
  const answers = { ...ACCEPTED, "PATCH /settings": {} };
  const { press, requests, show } = sitDown(t, { answers, state: { roundEndsAt: 60_000 } });
  const asked = () => requests.filter(([name]) => !name.startsWith("GET") && !name.includes("studio")).at(-1);
  press("+1 min");
  await happened();
  assert.deepEqual(asked(), ["POST /round", { command: "limit", round: 2, limit_s: 120 }]);
  show({ status: "ended" });
  press("+1 min");
  await happened();
  assert.deepEqual(asked(), ["PATCH /settings", { round_limit_s: 360 }]);
});

test("a round without an end gets no minute more, nor does one whose server is away", (t) => {
  const { root, show, press, requests } = sitDown(t, { answers: ACCEPTED });
  const isOff = () => root.querySelector("#timer .plus").getAttribute("aria-disabled");
  assert.equal(isOff(), "true");
  press("+1 min");
  assert.deepEqual(requests.filter(([name]) => name === "POST /round"), []);
  show({ roundEndsAt: 10_000 });
  assert.equal(isOff(), "false");
  show({ roundEndsAt: null, roundLeftMs: 1 });
  assert.equal(isOff(), "false");
  show({ connection: "offline" });
  assert.equal(isOff(), "true");
});

test("the timer unfolds how long this round goes on, and how long every round lasts", async (t) => {
  const answers = { ...ACCEPTED, "PATCH /settings": {} };
  const { root, requests, show } = sitDown(t, { answers, state: { roundEndsAt: 60_000 } });
  const clock = () => root.querySelector("#timer .clock");
  const asked = () => requests.filter(([name]) => /round|settings/.test(name)).at(-1);
  clock().click();
  assert.equal(clock().getAttribute("aria-expanded"), "true");
  assert.deepEqual(readAll(root, "#timer h3"), ["This round, from now", "Every round"]);
  assert.match(read(root, "#timer .popover .soft"), /^ends at \d\d:\d\d:\d\d$/);
  const [own, every] = root.querySelectorAll("#timer .wrap");
  assert.deepEqual(readAll(own, "button"), ["1 min", "3 min", "5 min", "10 min", "no end"]);
  assert.deepEqual(readAll(own, "[aria-pressed=true]"), []);
  assert.deepEqual(readAll(every, "[aria-pressed=true]"), ["5 min"]);
  own.querySelectorAll("button")[1].click();
  await happened();
  assert.deepEqual(asked(), ["POST /round", { command: "limit", round: 2, limit_s: 180 }]);
  assert.deepEqual([clock().getAttribute("aria-expanded"), document.activeElement], ["false", clock()]);
  show({ status: "ended" });
  clock().click();
  assert.deepEqual(readAll(root, "#timer h3"), ["Every round"]);
  root.querySelector("#timer .wrap button").click();
  await happened();
  assert.deepEqual(asked(), ["PATCH /settings", { round_limit_s: 60 }]);
});

test("a mood is chosen with one press, and shows at once", async (t) => {
  const { root, press, requests } = sitDown(t, { answers: { "PATCH /settings": {} } });
  const chosen = () => readAll(root, ".moods [aria-pressed=true]");
  assert.deepEqual(chosen(), ["Lively12 a min"]);
  press("Lively12 a min");
  press("Wild60 a min");
  await happened();
  assert.deepEqual(chosen(), ["Wild60 a min"]);
  assert.deepEqual(requests.filter(([name]) => name.startsWith("PATCH")), [["PATCH /settings", { triggers_per_minute: 60 }]]);
});

test("where there is little room the moods are behind a chip, which closes once one is chosen", async (t) => {
  const { root, show } = sitDown(t, { answers: { "PATCH /settings": {} }, state: { triggersPerMinute: 0 } });
  const chip = () => root.querySelector("#mood .chip");
  assert.deepEqual([read(root, "#mood .chip"), chip().getAttribute("aria-label")], ["no limit ▾", "How much happens: no limit"]);
  assert.deepEqual(readAll(root, ".moods button").at(-1), "Ownno limit");
  chip().click();
  named(root.querySelector("#mood"), "Calm4 a min").click();
  await happened();
  assert.deepEqual([root.querySelector("#mood .popover"), document.activeElement], [null, chip()]);
  show({ triggersPerMinute: 4 });
  assert.equal(read(root, "#mood .chip"), "Calm 4 ▾");
});

test("changes of the state are said politely, and that all has stopped at once", (t) => {
  const { root, show } = sitDown(t, { state: { status: "loading" } });
  const said = () => [read(root, ":scope > [role=status]"), read(root, ":scope > [role=alert]")];
  assert.deepEqual(said(), ["", ""]);
  show({ status: "in_game" });
  assert.deepEqual(said(), ["Round 2", ""]);
  show({ paused: true });
  assert.deepEqual(said(), ["Paused: nothing fires", ""]);
  show({ stopped: true });
  assert.deepEqual(said(), ["", "Stopped: nothing fires"]);
  show({ connection: "offline" });
  assert.deepEqual(said(), ["Reconnecting", ""]);
});

test("a stop that waits for the server is said to wait", async (t) => {
  const { root, show, press } = sitDown(t, { answers: { "POST /round": () => new Promise(() => {}) } });
  press("Stop X");
  const said = () => [bar(root).dataset.state, read(root, ":scope > [role=status]"), read(root, ":scope > [role=alert]"), read(root, "#bar .now span")];
  assert.deepEqual(said(), ["stopping", "", "", ""]);
  show({ connection: "offline" });
  assert.deepEqual(said(), ["stopping", "", "Stop is sent once the server answers.", "Stop will be sent"]);
});

test("the end of a round is asked about", async (t) => {
  const { press, requests } = sitDown(t, { answers: ACCEPTED });
  press("End");
  assert.equal(read(dialog(), "h2"), "End the round?");
  answer("yes");
  await happened();
  assert.deepEqual(requests.at(-1), ["POST /round", { command: "end", round: 2 }]);
});
