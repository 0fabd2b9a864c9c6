import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, buttonOf, dialog, named, read, readAll, ROOM, sitDown } from "./desk.js";
import { Room } from "../../../api_service/pages/web/streamario.js";
import { storeStudioKey } from "../../../api_service/pages/web/console/storage.js";
import { StreamarioError } from "../../../api_service/pages/web/streamario.js";
import { happened } from "../time.js";

const KEY = `${ROOM}.${"k".repeat(22)}`;
const viewer = (n, count, values) => ({ viewer_id: `viewer-${n}`, viewer_name: `Panda ${n}`, count, ...values });

/** What the API says of a round. */
const resultsOf = (values) => ({
  ...{ round: 2, ended_at: "2026-01-01T12:05:00Z", event_totals: { jump: 1_200, duck: 3 }, titles: [], outcomes: [] },
  viewer_totals: [viewer(1, 900), viewer(2, 300), viewer(3, 3)],
  top_by_event: { jump: viewer(1, 900) },
  ...values,
});

/** What the history has of it. */
const bookedOf = (values) => ({
  ...{ round: 2, started_at: "2026-01-01T12:00:00Z", ended_at: "2026-01-01T12:05:00Z" },
  viewer_totals: [viewer(1, 900), viewer(2, 300), viewer(3, 3)],
  totals: [{ event_type: "jump", triggers: 7 }, { event_type: "duck", triggers: 0 }],
  presses_per_minute: [{ minute: 29_000_000, event_type: "jump", count: 30 }, { minute: 29_000_000, event_type: "duck", count: 10 }, { minute: 29_000_001, event_type: "jump", count: 20 }],
  triggers: [{ seq: 1, event_type: "jump", viewer_name: "Panda 1", fired_at: "2026-01-01T12:01:00Z", status: "failed", reason: "No room" }, { seq: 2, event_type: "gone", viewer_name: null, fired_at: "2026-01-01T12:02:00Z", status: null }],
  ...values,
});

/** A desk whose round has just ended; gives what it shows once the results are there. */
async function resultsTab(t, { results = resultsOf(), booked = bookedOf(), rooms = [], state = {}, answers = {}, ...options } = {}) {
  const given = { results };
  t.mock.method(Room.prototype, "results", async () => {
    if (given.results instanceof Error) throw given.results;
    return given.results;
  });
  const told = {
    ...{ "GET /viewers": { viewers: [], more: false }, "GET /api/studio/rooms": { rooms } },
    [`GET /api/studio/rooms/${ROOM}/rounds/2`]: booked ?? [404, { code: "not_found" }],
    ...answers,
  };
  const sat = sitDown(t, { state: { status: "ended", ...state }, answers: told, stored: () => storeStudioKey(KEY), ...options });
  sat.desk.openTab("results");
  for (let n = 0; n < 4; n += 1) await happened();
  return { ...sat, given, answers: told };
}

test("a round's results have its figures, the podium, its buttons and the ranking", async (t) => {
  const { root } = await resultsTab(t);
  assert.deepEqual([read(root, ".round-head h2"), read(root, ".round-head .grow > p")], ["Round 2", "5:00 · 1,203 presses · 7 triggers · 3 viewers"]);
  assert.deepEqual(readAll(root, ".podium li"), ["🥇 Panda 1 900 presses", "🥈 Panda 2 300 presses", "🥉 Panda 3 3 presses"]);
  assert.deepEqual([...root.querySelectorAll(".podium h3")].map(({ className }) => className), ["cut", "cut", "cut"]);
  assert.deepEqual(readAll(root, ".sums thead th"), ["Button", "Triggers", "Presses", "Most by"]);
  assert.deepEqual(readAll(root, ".sums tbody tr"), ["The jump 7 1,200 Panda 1 (900)", "The duck 0 3 –"].map((row) => row.replace("The jump", "⭐The jump").replace("The duck", "⭐The duck")));
  assert.deepEqual(readAll(root, ".ranking li"), ["1 Panda 1900", "2 Panda 2300", "3 Panda 33"]);
  assert.equal(root.querySelector(".ranking > button"), null);
});

test("places are shared, with who has titles", async (t) => {
  const titles = [{ title: "first", ...viewer(2, 5) }, { title: "steady", ...viewer(9, 1) }];
  const viewers = [...Array.from({ length: 7 }, (_, n) => viewer(n, 5)), viewer(9, 1)];
  const { root } = await resultsTab(t, { results: resultsOf({ viewer_totals: viewers, titles }) });
  const first = root.querySelector(".podium li");
  assert.deepEqual([read(first, "h3"), first.querySelector("h3").className], ["Panda 0, Panda 1, Panda 2, Panda 3, Panda 4 and 2 others", "shared"]);
  assert.deepEqual([read(first, "h3 + p"), read(first, ".title-chip")], ["5 presses each", "First press · Panda 2"]);
  assert.equal(read(root, ".podium + div p"), "Steady · Panda 9");
});

