import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage, until } from "../opened_page.js";
import { setting, settings } from "../streamario/room.js";
import { serverOf } from "../streamario/room_server.js";

const PRESSING = [{ viewer_id: "AAAA", viewer_name: "Aki", count: 7, blocked: false }];
const GOOD = [200, { viewers: PRESSING, more: false }];
const NONE = [200, { viewers: [], more: false }];
const LINK_OVER = "This link no longer works, or part of it is missing. Ask the streamer for a new one.";

/** The page of a moderator with the token T; `answers` are those to whoever asks for the viewers. */
async function moderating(t, { pressers = GOOD, blocked = NONE, url = "/moderate/r#T", ...device } = {}) {
  const server = serverOf();
  const answers = { pressers, blocked };
  const tokens = new Set();
  server.others["/api/rooms/r/viewers"] = ({ search, headers }) => {
    tokens.add(headers.Authorization);
    return search ? answers.blocked : answers.pressers;
  };
  const page = await openPage(t, "moderate", { url, server, ...device });
  await page.passes(100);
  const { document } = page;
  const rows = () => [...document.querySelectorAll("#feed li")].map((row) => row.querySelector(".grow").textContent.replace(/\s+/g, " "));
  const fires = (seq, more) => page.fires("a", seq, { people: 1, ...more });
  return { ...page, answers, tokens, rows, fires, refusal: () => (page.isSeen("refusal") ? page.text("#refusal") : null) };
}

test("a moderator sees who presses, who is blocked, and the room's title, by the link's token", async (t) => {
  const { document, text, tokens, refusal, server } = await moderating(t);
  assert.deepEqual([document.title, text("#room-title"), refusal()], ["Moderate", "Duel", null]);
  assert.match(text("#pressers"), /Aki/);
  assert.ok(document.querySelector("#blocked") && document.querySelector("#names"));
  assert.deepEqual([[...tokens], server.of("/join")], [["Bearer T"], []]);
});

/** A browser that stores these tokens of rooms, or with null nothing: its page `before` the script comes. */
const storing = (tokens) => ({ window }) => {
  if (!tokens) Object.defineProperty(globalThis, "localStorage", { get: () => assert.fail("forbidden"), configurable: true });
  for (const room in tokens) window.localStorage.setItem(`streamario.moderation.${room}`, JSON.stringify(tokens[room]));
};
const storedToken = ({ window }, room = "r") => JSON.parse(window.localStorage.getItem(`streamario.moderation.${room}`));

test("the token leaves the address bar at once, and the bare page works by it from then on", async (t) => {
  const { window, ...first } = await moderating(t);
  assert.deepEqual([window.location.href, storedToken({ window })], ["https://here.test/moderate/r", "T"]);
  assert.deepEqual([[...first.tokens], window.history.length, window.history.state], [["Bearer T"], 1, null]);
  t.mock.timers.reset();
  const again = await moderating(t, { url: "/moderate/r", before: storing({ r: "T", other: "O" }) });
  assert.deepEqual([[...again.tokens], again.refusal(), storedToken(again)], [["Bearer T"], null, "T"]);
});

test("a new link's token replaces the stored one of its room alone", async (t) => {
  const page = await moderating(t, { before: storing({ r: "OLD", other: "O" }) });
  assert.deepEqual([[...page.tokens], storedToken(page), storedToken(page, "other")], [["Bearer T"], "T", "O"]);
});

test("a token that is over is forgotten, and no newer one; one that the server cannot judge is not", async (t) => {
  const over = await moderating(t, { pressers: [403, { code: "forbidden" }], before: storing({ other: "O" }) });
  assert.deepEqual([over.refusal(), storedToken(over), storedToken(over, "other")], [LINK_OVER, null, "O"]);
  t.mock.timers.reset();
  const cut = await moderating(t, { url: "/moderate/r#BAD", pressers: [401, { code: "invalid_room_token" }], before: storing({ r: "GOOD" }) });
  assert.deepEqual([cut.refusal(), storedToken(cut)], [LINK_OVER, "GOOD"]);
  t.mock.timers.reset();
  const away = await moderating(t, { pressers: [503, { code: "overloaded" }] });
  assert.equal(storedToken(away), "T");
  storing({ r: "NEW" })(away);
  away.answers.pressers = [403, { code: "forbidden" }];
  await away.passes(500);
  assert.deepEqual([away.refusal(), storedToken(away)], [LINK_OVER, "NEW"]);
});

test("the bare address opens nothing, and asks for nothing", async (t) => {
  const page = await moderating(t, { url: "/moderate/r", before: storing({ other: "O" }) });
  assert.deepEqual([page.refusal(), [...page.tokens], page.document.querySelector("#moderation")], [LINK_OVER, [], null]);
});

test("where the browser stores nothing the page works in this tab, also when it is loaded again", async (t) => {
  const page = await moderating(t, { before: storing(null) });
  assert.deepEqual([[...page.tokens], page.refusal(), page.window.location.hash], [["Bearer T"], null, ""]);
  assert.notEqual(page.document.querySelector("#moderation"), null);
  await page.passes(3_500);
  assert.deepEqual([...page.tokens], ["Bearer T"]);
  const { state } = page.window.history;
  t.mock.timers.reset();
  const before = (opened) => {
    storing(null)(opened);
    opened.window.history.replaceState(state, "");
  };
  const again = await moderating(t, { url: "/moderate/r", before });
  assert.deepEqual([[...again.tokens], again.refusal()], [["Bearer T"], null]);
});

