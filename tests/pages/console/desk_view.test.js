import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, buttonOf, dialog, giveClipboard, named, read, readAll, ROOM, sitDown } from "./desk.js";
import { happen } from "../browser.js";
import { keepFocus } from "../../../api_service/pages/web/console/keys.js";
import { storedRoom, storePlayed, storeRoom, storeStudioKey } from "../../../api_service/pages/web/console/storage.js";
import { Room } from "../../../api_service/pages/web/streamario.js";
import { happened } from "../time.js";

const KEY = `${ROOM}.${"k".repeat(22)}`;
const roomWith = (values) => ({ time: "2026-01-01T00:00:00Z", game_connected: false, ...values });
const tabs = (root) => [...root.querySelectorAll("[role=tab]")];
const chip = (root) => [root.querySelector(".game").dataset.light, read(root, ".game"), root.querySelector(".game .lamp").className];

test("the desk has four tabs, of which one shows and takes the Tab key", (t) => {
  const { root, press } = sitDown(t);
  const look = () => tabs(root).map((tab) => [tab.textContent, tab.getAttribute("aria-selected"), tab.tabIndex]);
  assert.deepEqual(look(), [["Live", "true", 0], ["Settings", "false", -1], ["Viewers", "false", -1], ["Results", "false", -1]]);
  press("Viewers");
  assert.deepEqual(look()[2], ["Viewers", "true", 0]);
  const panel = root.querySelector("main");
  assert.deepEqual([panel.id, panel.getAttribute("aria-labelledby"), root.querySelector(".live")], ["viewers", "tab-viewers", null]);
});

test("arrow keys walk the tabs, and each opens", (t) => {
  const { root, desk } = sitDown(t);
  tabs(root)[0].focus();
  happen(tabs(root)[0], "keydown", { key: "ArrowRight" });
  assert.deepEqual([desk.tab, document.activeElement.id], ["settings", "tab-settings"]);
  happen(tabs(root)[1], "keydown", { key: "End" });
  assert.equal(desk.tab, "results");
});

test("a tab that is opened learns what is new, and one that is left asks no more", async (t) => {
  const { desk, requests, passes } = sitDown(t, { answers: { "GET /viewers": { viewers: [], more: false }, "GET /viewers?blocked=true": { viewers: [], more: false }, "GET /tokens": { tokens: [] } } });
  const asked = () => requests.filter(([name]) => name === "GET /viewers").length;
  desk.openTab("viewers");
  await happened();
  assert.equal(asked(), 1);
  desk.openTab("viewers");
  await happened();
  assert.equal(asked(), 1);
  await passes(3_000);
  assert.equal(asked(), 2);
  desk.openTab("live");
  await passes(6_000);
  assert.equal(asked(), 2);
});

test("the room's title stands on the desk and on the page, and is stored", (t) => {
  const { root, show, desk } = sitDown(t);
  show({ title: "Boss night" });
  assert.deepEqual([read(root, "h1"), document.title, desk.entry.title, storedRoom(ROOM).title], Array(4).fill("Boss night"));
  show({ title: "" });
  assert.deepEqual([read(root, "h1"), document.title], ["Untitled room", "Streamario console"]);
});

test("a room that another window has forgotten stays forgotten", (t) => {
  const { show } = sitDown(t);
  localStorage.clear();
  show({ title: "Boss night" });
  assert.equal(storedRoom(ROOM), null);
});

test("what another window has stored of the room stays", (t) => {
  const { desk } = sitDown(t);
  storeRoom({ ...desk.entry, blocked: ["v1"] });
  desk.store({ tested: true });
  assert.deepEqual([storedRoom(ROOM).blocked, storedRoom(ROOM).tested], [["v1"], true]);
});

test("a chip says whether a game is connected, and since when it is away", async (t) => {
  const room = roomWith({ game_connected: true });
  const { root, desk, show } = sitDown(t, { answers: { "GET ": () => room } });
  assert.deepEqual(chip(root), ["no", "No game yet", "lamp wait"]);
  await desk.refresh();
  assert.deepEqual(chip(root), ["on", "Game connected", "lamp on"]);
  room.game_connected = false;
  await desk.refresh();
  assert.match(chip(root)[1], /^Game away since \d\d:\d\d$/);
  assert.deepEqual([chip(root)[0], chip(root)[2]], ["wait", "lamp wait"]);
  show({ connection: "offline" });
  assert.equal(chip(root)[0], "wait");
});