test("a title of one who stands alone needs no name", async (t) => {
  const titles = [{ title: "first", ...viewer(1, 900) }];
  const { root } = await resultsTab(t, { results: resultsOf({ titles }) });
  assert.equal(read(root, ".title-chip"), "First press");
});

test("teams pull against each other", async (t) => {
  const theme = { logo: "", background: "", accent: "", backdrop: "", font: "", team_names: { skill: "Help", enemy: "Hinder" } };
  const buttons = [buttonOf("jump", { team: "skill" }), buttonOf("duck", { team: "enemy" })];
  const { root } = await resultsTab(t, { state: { theme, buttons } });
  assert.equal(read(root, ".sums").length > 0 && root.querySelector(".tug").previousElementSibling.textContent, "Teams");
  assert.deepEqual(readAll(root, ".tug li"), ["Help 1,200", "Hinder 3"]);
  assert.deepEqual([...root.querySelectorAll(".tug li")].map((team) => team.style.getPropertyValue("--share")), ["1200", "3"]);
});

test("what became of triggers has columns of its own", async (t) => {
  const outcomes = [{ event_type: "jump", done: 5, failed: 2 }];
  const { root } = await resultsTab(t, { results: resultsOf({ outcomes }) });
  assert.deepEqual(readAll(root, ".sums thead th").slice(2, 4), ["Done", "Did not work"]);
  assert.deepEqual(readAll(root, ".sums tbody .outcome"), ["5", "2", "–", "–"]);
  assert.deepEqual([...root.querySelectorAll(".sums tbody .outcome")].map(({ className }) => className.split(" ").at(-1)), ["outcome", "bad", "outcome", "soft"]);
});

test("minutes and triggers are folded, each with its button", async (t) => {
  const { root } = await resultsTab(t);
  assert.deepEqual([...root.querySelectorAll(".minutes .minute")].map((minute) => minute.style.width), ["100%", "50%"]);
  assert.deepEqual(readAll(root, ".minutes .figure"), ["Presses", "40", "20"]);
  assert.equal(root.querySelector(".minutes i").style.getPropertyValue("--share"), "0.75");
  assert.equal(readAll(root, "details summary").at(-1), "Triggers 7");
  const rows = readAll(root, ".fired tbody tr").map((row) => row.slice(9));
  assert.deepEqual(rows, ["The jump Did not work: No room Panda 1", "gone –"]);
  assert.equal(read(root, ".fired + p"), "");
});

test("of very many triggers the first are listed", async (t) => {
  const triggers = Array.from({ length: 501 }, (_, seq) => ({ seq, event_type: "jump", viewer_name: null, fired_at: "2026-01-01T12:01:00Z", status: null }));
  const { root } = await resultsTab(t, { booked: bookedOf({ triggers }) });
  assert.deepEqual([readAll(root, ".fired tbody tr").length, read(root, ".fired + p")], [500, "The first 500 are shown; the file has more."]);
});

test("a round of which the history has nothing has neither minutes nor triggers", async (t) => {
  const { root } = await resultsTab(t, { booked: null, state: { buttons: [buttonOf("jump", { level: 4 })] } });
  assert.deepEqual([root.querySelector(".minutes"), read(root, ".round-head .grow > p")], [null, "1,203 presses · 3 viewers"]);
  assert.deepEqual(readAll(root, ".sums tbody tr > :nth-child(2)"), ["4", "–"]);
});

test("the first ten of the ranking show, and all where that is wanted", async (t) => {
  const viewers = Array.from({ length: 11 }, (_, n) => viewer(n, 100 - n));
  const { root, press } = await resultsTab(t, { results: resultsOf({ viewer_totals: viewers }), booked: bookedOf({ viewer_totals: viewers }) });
  assert.equal(readAll(root, ".ranking li").length, 10);
  press("Show all 11");
  assert.equal(readAll(root, ".ranking li").length, 11);
  press("Show only 10");
  assert.equal(readAll(root, ".ranking li").length, 10);
});