test("nothing shows by a link that is over", async (t) => {
  for (const code of ["forbidden", "invalid_room_token"]) {
    const { document, refusal, passes, server, window } = await moderating(t, { pressers: [403, { code }] });
    assert.deepEqual([refusal(), document.querySelector("#moderation"), window.history.state], [LINK_OVER, null, null]);
    await passes(30_000);
    assert.equal(server.of("/viewers").length, 1);
    t.mock.timers.reset();
  }
});

test("a server that is away is asked again, ever more slowly, until it answers", async (t) => {
  const { document, refusal, passes, answers, server } = await moderating(t, { pressers: [503, { code: "overloaded" }] });
  assert.notEqual(refusal(), null);
  assert.equal(document.querySelector("#moderation"), null);
  await passes(500);
  await passes(1_000);
  assert.equal(server.of("/viewers").length, 3);
  answers.pressers = GOOD;
  await passes(2_000);
  assert.equal(refusal(), null);
  assert.notEqual(document.querySelector("#moderation"), null);
});

test("a link that ends takes the page with it, and so does another one", async (t) => {
  const { answers, passes, went, window } = await moderating(t);
  answers.blocked = [503, { code: "overloaded" }];
  await passes(3_500);
  assert.deepEqual(went, []);
  answers.blocked = [403, { code: "forbidden" }];
  await passes(3_500);
  assert.deepEqual(went, ["reload"]);
  window.location.hash = "#U";
  await until(() => went.length > 1);
  assert.deepEqual(went, ["reload", "reload"]);
});

test("triggers are listed as they come, newest first, each with who fired it", async (t) => {
  const { fires, hear, rows, text, document } = await moderating(t);
  assert.match(text("#feed"), /No triggers have come yet/);
  await fires(1, { viewer_name: "Aki" });
  await fires(2);
  assert.deepEqual(rows(), ["a –", "a Aki"]);
  assert.doesNotMatch(text("#feed"), /No triggers have come yet/);
  assert.match(document.querySelector("#feed time, #feed .time").textContent, /^\d\d:\d\d:\d\d$/);
  const [unnamed, named] = [...document.querySelectorAll("#feed li button")].map((button) => button.getAttribute("aria-label"));
  assert.equal(named, "Hide or block Aki");
  assert.match(unnamed, /^Hide or block ./);
  await hear({ type: "settings", settings: settings([setting("b")]) });
  await fires(3);
  assert.equal(rows()[0], "a –");
});

test("the last hundred triggers are listed", async (t) => {
  const { sockets, passes, rows, document } = await moderating(t);
  const trigger = { type: "trigger", event_type: "a", epoch: 1, viewer_name: null, people: 1 };
  for (let seq = 1; seq <= 101; seq += 1) sockets.at(-1).onmessage({ data: JSON.stringify({ ...trigger, seq }) });
  await passes(100);
  assert.deepEqual([rows().length, document.querySelector("#feed li").dataset.number], [100, "1-101"]);
});

test("whoever fired can be blocked, and the row says so", async (t) => {
  const { fires, server, document, passes } = await moderating(t);
  server.others["/api/rooms/r/fired_by"] = [200, { viewer_id: "AAAA" }];
  server.others["/api/rooms/r/block"] = [200, {}];
  server.others["/api/rooms/r/blocked/AAAA"] = [200, {}];
  await fires(1, { viewer_name: "Aki" });
  document.querySelector("#feed li button").click();
  await passes(100);
  const dialog = document.querySelector("dialog.person");
  assert.equal(dialog.open, true);
  dialog.querySelector(".primary").click();
  await passes(100);
  const row = document.querySelector("#feed li");
  assert.deepEqual([dialog.open, row.classList.contains("blocked")], [false, true]);
  assert.equal(document.activeElement, row.querySelector("button"));
});

test("names are hidden and shown again by one click, and the page follows the room", async (t) => {
  const { document, server, passes, hear, text } = await moderating(t);
  server.others["/api/rooms/r/hide_names"] = [200, {}];
  const button = () => document.querySelector('[data-action="names"]');
  const before = text("#names");
  button().click();
  await passes(100);
  assert.notEqual(text("#names"), before);
  await hear({ type: "settings", settings: settings([setting("a")], { show_names: false }) });
  await hear({ type: "settings", settings: settings([setting("a")]) });
  assert.equal(text("#names"), before);
});

test("what is refused is told, until something else is done", async (t) => {
  const { document, server, passes, refusal } = await moderating(t);
  server.others["/api/rooms/r/hide_names"] = [403, { code: "forbidden" }];
  document.querySelector('[data-action="names"]').click();
  await passes(100);
  assert.equal(refusal(), LINK_OVER);
});

test("a moderator reads the language chosen in the console, or the browser's", async (t) => {
  const { document } = await moderating(t, { languages: ["ja"] });
  assert.deepEqual([document.documentElement.lang, document.title], ["ja", "モデレーション"]);
});