test("without a game the page plays its part, with the token that the server gave it", async (t) => {
  const { root, desk, sockets } = sitDown(t, { answers: { "GET ": roomWith({}) } });
  await desk.refresh();
  sockets[0].onopen();
  sockets[0].onmessage({ data: JSON.stringify({ type: "room_ready", room_token: "t2" }) });
  assert.deepEqual(chip(root), ["on", "No game yet this page plays it", "lamp "]);
  assert.deepEqual([desk.api.token, storedRoom(ROOM).room_token, desk.isGame], ["t2", "t2", true]);
});

test("a page that was the game before a reload is it again", (t) => {
  const { sockets } = sitDown(t, { stored: () => storePlayed(ROOM) });
  assert.equal(sockets.length, 1);
});

test("whether this page was the game is stored as it goes", (t) => {
  sitDown(t);
  sessionStorage.setItem("streamario.console.played", '"other"');
  happen(window, "pagehide");
  assert.equal(sessionStorage.getItem("streamario.console.played"), "null");
});

test("a server that does not answer a look is away, and a stop that waited goes at once when it is back", async (t) => {
  const answers = { "GET ": [503, { code: "unreachable" }], "POST /round": [503, { code: "unreachable" }] };
  const { root, desk, requests, passes, press } = sitDown(t, { answers });
  await passes(3_100);
  assert.equal(root.querySelector("#bar").dataset.state, "lost");
  press("Stop X");
  await happened();
  answers["POST /round"] = { status: "in_game", round: 2, discarded: [] };
  answers["GET "] = roomWith({});
  const before = requests.length;
  await desk.refresh();
  await happened();
  assert.equal(requests.slice(before).filter(([name]) => name === "POST /round").length, 1);
  assert.equal(desk.isLost, false);
});

test("a room that is loading is not called away", (t) => {
  const { root } = sitDown(t, { state: { status: "loading", connection: "offline" } });
  assert.equal(root.querySelector("#bar").dataset.state, "loading");
});

test("a room that is not to be had any more is said so", async (t) => {
  const { root, passes } = sitDown(t, { answers: { "GET ": [404, { code: "room_not_found" }] } });
  await passes(3_100);
  assert.match(read(root, ".refused"), /./);
  happen(document.body, "keydown", { key: "Escape" });
  assert.equal(read(root, ".refused"), null);
});

test("a round's end shows its results, and the next round shows the buttons", (t) => {
  const { desk, show } = sitDown(t);
  show({});
  show({ status: "ended" });
  assert.equal(desk.tab, "results");
  show({ status: "in_game", round: 3 });
  assert.equal(desk.tab, "live");
  desk.openTab("settings");
  show({ status: "ended" });
  show({ status: "in_game", round: 4 });
  assert.equal(desk.tab, "settings");
});

test("a dock is there for the round alone", (t) => {
  const { desk, show } = sitDown(t, { dock: true });
  show({});
  show({ status: "ended" });
  assert.equal(desk.tab, "live");
  desk.openTab("settings");
  show({ status: "in_game", round: 3 });
  assert.equal(desk.tab, "live");
});

test("a round that begins has the room read, for when it began", async (t) => {
  const { show, requests } = sitDown(t);
  show({});
  const asked = () => requests.filter(([name]) => name === "GET ").length;
  show({ status: "ended" });
  assert.equal(asked(), 0);
  show({ status: "in_game", round: 3 });
  assert.equal(asked(), 1);
});

test("what a stop threw away is forgotten when the round goes on, and with the round", async (t) => {
  const answers = { "POST /round": { status: "in_game", round: 2, discarded: [{ event_type: "jump", count: 4 }] } };
  const { desk, show, press } = sitDown(t, { answers });
  press("Stop X");
  await happened();
  show({ paused: true, stopped: true });
  assert.equal(desk.stopped.total, 4);
  show({ paused: false, stopped: false });
  assert.equal(desk.stopped, null);
  desk.stopped = { round: 2, total: 4, counts: {} };
  show({ round: 3 });
  assert.equal(desk.stopped, null);
});

test("the settings of the room are what the next one begins with", async (t) => {
  const { desk } = sitDown(t, { answers: { "GET ": roomWith({ settings: { title: "Next" } }) } });
  await desk.refresh();
  assert.deepEqual(JSON.parse(localStorage.getItem("streamario.console.last_settings")), { title: "Next" });
});

