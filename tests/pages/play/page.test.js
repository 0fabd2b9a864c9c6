import assert from "node:assert/strict";
import { test } from "node:test";

import { happen, until } from "../opened_page.js";
import { stat, stats } from "../streamario/room.js";
import { Server, serverOf } from "../streamario/room_server.js";
import { opening, playing } from "./playing.js";

test("whoever opens the page of a running round can press at once", async (t) => {
  const { server, screen, text, press, key, isSeen, passes } = await playing(t);
  assert.deepEqual([screen(), text("#title"), text("#viewers"), text("#name")], [["in_game"], "Duel", "3 here", "Add your name"]);
  assert.deepEqual([isSeen("viewers"), isSeen("name"), isSeen("score")], [true, true, true]);
  press();
  await passes(400);
  assert.deepEqual(server.batches(), [[{ button_name: "a", push_count: 1 }]]);
  assert.match(key().textContent, /a, 9 more, You’re in/);
  assert.equal(text("#score-presses"), "1");
});

test("before the first answer the page says that it joins, and claims neither viewers nor a name", async (t) => {
  const server = new Server();
  server.isSlow = true;
  const { passes, screen, board, isSeen } = await opening(t, { server });
  await passes(100);
  assert.deepEqual([screen(), board()], [["loading"], "Joining the room…"]);
  assert.deepEqual([isSeen("viewers"), isSeen("name"), isSeen("score")], [false, false, false]);
});

test("the join that the page's head has sent is taken, and none is sent beside it", async (t) => {
  const server = serverOf();
  const joined = new Server();
  const before = ({ window }) => (window.joining = joined.fetch("/api/rooms/r/join", { body: '{"room":true}' }));
  const page = await opening(t, { server, before });
  await until(() => page.get("name-dialog"));
  assert.deepEqual([page.screen(), server.of("/join"), page.window.joining], [["in_game"], [], undefined]);
});

test("where there is no such room one can try again, or type a code", async (t) => {
  const server = serverOf();
  server.room = null;
  const page = await opening(t, { server });
  await until(() => page.get("code-form"));
  await page.passes(100);
  const { screen, isSeen } = page;
  assert.deepEqual([screen(), page.text('[data-of="missing"] h2')], [["missing"], "There is no such room"]);
  assert.deepEqual([isSeen("viewers"), isSeen("name"), page.text("#spoken")], [false, false, "There is no such room"]);
  page.get("code").value = " ABC ";
  happen(page.get("code-form"), "submit");
  page.get("again").click();
  assert.deepEqual(page.went, ["/j/ABC", "reload"]);
});

test("before a round viewers see that they are in, and it begins by itself", async (t) => {
  const { screen, text, becomes, hear, document, board } = await playing(t, { status: "active", round: 0 });
  assert.deepEqual([screen(), text("#spoken"), text('[data-part="soon"]')], [["active"], "You’re in.", "Duel starts soon."]);
  await hear({ type: "arrived", names: ["Aki"], viewer_count: 4 });
  assert.deepEqual([text('[data-part="names"]'), text('[data-part="people"]')], ["Aki", "4"]);
  await hear({ type: "stats", status: "active", round: 0, paused: false, ...stats([]) }); // somebody was blocked
  assert.equal(text('[data-part="names"]'), "");
  await becomes("in_game", { opened_by_press: true });
  assert.deepEqual([screen(), board(), document.body.dataset.screen], [["in_game"], "Press together: full buttons fire.", "in_game"]);
});

test("where the first press begins the round there are buttons before it", async (t) => {
  const { screen } = await playing(t, { status: "active", round: 0, has: { starts: "press" } });
  assert.deepEqual(screen(), ["in_game"]);
});

test("another screen begins at its top, and a keyboard goes on there", async (t) => {
  const page = await playing(t);
  const { key, becomes, document, get } = page;
  const scrolled = [];
  globalThis.scrollTo = (...place) => scrolled.push(place);
  await becomes("in_game");
  assert.deepEqual(scrolled, []);
  key().focus();
  await becomes("ended");
  assert.deepEqual([scrolled, document.activeElement.id], [[[0, 0]], "main"]);
  get("name").focus();
  await becomes("in_game", { round: 2, opened_by_press: true });
  assert.equal(document.activeElement.id, "name");
});

test("after a round its results are shown", async (t) => {
  const { server, screen, becomes, text, isSeen, passes } = await playing(t);
  server.results = { viewer_totals: [], event_totals: { a: 7 }, outcomes: [], viewer_summary: null };
  await becomes("ended");
  assert.deepEqual([screen(), text("#spoken"), isSeen("pending")], [["ended"], "Round over", true]);
  await passes(3_000);
  assert.deepEqual([isSeen("tables"), text("#totals .total-count"), server.of("results").length], [true, "7", 1]);
});

test("presses that do not count are told", async (t) => {
  const { server, press, passes, board } = await playing(t);
  server.replies.push([400, { code: "invalid_body", error: "no" }]);
  press();
  await passes(500);
  assert.equal(board(), "Some presses did not count.");
});

test("the time left and the start are read out", async (t) => {
  const { becomes, text, passes } = await playing(t, { status: "active", round: 0 });
  const at = (ms) => new Date(Date.now() + ms).toISOString();
  await passes(4_000);
  const running = { round: 1, time: at(0), started_at: at(0), opened_by_press: false, round_ends_at: Date.now() + 62_000 };
  await becomes("in_game", running);
  assert.equal(text("#spoken"), "Starts in 3 s");
  await passes(3_000);
  assert.equal(text("#spoken"), "One minute left");
});

test("a page speaks Japanese to whoever prefers it", async (t) => {
  const { document, text } = await playing(t, {}, { languages: ["ja-JP", "en"] });
  assert.deepEqual([document.documentElement.lang, text("#name")], ["ja", "名前を入れる"]);
  assert.equal(document.querySelector('[data-of="in_game"]').getAttribute("aria-label"), "ボタン");
});

test("what is most urgent is read out, and otherwise which buttons cannot be pressed", async (t) => {
  const { becomes, counts, text, passes } = await playing(t);
  await counts(stat("a", 0, { available: false }), stat("b", 0));
  assert.equal(text("#spoken"), "Not now: a");
  await becomes("in_game", { paused: true });
  await passes(3_000);
  assert.equal(text("#spoken"), "Paused. Wait until it goes on.");
});

test("who goes on to the next room is told so where that is read out", async (t) => {
  const { server, becomes, text, passes } = await playing(t);
  server.others["/play/NEXT"] = [200, ""]; // the server is not there yet
  await becomes("ended", { next_room_id: "NEXT" });
  await passes(3_200);
  assert.equal(text("#spoken"), "The next room is open. Going there…");
});

test("what the first buttons do not need is asked for again a second or two after it did not load", async (t) => {
  const page = await opening(t, { server: serverOf(), before: ({ sheets }) => (sheets.fail = true) });
  const { passes, sheets } = page;
  assert.equal(sheets.styles.length, 1);
  await passes(950);
  assert.equal(sheets.styles.length, 1);
  sheets.fail = false;
  await passes(50);
  assert.deepEqual(sheets.styles.slice(0, 2), ["/assets/play_deferred.css", "/assets/play_deferred.css?1"]);
  await until(() => page.get("name-dialog"));
  await passes(60_000);
  assert.equal(sheets.styles.filter((style) => style.includes("play_deferred")).length, 2);
});
