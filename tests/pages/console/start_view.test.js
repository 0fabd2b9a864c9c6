import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, buttonOf, dialog, forgetAll, named, read, readAll, serve, TEXTS } from "./desk.js";
import { happen, openPage } from "../browser.js";
import { Start } from "../../../api_service/pages/web/console/start/start.js";
import { storeGameKey, storeRoom, storeSettings, storedGameKey, storedRooms, storeStudioKey } from "../../../api_service/pages/web/console/storage.js";
import { happened, stopTime } from "../time.js";

const ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const KEY = `${ID}.${"k".repeat(22)}`;
const OPENED = { room_id: ID, room_token: "t1", web_url: "https://here.test/play/x", ws_url: "wss://here.test/ws-unity", settings: { title: "Mine", buttons: [] } };
const round = (n, values) => ({ round: n, started_at: "2026-01-01T11:00:00Z", ended_at: "2026-01-01T11:05:00Z", triggers: 3, ...values });

/** The start page, drawn; `stored()` stores what the browser has from before. */
async function startPage(t, { answers = {}, stored = () => {}, language = "en" } = {}) {
  forgetAll(t);
  stored();
  const passes = stopTime(t);
  const requests = serve(t, answers);
  const { root, draw } = openPage(t);
  const calls = [];
  const note = (name) => (...given) => calls.push([name, ...given]);
  let start = null;
  const redraw = () => start && draw(start.view());
  start = new Start({ texts: TEXTS, language, languages: [language], redraw, speak: note("speak"), enter: note("enter") });
  redraw();
  for (let n = 0; n < 3; n += 1) await happened();
  const submit = async () => {
    happen(root.querySelector("#open-form"), "submit");
    for (let n = 0; n < 3; n += 1) await happened();
  };
  const opened = () => requests.filter(([name]) => name === "POST /api/rooms").map(([, body]) => body);
  return { root, requests, calls, start, redraw, submit, opened, answers, passes, press: (caption) => named(root, caption).click() };
}

const chosen = (root) => readAll(root, ".choices [aria-pressed=true] strong").join();

test("a new room begins with one of four templates, or empty", async (t) => {
  const { root } = await startPage(t);
  assert.deepEqual(readAll(root, ".choices strong"), ["Boss fight", "Chaos", "Help or hinder", "Choose my fate", "Empty"]);
  assert.deepEqual([chosen(root), root.querySelector("#title").placeholder], ["Boss fight", "Boss fight"]);
  assert.deepEqual([root.querySelectorAll("[data-choice=boss_fight] .plate").length, root.querySelector("[data-choice=empty]").className], [6, "plain"]);
});

test("the chosen template's room is opened under its title, or the streamer's", async (t) => {
  const { root, submit, opened, calls } = await startPage(t, { answers: { "POST /api/rooms": OPENED } });
  root.querySelector("[data-choice=chaos]").click();
  assert.equal(chosen(root), "Chaos");
  await submit();
  assert.deepEqual([opened()[0].settings.title, opened()[0].settings.buttons.length], ["Chaos night", 6]);
  assert.equal(calls[0][1].title, "Mine");
  root.querySelector("#title").value = "  My night ";
  await submit();
  assert.equal(opened()[1].settings.title, "My night");
  root.querySelector("#title").value = "";
  root.querySelector("[data-choice=empty]").click();
  await submit();
  assert.equal(opened()[2].settings.title, "");
});

test("a room is opened once, however often that is asked for", async (t) => {
  let proceed;
  const { submit, opened, calls } = await startPage(t, { answers: { "POST /api/rooms": () => new Promise((resolve) => (proceed = () => resolve(OPENED))) } });
  await submit();
  await submit();
  assert.equal(opened().length, 1);
  proceed();
  await happened();
  assert.equal(calls.length, 1);
  await submit();
  assert.equal(opened().length, 2);
});

test("who enters a room has the focus at what starts its round, once that is there", async (t) => {
  const { root, submit } = await startPage(t, { answers: { "POST /api/rooms": OPENED } });
  await submit();
  root.append(Object.assign(document.createElement("p"), {}));
  await happened();
  assert.equal(document.activeElement, document.body);
  const bar = document.createElement("div");
  bar.id = "bar";
  const go = document.createElement("button");
  go.dataset.place = "right";
  bar.append(go);
  root.append(bar);
  await happened();
  assert.equal(document.activeElement, go);
});