test("a room is put into the history once", async (t) => {
  const answers = { "GET ": roomWith({}), [`PUT /api/studio/rooms/${ROOM}`]: {}, [`GET /api/studios/${ROOM}/newest_room`]: { room_id: ROOM } };
  const { desk, requests } = sitDown(t, { answers, stored: () => storeStudioKey(KEY) });
  await desk.refresh();
  await desk.refresh();
  await happened();
  await happened();
  assert.deepEqual(requests.filter(([name]) => name.startsWith("PUT")), [[`PUT /api/studio/rooms/${ROOM}`, { room_token: "t1" }]]);
  assert.equal(desk.lobby.overlay.base, `https://here.test/overlay/studio/${ROOM}`);
});

test("a time of the server is one of this computer's clock", async (t) => {
  const { desk } = sitDown(t, { answers: { "GET ": roomWith({ time: "2026-01-01T00:00:00Z" }) } });
  assert.equal(desk.onOwnClock(1_234), 1_234);
  await desk.refresh();
  assert.ok(Math.abs(desk.onOwnClock(Date.parse("2026-01-01") - 60_000) - (Date.now() - 60_000)) < 100);
});

test("a button that is gone is called by its ID", (t) => {
  const { desk } = sitDown(t);
  assert.deepEqual([desk.captionOf("jump"), desk.captionOf("gone")], ["The jump", "gone"]);
});

test("leaving costs nothing between rounds, and is asked about while this page is the game", async (t) => {
  const { root, desk, calls, sockets } = sitDown(t, { answers: { "GET ": roomWith({}) } });
  const leave = () => {
    root.querySelector("#more > button").click();
    named(root, "Leave the room").click();
  };
  leave();
  await happened();
  assert.deepEqual(calls.pop(), ["leave"]);
  await desk.refresh();
  sockets[0].onopen();
  sockets[0].onmessage({ data: JSON.stringify({ type: "room_ready", room_token: "t2" }) });
  leave();
  assert.match(read(dialog(), "p"), /^A round is running/);
  answer("");
  await happened();
  assert.deepEqual(calls, []);
  leave();
  answer("yes");
  await happened();
  assert.deepEqual(calls, [["leave"]]);
});

test("leaving is asked about while settings are not saved", async (t) => {
  const { desk } = sitDown(t);
  Object.defineProperty(desk.settings, "isDirty", { value: true });
  const may = desk.mayLeave();
  assert.equal(read(dialog(), "p"), "Settings that are not saved will be lost.");
  answer("yes");
  assert.equal(await may, true);
});

test("what is needed seldom is behind three dots, and closes by Escape, Tab, and what is chosen", async (t) => {
  const { root, passes, requests, calls } = sitDown(t, { answers: { "POST /hide_names": {} } });
  const dots = () => root.querySelector("#more > button");
  const items = () => readAll(root, "#more [role=menuitem]");
  dots().click();
  assert.equal(dots().getAttribute("aria-expanded"), "true");
  assert.deepEqual(items(), [
    ...["Keys", "Hide all names", "日本語", "Overlay for OBS…", "Your own address…", "Connect a game…", "As a dock", "Leave the room"],
  ]);
  await passes(2);
  assert.equal(document.activeElement.textContent.trim(), "Keys");
  happen(document.activeElement, "keydown", { key: "ArrowDown" });
  assert.equal(document.activeElement.textContent.trim(), "Hide all names");
  happen(document.activeElement, "keydown", { key: "Escape" });
  assert.deepEqual([items(), document.activeElement], [[], dots()]);
  dots().click();
  happen(root.querySelector("#more [role=menuitem]"), "keydown", { key: "Tab" });
  assert.deepEqual(items(), []);
  dots().click();
  named(root, "Hide all names", "#more button").click();
  await happened();
  assert.deepEqual([requests.at(-1)[0], items(), document.activeElement], ["POST /hide_names", [], dots()]);
  dots().click();
  assert.equal(items()[1], "Show names again");
  named(root, "日本語", "#more button").click();
  assert.deepEqual(calls, [["speak", "ja"]]);
});

test("a menu closes with a touch elsewhere, and once the focus is elsewhere", (t) => {
  const { root } = sitDown(t);
  const dots = root.querySelector("#more > button");
  const isOpen = () => dots.getAttribute("aria-expanded") === "true";
  dots.click();
  happen(root.querySelector("#more [role=menuitem]"), "pointerdown");
  assert.equal(isOpen(), true);
  happen(document.body, "pointerdown");
  assert.equal(isOpen(), false);
  dots.click();
  happen(dots, "focusout", { relatedTarget: null });
  happen(dots, "focusout", { relatedTarget: root.querySelector("#more [role=menuitem]") });
  assert.equal(isOpen(), true);
  happen(dots, "focusout", { relatedTarget: root.querySelector("[role=tab]") });
  assert.equal(isOpen(), false);
  const later = happen(dots, "keydown", { key: "Escape" });
  assert.equal(later.cancelBubble, false);
});

