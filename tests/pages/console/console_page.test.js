import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, dialog, ENTRY, forgetAll, named, read, ROOM, roomOf, serve } from "./desk.js";
import { happen, openPage } from "../browser.js";
import {
  roomAtDesk,
  storeAtDesk,
  storedRoom,
  storedStudioKey,
  storeLanguage,
  storeRoom,
  storeStudioKey,
} from "../../../api_service/pages/web/console/storage.js";
import { fixChance, happened, stopTime } from "../time.js";

const OTHER = "01BX5ZZKBKACTAV9WEVGEMMVRZ";
const KEY = `${ROOM}.${"k".repeat(22)}`;
const LINK = `#room=${ROOM}.t9`;
const told = (values) => ({
  ...{ time: "2026-01-01T00:00:00Z", game_connected: true, settings: { title: "Told", buttons: [] } },
  ...{ invitation: { url: "https://here.test/play/told", lasts: true }, ws_viewer_url: "wss://here.test/ws-viewer?x" },
  ...values,
});

let loaded = 0;

/** Load the console at this link; `stored()` stores what the browser has from before. */
async function load(t, { hash = "", answers = {}, stored = () => {}, state = {} } = {}) {
  forgetAll(t);
  stored();
  const passes = stopTime(t);
  fixChance(t, 0.5);
  const { show } = roomOf(t, state);
  const requests = serve(t, answers);
  openPage(t);
  document.body.replaceWith(document.createElement("body")); // lit-html would go on with what it drew into the last one
  document.documentElement.lang = "";
  history.replaceState(null, "", `https://here.test/console${hash}`);
  const reloads = t.mock.method(location, "reload", () => {});
  loaded += 1;
  await import(`../../../api_service/pages/web/console/console.js?${loaded}`);
  const settle = async () => {
    for (let n = 0; n < 4; n += 1) await happened();
    await passes(1);
  };
  await settle();
  const asked = (name) => requests.filter(([each]) => each === name).length;
  return { passes, settle, requests, asked, answers, show, reloads: () => reloads.mock.callCount(), press: (caption) => named(document, caption).click() };
}

const where = () => (document.getElementById("start") ? "start" : document.getElementById("bar") ? read(document, "h1") : null);

test("whoever has no room begins at the start, in the browser's language or the one chosen here", async (t) => {
  await load(t);
  assert.deepEqual([where(), document.documentElement.lang, document.title], ["start", "en", "Streamario console"]);
});

test("the language that was chosen here is spoken", async (t) => {
  await load(t, { stored: () => storeLanguage("ja") });
  assert.deepEqual([document.documentElement.lang, read(document, ".start-head [lang]")], ["ja", "English"]);
});

test("another language is spoken after a reload", async (t) => {
  const { press, reloads } = await load(t);
  press("日本語");
  assert.deepEqual([localStorage.getItem("streamario.console.language"), reloads()], ['"ja"', 1]);
});

test("a reload comes back to the desk, until its room is left", async (t) => {
  const stored = () => [storeRoom(ENTRY), storeAtDesk(ROOM)];
  const { press, reloads, settle } = await load(t, { stored });
  assert.equal(where(), "Fun");
  press("⋯");
  await settle();
  press("Leave the room");
  await settle();
  assert.deepEqual([roomAtDesk(), reloads()], [null, 1]);
});

test("a room that is opened at the start has its desk", async (t) => {
  const room = { ...ENTRY, settings: { title: "New", buttons: [] } };
  const { settle } = await load(t, { answers: { "POST /api/rooms": room } });
  happen(document.getElementById("open-form"), "submit");
  await settle();
  assert.deepEqual([where(), roomAtDesk().room_id], ["Fun", ROOM]);
});

test("a link to a room that this browser has goes to its desk, and leaves the address bar", async (t) => {
  await load(t, { hash: LINK, stored: () => storeRoom(ENTRY) });
  assert.deepEqual([where(), location.hash, storedRoom(ROOM).room_token, dialog()], ["Fun", "", "t1", null]);
});

test("a link to a room that may be a stranger's is asked about, and stored with a yes", async (t) => {
  const { settle } = await load(t, { hash: LINK, answers: { "GET ": told(), "GET /viewers": {} } });
  assert.deepEqual([where(), read(dialog(), "h2"), location.hash], ["start", "Run the room “Told” here?", LINK]);
  answer("yes");
  await settle();
  assert.deepEqual([where(), location.hash], ["Fun", ""]);
  const { room_token, web_url, ws_url } = storedRoom(ROOM);
  assert.deepEqual([room_token, web_url, ws_url], ["t9", "https://here.test/play/told", "wss://here.test/ws-unity"]);
});

test("whoever does not want it is where they were, or at the start", async (t) => {
  const stored = () => [storeRoom({ ...ENTRY, room_id: OTHER }), storeAtDesk(OTHER)];
  const { settle } = await load(t, { hash: LINK, answers: { "GET ": told(), "GET /viewers": {} }, stored });
  answer("");
  await settle();
  assert.deepEqual([where(), storedRoom(ROOM), location.hash], ["Fun", null, ""]);
});

test("a link that is refused for now is tried again, and for good it is not", async (t) => {
  const { passes, settle, asked, answers } = await load(t, { hash: LINK, answers: { "GET ": [503, { code: "overloaded" }], "GET /viewers": {} } });
  assert.match(read(document, "#open-refusal"), /./);
  assert.equal(asked("GET "), 1);
  await passes(1_000);
  assert.equal(asked("GET "), 2);
  answers["GET "] = told();
  await passes(2_000);
  await settle();
  assert.deepEqual([read(dialog(), "h2"), read(document, "#open-refusal")], ["Run the room “Told” here?", ""]);
  answer("");
});