test("a server that wants a game key gets a field for it, and what is entered there", async (t) => {
  const { root, submit, opened, answers, passes, calls } = await startPage(t, { answers: { "POST /api/rooms": [401, { code: "invalid_game_key" }] } });
  assert.equal(root.querySelector("#game-key"), null);
  await submit();
  await passes(1);
  const field = root.querySelector("#game-key");
  assert.deepEqual([document.activeElement, read(root, "#open-refusal").length > 0], [field, true]);
  const before = read(root, "#open-refusal");
  field.value = "wrong";
  await submit();
  assert.notEqual(read(root, "#open-refusal"), before);
  answers["POST /api/rooms"] = OPENED;
  field.value = "right";
  await submit();
  assert.deepEqual([opened().length, storedGameKey(), calls.length, read(root, "#open-refusal")], [3, "right", 1, ""]);
});

test("a game key from before is in its field", async (t) => {
  const { root } = await startPage(t, { stored: () => storeGameKey("key") });
  assert.equal(root.querySelector("#game-key").value, "key");
});

test("what the server refuses is said: a public link opens no rooms", async (t) => {
  const { root, submit, answers } = await startPage(t, { answers: { "POST /api/rooms": [404, { code: "not_found" }] } });
  await submit();
  assert.match(read(root, "#open-refusal"), /^This public link opens no rooms/);
  answers["POST /api/rooms"] = [401, { code: "invalid_studio_key" }];
  await submit();
  assert.match(read(root, "#open-refusal"), /^The server does not accept this browser's key/);
  answers["POST /api/rooms"] = [503, { code: "overloaded" }];
  await submit();
  assert.doesNotMatch(read(root, "#open-refusal"), /^(This public link|The server does not accept)/);
});

test("what was asked for elsewhere and not done is said", async (t) => {
  const { root, start } = await startPage(t);
  start.refuse("No such room");
  assert.equal(read(root, "#open-refusal"), "No such room");
});

test("a room begins as last time where there was one", async (t) => {
  const last = { title: "Friday", buttons: [{}, {}] };
  const { root, submit, opened } = await startPage(t, { answers: { "POST /api/rooms": OPENED }, stored: () => storeSettings(last) });
  assert.deepEqual([chosen(root), read(root, "[data-choice=last]")], ["As last time", "As last time Friday, 2 buttons"]);
  await submit();
  assert.equal(opened()[0].settings.title, "Friday");
});

test("setups have cards, and are read when they are opened", async (t) => {
  const answers = { "GET /api/studio/setups": { studio_key: KEY, setups: [{ setup_id: "s1", name: "My setup", buttons: 2, updated_at: "2026-06-15T12:00:00Z" }] }, "GET /api/studio/setups/s1": { settings: { title: "Set up", buttons: [] } }, "POST /api/rooms": OPENED };
  const { root, submit, opened } = await startPage(t, { answers, stored: () => storeStudioKey(KEY) });
  assert.equal(read(root, "[data-choice=s1]"), "My setup Your setup · 2 buttons");
  root.querySelector("[data-choice=s1]").click();
  await submit();
  assert.equal(opened()[0].settings.title, "Set up");
});

test("a setup that is gone is no public link", async (t) => {
  const answers = { "GET /api/studio/setups": { studio_key: KEY, setups: [{ setup_id: "s1", name: "My setup", buttons: 2, updated_at: "2026-06-15T12:00:00Z" }] } };
  const { root, submit } = await startPage(t, { answers, stored: () => storeStudioKey(KEY) });
  root.querySelector("[data-choice=s1]").click();
  await submit();
  assert.doesNotMatch(read(root, "#open-refusal"), /^This public link/);
});

test("the page speaks of the other language", async (t) => {
  const { root, calls } = await startPage(t);
  root.querySelector(".start-head [lang=ja]").click();
  assert.deepEqual([read(root, ".start-head [lang=ja]"), calls], ["日本語", [["speak", "ja"]]]);
});

test("what looks like a QR code has three finder patterns and is none", async (t) => {
  const { root } = await startPage(t);
  const cells = new Set(root.querySelector(".pretend-code path").getAttribute("d").match(/M\d+ \d+/g));
  const row = (y) => Array.from({ length: 21 }, (_, x) => (cells.has(`M${x} ${y}`) ? "#" : "."));
  const left = (y) => row(y).slice(0, 8).join("");
  assert.deepEqual([0, 1, 3, 7, 17].map(left), ["#######.", "#.....#.", "#.###.#.", "........", "#.###.#."]);
  assert.equal(row(0).slice(13).join(""), ".#######");
  assert.equal(cells.size > 180 && cells.size < 300, true);
});

// The last rooms.

const storedAs = (id, values) => ({ room_id: id, room_token: `t-${id}`, title: `Room ${id}`, ...values });
const standing = (values) => ({ round: 3, viewer_count: 4, paused: false, status: "in_game", ...values });
const says = (root, id) => [read(root, `[data-room=${id}] .grow > span`), root.querySelector(`[data-room=${id}] .grow > span`).className];

test("the last rooms are listed with how they stand, and are entered", async (t) => {
  const answers = { "GET /api/rooms/a": standing(), "GET /api/rooms/a/viewers": {}, "GET /api/rooms/b": standing({ status: "ended" }), "GET /api/rooms/b/viewers": {}, "GET /api/rooms/c": [404, { code: "room_not_found" }] };
  const { root, calls } = await startPage(t, { answers, stored: () => ["c", "b", "a"].map((id) => storeRoom(storedAs(id))) });
  assert.deepEqual(says(root, "a"), ["Round 3 is running · 4 viewers", "small good"]);
  assert.deepEqual([says(root, "b")[0].endsWith(" · 3 rounds"), says(root, "b")[1]], [true, "small soft"]);
  assert.equal(says(root, "c")[1], "small bad");
  assert.throws(() => named(root, "Continue: Room c"));
  named(root, "Continue: Room a").click();
  assert.equal(calls[0][1].room_token, "t-a");
});

test("without rooms there is no list", async (t) => {
  const { root } = await startPage(t);
  assert.equal(root.querySelector("#stored"), null);
});

test("a room is forgotten after a question, and the focus goes on", async (t) => {
  const { root, passes } = await startPage(t, { stored: () => ["b", "a"].map((id) => storeRoom(storedAs(id))) });
  named(root, "Forget: Room a").click();
  answer("");
  await happened();
  assert.equal(storedRooms().length, 2);
  named(root, "Forget: Room a").click();
  answer("yes");
  await happened();
  await passes(1);
  assert.deepEqual([storedRooms().map(({ room_id: id }) => id), document.activeElement.getAttribute("aria-label")], [["b"], "Continue: Room b"]);
  named(root, "Forget: Room b").click();
  answer("yes");
  await happened();
  await passes(1);
  assert.deepEqual([root.querySelector("#stored"), document.activeElement.id], [null, "title"]);
});

test("rooms that only the history has are listed, with their last results", async (t) => {
  const past = (id, rounds) => ({ room_id: id, title: "", opened_at: "2026-01-01T10:00:00Z", status: "ended", rounds });
  const settings = { theme: { team_names: { skill: "", enemy: "" } }, show_names: true, buttons: [{ ...buttonOf("jump"), event_type: "jump" }] };
  const results = { round: 2, ended_at: "2026-01-01T12:05:00Z", event_totals: { jump: 3 }, outcomes: [], viewer_totals: [], top_by_event: {} };
  const answers = {
    "GET /api/studio/rooms": { rooms: [past("x", [round(1), round(2), round(3, { ended_at: null })]), past("y", [])] },
    "GET /api/rooms/x/results?round=2": results,
    "GET /api/studio/rooms/x": { settings },
  };
  const { root } = await startPage(t, { answers, stored: () => storeStudioKey(KEY) });
  assert.deepEqual([says(root, "x")[0].endsWith(" · 3 rounds"), says(root, "y")[0].endsWith(" · no round yet")], [true, true]);
  assert.equal(root.querySelectorAll("[data-action=forget]").length, 0);
  assert.throws(() => named(root.querySelector("[data-room=y]"), "Results: Untitled room"));
  named(root, "Results: Untitled room").click();
  for (let n = 0; n < 4; n += 1) await happened();
  assert.equal(read(dialog(), "h2"), "Round 2: Untitled room");
});

test("results that cannot be had are said", async (t) => {
  const past = { room_id: "x", title: "X", opened_at: "2026-01-01T10:00:00Z", status: "ended", rounds: [round(1)] };
  const { root } = await startPage(t, { answers: { "GET /api/studio/rooms": { rooms: [past] } }, stored: () => storeStudioKey(KEY) });
  named(root, "Results: X").click();
  for (let n = 0; n < 4; n += 1) await happened();
  assert.match(read(root, "#stored .refusal"), /./);
});

test("all rooms unfold, with the history's own list", async (t) => {
  const stored = () => ["e", "d", "c", "b", "a"].map((id) => storeRoom(storedAs(id)));
  const past = { room_id: "x", title: "X", opened_at: "2026-01-01T10:00:00Z", status: "ended", rounds: [] };
  const { root, requests } = await startPage(t, { answers: { "GET /api/studio/rooms": { rooms: [past] } }, stored: () => [stored(), storeStudioKey(KEY)] });
  const listed = () => [...root.querySelectorAll("#stored > ul > li")].length;
  assert.equal(listed(), 4);
  root.querySelector("#stored details").open = true;
  for (let n = 0; n < 3; n += 1) await happened();
  assert.deepEqual([listed(), read(root, ".past-rooms b")], [5, "X"]);
  const before = requests.length;
  root.querySelector("#stored details").open = false;
  await happened();
  assert.deepEqual([listed(), requests.length], [4, before]);
});

// The dialog of setups.

const setup = (id, name, values) => ({ setup_id: id, name, buttons: 2, updated_at: "2026-06-15T12:00:00Z", ...values });

/** The dialog of setups, with those that the studio has. */
async function setupsDialog(t, setups = [setup("s1", "One"), setup("s2", "Two")], answers = {}) {
  const list = { studio_key: KEY, setups };
  const page = await startPage(t, { answers: { "GET /api/studio/setups": () => list, "GET /api/studio/setups/s1": { settings: { title: "Set up", buttons: [] } }, ...answers }, stored: () => storeStudioKey(KEY) });
  page.press("Setups");
  for (let n = 0; n < 3; n += 1) await happened();
  const act = (id, action) => dialog().querySelector(`[data-setup=${id}] [data-action=${action}]`).click();
  const sent = (name) => page.requests.filter(([each]) => each === name).map(([, body]) => body);
  const settle = async () => {
    for (let n = 0; n < 4; n += 1) await happened();
    await page.passes(1);
  };
  return { ...page, list, act, sent, settle, names: () => readAll(dialog(), "[data-setup] b") };
}

test("the setups are listed, and one is opened in a new room", async (t) => {
  const { names, settle, opened } = await setupsDialog(t, undefined, { "POST /api/rooms": OPENED });
  assert.deepEqual(names(), ["One", "Two"]);
  assert.match(read(dialog(), "[data-setup=s1] .small"), /^2 buttons · .*2026$/);
  named(dialog(), "Open in a new room: One").click();
  await settle();
  assert.deepEqual([dialog(), opened()[0].settings.title], [null, "Set up"]);
});

test("without setups the dialog says where they are saved", async (t) => {
  await setupsDialog(t, []);
  assert.match(read(dialog(), ".setups > p"), /^No setups yet\. In a room/);
});

test("a setup is renamed: the focus goes to its name, and back to the menu", async (t) => {
  const { act, sent, settle, list, names } = await setupsDialog(t, undefined, { "PUT /api/studio/setups/s1": {} });
  const submit = () => happen(dialog().querySelector("[data-setup] form"), "submit");
  act("s1", "rename");
  await settle();
  const field = () => dialog().querySelector("#setup-renamed");
  assert.deepEqual([document.activeElement, field().value], [field(), "One"]);
  field().value = "  ";
  submit();
  await settle();
  assert.ok(field());
  field().value = " Uno ";
  list.setups = [setup("s1", "Uno"), setup("s2", "Two")];
  assert.equal(submit().defaultPrevented, true);
  await settle();
  assert.deepEqual(sent("PUT /api/studio/setups/s1"), [{ name: "Uno", settings: { title: "Set up", buttons: [] } }]);
  assert.deepEqual([names(), document.activeElement], [["Uno", "Two"], dialog().querySelector("[data-setup=s1] summary")]);
});

test("a rename is given up with Escape, and the dialog stays", async (t) => {
  const { act, settle } = await setupsDialog(t);
  act("s1", "rename");
  await settle();
  const key = (name) => happen(dialog().querySelector("#setup-renamed"), "keydown", { key: name });
  assert.equal(key("a").defaultPrevented, false);
  assert.equal(key("Escape").defaultPrevented, true);
  await settle();
  assert.deepEqual([dialog().querySelector("#setup-renamed"), document.activeElement], [null, dialog().querySelector("[data-setup=s1] summary")]);
});

test("a setup is duplicated under a name that is free", async (t) => {
  const { act, sent, settle, list, names } = await setupsDialog(t, [setup("s1", "One"), setup("s2", "One 2")], { "POST /api/studio/setups": {} });
  list.setups = [...list.setups, setup("s3", "One 3")];
  act("s1", "duplicate");
  await settle();
  assert.deepEqual([sent("POST /api/studio/setups")[0].name, names().length, document.activeElement], ["One 3", 3, dialog().querySelector("[data-setup=s1] summary")]);
});

test("a setup is deleted after a question", async (t) => {
  const { root, act, settle, list, sent, names } = await setupsDialog(t, undefined, { "DELETE /api/studio/setups/s1": {} });
  act("s1", "delete");
  assert.equal(read(dialog(), "h2"), "Delete “One”?");
  answer("");
  await settle();
  assert.deepEqual(sent("DELETE /api/studio/setups/s1"), []);
  act("s1", "delete");
  list.setups = [setup("s2", "Two")];
  answer("yes");
  await settle();
  assert.deepEqual([names(), root.querySelectorAll("[data-choice=s1]").length], [["Two"], 0]);
});

test("one thing is done at a time, and what is refused is said", async (t) => {
  let proceed;
  const { act, sent, settle } = await setupsDialog(t, undefined, { "GET /api/studio/setups/s1": () => new Promise((resolve) => (proceed = () => resolve([503, { code: "store_unavailable" }]))) });
  act("s1", "duplicate");
  act("s1", "duplicate");
  await settle();
  assert.equal(sent("GET /api/studio/setups/s1").length, 1);
  proceed();
  await settle();
  assert.match(read(dialog(), ".setups .refusal"), /^Setups and earlier rooms cannot be reached/);
  act("s1", "duplicate");
  await settle();
  assert.equal(read(dialog(), ".setups .refusal"), "");
});

test("a key that the server knows no more can be left for a studio anew", async (t) => {
  const { answers, settle } = await setupsDialog(t, [], { "GET /api/studio/setups": [401, { code: "invalid_studio_key" }] });
  assert.match(read(dialog(), ".setups .refusal"), /^The server does not accept this browser's key/);
  named(dialog(), "Begin anew").click();
  answer("");
  await settle();
  assert.ok(localStorage.getItem("streamario.console.studio_key").includes("k"));
  named(dialog(), "Begin anew").click();
  answers["GET /api/studio/setups"] = { studio_key: KEY, setups: [] };
  answer("yes");
  await settle();
  assert.deepEqual([localStorage.getItem("streamario.console.studio_key"), read(dialog(), ".setups .refusal")], ["null", ""]);
  assert.throws(() => named(dialog(), "Begin anew"));
});

test("a link brings the setups to another computer", async (t) => {
  const code = () => new Response("<svg/>", { headers: { "Content-Type": "image/svg+xml" } });
  const { settle } = await setupsDialog(t, [], { "GET /api/studio/qr.svg": code });
  named(dialog(), "Use on another computer").click();
  await settle();
  const shown = [...document.querySelectorAll("dialog")].at(-1);
  assert.equal(shown.querySelector("#elsewhere-link").value, `https://here.test/console#studio=${KEY}`);
  assert.equal(shown.querySelector("img").src, `data:image/svg+xml,${encodeURIComponent("<svg/>")}`);
  named(shown, "Close").click();
  assert.equal(document.querySelectorAll("dialog").length, 1);
});

test("a link that the server does not give is refused in words", async (t) => {
  const { settle } = await setupsDialog(t, [], { "GET /api/studio/qr.svg": [401, { code: "invalid_studio_key" }] });
  named(dialog(), "Use on another computer").click();
  await settle();
  assert.match(read(dialog(), ".setups .refusal"), /^The server does not accept this browser's key/);
  assert.equal(document.querySelectorAll("dialog").length, 1);
});