test("where more pressed than are listed, that is said", async (t) => {
  const viewers = Array.from({ length: 100 }, (_, n) => viewer(n, 200 - n));
  const { root } = await resultsTab(t, { results: resultsOf({ viewer_totals: viewers }), booked: null });
  assert.deepEqual([read(root, ".ranking > button"), read(root, ".round-head .grow > p").split(" · ").at(-1)], ["Show the first 100", "100 or more viewers"]);
});

test("a round in which nobody pressed says so", async (t) => {
  const { root } = await resultsTab(t, { results: resultsOf({ viewer_totals: [], event_totals: { jump: 0 }, top_by_event: {} }), booked: null });
  assert.deepEqual([read(root, ".round-head > p.soft"), read(root, ".ranking > p"), root.querySelector(".podium")], ["Nobody pressed.", "Nobody pressed.", null]);
});

test("who is blocked is marked in the ranking", async (t) => {
  const { root } = await resultsTab(t, { entry: { blocked: ["viewer-2"] }, answers: { "GET /viewers": [503, { code: "overloaded" }] } });
  assert.deepEqual(readAll(root, ".ranking .name-line"), ["Panda 1", "Panda 2 blocked", "Panda 3"]);
});

test("before a round has ended there are no results, and until they are counted that is said", async (t) => {
  const { root, show, given } = await resultsTab(t, { state: { status: "active", round: 0 } });
  assert.equal(read(root, ".stack > .card"), "When a round ends, its results are shown here.");
  given.results = new StreamarioError("results_pending", "", { status: 409 });
  show({ status: "ended", round: 1 });
  await happened();
  assert.equal(read(root, ".stack > .card"), "Round 1: the last presses are being added up…");
  given.results = new StreamarioError("forbidden", "", { status: 403 });
  show({ round: 2 });
  await happened();
  assert.doesNotMatch(read(root, ".stack > .card"), /added up/);
  assert.equal(root.querySelector(".ranking"), null);
});

test("names that are hidden can be shown again here, and then results are asked for anew", async (t) => {
  const { root, show, press, given, requests } = await resultsTab(t, { state: { showsNames: false }, answers: { "POST /show_names": {} } });
  assert.ok(root.querySelector("#names"));
  press("Show again");
  await happened();
  assert.equal(requests.at(-1)[0], "POST /show_names");
  given.results = resultsOf({ viewer_totals: [viewer(8, 5)] });
  show({ showsNames: true });
  for (let n = 0; n < 3; n += 1) await happened();
  assert.deepEqual([root.querySelector("#names"), readAll(root, ".ranking .name-line")], [null, ["Panda 8"]]);
});

test("a round that nobody meant has no results", async (t) => {
  const { root, desk, show } = await resultsTab(t, { state: { status: "active", round: 0 } });
  desk.skipResults(1);
  show({ status: "ended", round: 1 });
  assert.equal(read(root, ".stack > .card"), "When a round ends, its results are shown here.");
});

/** Keep what is downloaded, as name → content. */
function downloads(t) {
  const files = new Map();
  let last;
  t.mock.method(URL, "createObjectURL", (blob) => {
    last = blob;
    return "blob:x";
  });
  t.mock.method(URL, "revokeObjectURL", () => {});
  t.mock.method(window.HTMLAnchorElement.prototype, "click", function () {
    files.set(this.download, last);
  });
  return files;
}

test("the ranking of a round is saved as a file", async (t) => {
  const answers = { [`GET /api/studio/rooms/${ROOM}/rounds/2?format=csv&table=viewers`]: () => new Response("a,b") };
  const { press } = await resultsTab(t, { answers });
  const files = downloads(t);
  press("↓ Ranking (CSV)");
  for (let n = 0; n < 5; n += 1) await happened();
  assert.deepEqual([...files.keys()], ["Fun-round-2-ranking.csv"]);
  assert.equal(await files.get("Fun-round-2-ranking.csv").text(), "a,b");
});

test("a file that is refused is said", async (t) => {
  const { press, root } = await resultsTab(t);
  press("↓ Ranking (CSV)");
  await happened();
  await happened();
  assert.match(read(root, ".round-head .refusal"), /./);
});

const pastRoom = (id, values) => ({ room_id: id, title: `Room ${id}`, opened_at: "2026-01-01T10:00:00Z", status: "ended", rounds: [], ...values });
const round = (n, values) => ({ round: n, started_at: "2026-01-01T11:00:00Z", ended_at: "2026-01-01T11:05:00Z", triggers: 3, ...values });