test("a link that is refused for good is not tried again", async (t) => {
  const { passes, asked } = await load(t, { hash: LINK, answers: { "GET ": [404, { code: "room_not_found" }] } });
  assert.match(read(document, "#open-refusal"), /./);
  await passes(30_000);
  assert.equal(asked("GET "), 1);
});

test("who has entered another room meanwhile is not fetched away", async (t) => {
  let proceed;
  const room = { ...ENTRY, room_id: OTHER, settings: { title: "New", buttons: [] } };
  const { settle } = await load(t, {
    hash: LINK,
    answers: { "GET ": () => new Promise((resolve) => (proceed = () => resolve(told()))), "GET /viewers": {}, "POST /api/rooms": room },
  });
  happen(document.getElementById("open-form"), "submit");
  await settle();
  proceed();
  await settle();
  assert.deepEqual([dialog(), roomAtDesk().room_id], [null, OTHER]);
});

test("the page is loaded again for another room's link, and where the browser had kept it", async (t) => {
  const { reloads } = await load(t);
  happen(window, "pageshow", { persisted: false });
  assert.equal(reloads(), 0);
  happen(window, "pageshow", { persisted: true });
  assert.equal(reloads(), 1);
  history.replaceState(null, "", LINK);
  happen(window, "hashchange");
  assert.equal(reloads(), 2);
  history.replaceState(null, "", "/console");
  happen(window, "hashchange");
  assert.equal(reloads(), 2);
});

const rooms = [{ room_id: OTHER, title: "Before", opened_at: "2026-01-01T10:00:00Z", status: "ended", rounds: [] }];

/** A desk whose streamer opens an earlier room again. */
async function again(t, answers) {
  const stored = () => [storeRoom(ENTRY), storeAtDesk(ROOM), storeStudioKey(KEY)];
  const page = await load(t, { stored, answers: { "GET /api/studio/rooms": { rooms }, [`GET /api/studio/rooms/${OTHER}`]: { settings: { title: "Again" } }, ...answers } });
  page.press("Results");
  await page.settle();
  page.press("Look: Before");
  await page.settle();
  const open = async () => {
    page.press("This room again: Before");
    await page.settle();
  };
  return { ...page, open };
}

test("from one room to a new one goes the page once, with the settings", async (t) => {
  let proceed;
  const room = { ...ENTRY, room_id: OTHER, settings: { title: "Again", buttons: [] } };
  const { open, settle, requests, reloads } = await again(t, { "POST /api/rooms": () => new Promise((resolve) => (proceed = () => resolve(room))) });
  await open();
  await open();
  const sent = requests.filter(([name]) => name === "POST /api/rooms");
  assert.deepEqual([sent.length, sent[0][1].settings.title], [1, "Again"]);
  proceed();
  await settle();
  assert.deepEqual([roomAtDesk().room_id, storedRoom(OTHER).title, reloads()], [OTHER, "Again", 1]);
});

test("a new room that is refused may be tried again", async (t) => {
  const { open, asked, reloads } = await again(t, { "POST /api/rooms": [503, { code: "overloaded" }] });
  await open();
  await open();
  assert.deepEqual([asked("POST /api/rooms"), reloads(), read(document, "#history .refusal").length > 0], [2, 0, true]);
});

// Setups of another computer.

const STUDIO = `#studio=${OTHER}.${"n".repeat(22)}`;

test("a link to setups takes the place of the browser's own after a question", async (t) => {
  let key = KEY;
  const answers = { "GET /api/studio/setups": () => ({ studio_key: key, setups: [] }) };
  const { settle, asked } = await load(t, { hash: STUDIO, answers, stored: () => storeStudioKey(KEY) });
  assert.deepEqual([read(dialog(), "h2"), location.hash, storedStudioKey()], ["Replace the setups of this browser?", "", KEY]);
  key = STUDIO.slice(8);
  const before = asked("GET /api/studio/setups");
  answer("yes");
  await settle();
  assert.equal(storedStudioKey(), key);
  assert.match(read(dialog(), "p"), /^This browser now has the setups/);
  assert.ok(asked("GET /api/studio/setups") > before);
});

test("a desk that gets other setups shows them", async (t) => {
  const stored = () => [storeRoom(ENTRY), storeAtDesk(ROOM), storeStudioKey(STUDIO.slice(8))];
  const { requests } = await load(t, { hash: STUDIO, answers: { "GET /api/studio/setups": { studio_key: STUDIO.slice(8), setups: [] } }, stored });
  assert.ok(document.querySelector("[data-section=setups][aria-current=true]"));
  assert.ok(requests.some(([name]) => name === `PUT /api/studio/rooms/${ROOM}`));
});

test("a link to setups that is not whole, or is refused, changes nothing", async (t) => {
  const { settle } = await load(t, { hash: "#studio=abc", stored: () => storeStudioKey(KEY) });
  assert.match(read(dialog(), ".refusal"), /^This link is not whole/);
  answer("");
  history.replaceState(null, "", STUDIO);
  happen(window, "hashchange");
  await settle();
  assert.match(read(dialog(), ".refusal"), /^This public link/);
  assert.equal(storedStudioKey(), KEY);
});

test("setups that are not wanted stay where they are", async (t) => {
  const { settle } = await load(t, { hash: STUDIO, answers: { "GET /api/studio/setups": { studio_key: KEY, setups: [] } }, stored: () => storeStudioKey(KEY) });
  answer("");
  await settle();
  assert.deepEqual([dialog(), storedStudioKey()], [null, KEY]);
});