test("the menu speaks of the other language", (t) => {
  const { root } = sitDown(t, { language: "ja" });
  root.querySelector("#more > button").click();
  assert.equal(read(root, "#more [lang]"), "English");
});

test("the keys are listed, and can be switched off", (t) => {
  const { root, desk } = sitDown(t);
  root.querySelector("#more > button").click();
  named(root, "Keys", "#more button").click();
  assert.deepEqual(readAll(dialog(), "kbd"), ["P", "X", "1–6", "F", "Esc"]);
  const flip = dialog().querySelector(".switch");
  assert.equal(flip.getAttribute("aria-checked"), "true");
  flip.click();
  assert.deepEqual([flip.getAttribute("aria-checked"), desk.hotkeys.isOn, localStorage.getItem("streamario.console.keys_off")], ["false", false, "true"]);
  assert.equal(root.querySelector("#bar kbd"), null);
});

test("a dock is a small window, or a link for OBS that is secret until it is shown", async (t) => {
  const { root } = sitDown(t);
  const opened = [];
  window.open = (...given) => opened.push(given);
  t.after(() => delete window.open);
  const show = () => {
    root.querySelector("#more > button").click();
    named(root, "As a dock", "#more button").click();
  };
  show();
  const field = dialog().querySelector("#dock-link");
  assert.deepEqual([field.type, field.value], ["password", `https://here.test/console#room=${ROOM}.t1`]);
  giveClipboard(t, { writeText: async () => {} });
  named(dialog(), "Copy").click();
  await happened();
  assert.equal(read(dialog(), "[role=status]"), "Copied.");
  giveClipboard(t, { command: () => false });
  named(dialog(), "Copy").click();
  await happened();
  assert.match(read(dialog(), "[role=status]"), /^The link is selected/);
  named(dialog(), "Open a small window").click();
  assert.deepEqual([opened, dialog()], [[["https://here.test/console", "streamario-dock", "popup,width=420,height=772"]], null]);
});

test("keys do nothing while somebody types, holds them, or is asked something; but x stops", async (t) => {
  const { root, requests } = sitDown(t, { answers: { "POST /round": { status: "in_game", round: 2, discarded: [] } } });
  const asked = () => requests.filter(([name]) => name === "POST /round").length;
  const field = document.createElement("input");
  root.append(field);
  happen(field, "keydown", { key: "p" });
  for (const held of ["repeat", "isComposing", "ctrlKey", "altKey", "metaKey"]) happen(document.body, "keydown", { key: "p", [held]: true });
  root.querySelector("#more > button").click();
  named(root, "Keys", "#more button").click();
  happen(document.body, "keydown", { key: "p" });
  await happened();
  assert.equal(asked(), 0);
  happen(document.body, "keydown", { key: "X" });
  await happened();
  assert.equal(asked(), 1);
});

test("the focus stays near what had it and is gone: in the bar at its first button, in a panel at its tab", (t) => {
  const { root, show, desk } = sitDown(t, { state: { status: "in_game", startsAt: 0 } });
  root.querySelector("[data-place=stop]").focus();
  keepFocus(() => show({ status: "ended" }));
  assert.equal(document.activeElement, root.querySelector(".places .btn"));
  desk.openTab("live");
  const inPanel = root.querySelector("main button");
  inPanel.focus();
  keepFocus(() => desk.openTab("results"));
  assert.equal(document.activeElement.id, "tab-results");
  document.activeElement.blur();
  keepFocus(() => desk.openTab("live"));
  assert.equal(document.activeElement, document.body);
});

test("a button that only moved keeps the focus", (t) => {
  const { root, show } = sitDown(t);
  const switches = () => root.querySelectorAll(".tile .switch");
  const own = switches()[0];
  own.focus();
  keepFocus(() => show({ buttons: [buttonOf("duck"), buttonOf("jump")] }));
  assert.equal(document.activeElement, own);
});

test("a desk watches its room, and joins it as no viewer", async (t) => {
  const { open, close } = Room.prototype;
  const { desk, requests, passes } = sitDown(t, { answers: { "GET ": roomWith({}) } });
  open.call(desk.room);
  await passes(1_000);
  close.call(desk.room);
  const asked = requests.map(([name]) => name);
  assert.deepEqual([asked.some((name) => name.startsWith("GET")), asked.filter((name) => name.includes("join"))], [true, []]);
});