test("earlier rounds of this room stand by themselves, other rooms are folded", async (t) => {
  const rooms = [pastRoom(ROOM, { rounds: [round(1), round(2)] }), pastRoom("b", { rounds: [round(1), round(2, { ended_at: null })], title: "" })];
  const { root, desk } = await resultsTab(t, { rooms });
  const lines = () => readAll(root, "#history .past-rooms b");
  assert.deepEqual(lines(), ["Round 1", "Untitled room"]);
  assert.match(read(root, "#history [data-room=b] p.soft"), / · 2 rounds$/);
  const look = named(root, "Look: Untitled room");
  look.click();
  assert.deepEqual([lines(), look.getAttribute("aria-expanded")], [["Round 1", "Untitled room", "Round 2", "Round 1"], "true"]);
  assert.match(readAll(root, "[data-room=b] li p")[0], / · running$/);
  assert.match(readAll(root, "[data-room=b] li p")[1], / · 3 triggers$/);
  assert.equal(root.querySelectorAll("[data-room=b] li button").length, 1);
  look.click();
  assert.deepEqual([lines(), desk.tab], [["Round 1", "Untitled room"], "results"]);
});

test("where nothing was played before that is said", async (t) => {
  const { root } = await resultsTab(t, { rooms: [pastRoom(ROOM, { rounds: [round(2)] })] });
  assert.equal(read(root, "#history > p"), "None yet.");
});

test("rooms come a page at a time", async (t) => {
  const rooms = Array.from({ length: 50 }, (_, n) => pastRoom(`r${n}`));
  const { root, press } = await resultsTab(t, { rooms, answers: { "GET /api/studio/rooms?before=r49": { rooms: [pastRoom("r50")] } } });
  assert.equal(root.querySelectorAll("[data-room]").length, 50);
  press("Show earlier ones");
  await happened();
  await happened();
  assert.deepEqual([root.querySelectorAll("[data-room]").length, root.querySelector("#history > button")], [51, null]);
});

test("an earlier room is opened again with its settings, or taken off the list", async (t) => {
  const rooms = [pastRoom("b"), pastRoom("c")];
  const answers = { "GET /api/studio/rooms/b": { settings: { title: "Again" } }, "DELETE /api/studio/rooms/b": {} };
  const { root, calls, passes } = await resultsTab(t, { rooms, answers });
  named(root, "Look: Room b").click();
  named(root, "This room again: Room b").click();
  await happened();
  await happened();
  assert.deepEqual(calls, [["open", { title: "Again" }]]);
  named(root, "Remove from list: Room b").click();
  answer("");
  await happened();
  assert.equal(root.querySelectorAll("[data-room]").length, 2);
  named(root, "Remove from list: Room b").click();
  answer("yes");
  await happened();
  await passes(1);
  assert.deepEqual([root.querySelectorAll("[data-room]").length, document.activeElement.textContent.trim()], [1, "Look"]);
});

test("what is refused of the history is said", async (t) => {
  const { root } = await resultsTab(t, { answers: { "GET /api/studio/rooms": [401, { code: "invalid_studio_key" }] } });
  assert.match(read(root, "#history .refusal"), /^The server does not accept this browser's key/);
});

test("an earlier round is shown in a dialog, whose names are as its room has them", async (t) => {
  const settings = { theme: { team_names: { skill: "", enemy: "" } }, show_names: false, buttons: [{ ...buttonOf("jump"), event_type: "jump" }] };
  const answers = {
    "GET /api/rooms/b/results?round=1": resultsOf({ round: 1 }),
    "GET /api/studio/rooms/b": { settings },
    "GET /api/studio/rooms/b/rounds/1": bookedOf({ round: 1 }),
  };
  const { root } = await resultsTab(t, { rooms: [pastRoom("b", { rounds: [round(1)] })], answers });
  named(root, "Look: Room b").click();
  named(root, "Look: Round 1: Room b").click();
  for (let n = 0; n < 4; n += 1) await happened();
  assert.deepEqual([read(dialog(), "h2"), dialog().getAttribute("aria-label")], ["Round 1: Room b", "Round 1: Room b"]);
  assert.match(read(dialog(), "h2 + p"), /2026/);
  assert.equal(readAll(dialog(), ".ranking li").length, 3);
  named(dialog(), "Close").click();
  assert.equal(dialog(), null);
});

test("an earlier round that cannot be had is said", async (t) => {
  const { root } = await resultsTab(t, { rooms: [pastRoom("b", { rounds: [round(1)] })] });
  named(root, "Look: Room b").click();
  named(root, "Look: Round 1: Room b").click();
  for (let n = 0; n < 4; n += 1) await happened();
  assert.deepEqual([dialog(), read(root, "#history .refusal").length > 0], [null, true]);
});
