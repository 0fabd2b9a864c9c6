import assert from "node:assert/strict";
import { test } from "node:test";

import { happen } from "../opened_page.js";
import { INVITATION, setting, settings, stat } from "../streamario/room.js";
import { showing } from "./showing.js";

const RESULTS = {
  viewer_totals: [{ viewer_id: "A", viewer_name: "Aki", count: 9 }],
  ...{ event_totals: { a: 9 }, outcomes: [], viewer_summary: null, titles: [] },
};

test("in a round there are bars, the way in and who is here, and no invitation", async (t) => {
  const { beat, isSeen, bars, text, server, document } = await showing(t);
  assert.deepEqual([beat(), isSeen("bars"), isSeen("facts"), isSeen("gather")], ["round", true, true, false]);
  assert.deepEqual([bars(), text("#viewers")], [["★a10 more", "★b10 more"], "3 here"]);
  assert.equal(document.getElementById("bars").hasAttribute("data-rows"), false);
  assert.deepEqual([server.of("/join"), document.documentElement.lang], [[], "en"]);
});

test("before a round people are invited, and whoever comes is named", async (t) => {
  const { beat, isSeen, text, hear, beats, document } = await showing(t, { status: "active", round: 0 });
  assert.deepEqual([beat(), isSeen("gather"), isSeen("bars")], ["gather", true, false]);
  assert.deepEqual([text("#gather h1"), text(".join-place"), document.querySelectorAll(".join-keys .key").length], ["Duel", "api/j", 4]);
  await hear({ type: "arrived", names: ["Aki"], viewer_count: 4 });
  assert.deepEqual([text(".pops"), beats], ["Aki", ["arrive"]]);
  await hear({ type: "stats", status: "active", round: 0, paused: false, stats: [], viewer_count: 4, send_every_ms: 300 });
  assert.equal(text(".pops"), ""); // somebody was blocked
});

test("a room without a title invites all the same", async (t) => {
  const { text } = await showing(t, { status: "active", round: 0, has: { title: "" } });
  assert.equal(text("#gather h1"), "Play along");
});

test("whoever comes in a round, or while nobody sees the overlay, is not named later", async (t) => {
  const { hear, becomes, hide, text, passes } = await showing(t);
  await hear({ type: "arrived", names: ["Aki"], viewer_count: 4 });
  await becomes("ended");
  await passes(3_000);
  hide(true);
  await hear({ type: "arrived", names: ["Bo"], viewer_count: 4 });
  hide(false);
  await hear({ type: "arrived", names: ["Cy"], viewer_count: 4 });
  assert.equal(text(".pops"), "Cy");
});

/** Begin a round with its 3-2-1, or hear of one that began so many ms ago. */
const starts = ({ becomes }, round = 1, ago = 0) => {
  const [time, began] = [0, ago].map((ms) => new Date(Date.now() - ms).toISOString());
  return becomes("in_game", { round, time, started_at: began, opened_by_press: false });
};

test("3, 2, 1: the invitation goes, each second is heard, and the bars come with the round", async (t) => {
  const page = await showing(t, { status: "active", round: 0 });
  const { beat, isSeen, beats, passes, text } = page;
  await starts(page);
  assert.deepEqual([beat(), isSeen("start"), isSeen("gather"), isSeen("bars"), text(".start-digit")], ["start", true, false, false, "3"]);
  await passes(3_000);
  assert.deepEqual([beat(), isSeen("start"), isSeen("bars"), beats], ["round", false, true, ["tick", "tick", "tick", "go"]]);
});

test("what waited for the stage in one round has no turn in the next", async (t) => {
  const page = await showing(t);
  const { fires, becomes, burst, passes } = page;
  await fires("a", 1);
  await becomes("ended");
  assert.equal(burst(), "a!");
  await starts(page, 2);
  assert.equal(burst(), null);
  await passes(6_000);
  assert.equal(burst(), null);
});

test("a burst of the round before does not come again after a 3-2-1 that is heard of late", async (t) => {
  const page = await showing(t);
  const { fires, becomes, beat, burst, bursts, passes } = page;
  await fires("a", 1);
  await becomes("ended");
  await starts(page, 2, 2_000);
  assert.deepEqual([beat(), burst()], ["start", null]);
  await passes(1_000);
  assert.deepEqual([beat(), burst(), bursts], ["round", null, [""]]);
});

test("what fires during 3-2-1 has the stage after it", async (t) => {
  const page = await showing(t, { status: "active", round: 0 });
  const { fires, burst, text, bursts, passes } = page;
  await starts(page);
  await fires("a", 1);
  await fires("b", 2);
  assert.deepEqual([burst(), text(".queue"), bursts], [null, "", []]);
  await passes(3_000);
  assert.deepEqual([burst(), text(".queue"), bursts], ["a!", "Next★", [""]]);
});

test("what a streamer tried before a round has no turn in it", async (t) => {
  const page = await showing(t, { status: "active", round: 0 });
  const { hear, burst, text, passes } = page;
  for (const event_type of ["a", "b"]) await hear({ type: "preview", event_type, viewer_name: "Aki" });
  assert.deepEqual([burst(), text(".queue")], ["a!", "Next★"]);
  await starts(page);
  await passes(3_000);
  assert.deepEqual([burst(), text(".queue")], [null, ""]);
});

test("a trigger has the stage, with its sound once", async (t) => {
  const buttons = [setting("a", { sound: "coin" }), setting("b")];
  const { fires, burst, text, get, bursts, turns, prepared, passes, document } = await showing(t, { buttons });
  assert.deepEqual([turns, prepared.at(-1)], [["turnOn"], "coin,"]);
  await fires("a", 1, { viewer_name: "Aki", people: 5 });
  assert.deepEqual([burst(), text(".burst-by"), get("overlay").hasAttribute("data-burst")], ["a!", "set off by Aki and 4 others", true]);
  await fires("b", 2);
  assert.deepEqual([text(".queue"), bursts, document.querySelector(".burst-mark").hidden], ["Next★", ["coin"], true]);
  await passes(2_600);
  assert.deepEqual([burst(), get("overlay").hasAttribute("data-burst")], [null, false]);
  await passes(400);
  assert.deepEqual([burst(), bursts], ["b!", ["coin", ""]]);
});

test("nobody is named any more once names are to be forgotten", async (t) => {
  const { fires, text, hear } = await showing(t);
  await fires("a", 1, { viewer_name: "Aki", people: 5 });
  await hear({ type: "settings", settings: settings([setting("a")], { show_names: false }) });
  assert.equal(text(".burst-by"), "5 people set it off");
});

test("a trigger of a button that is no more is not told", async (t) => {
  const { fires, burst, get, hear } = await showing(t);
  await hear({ type: "settings", settings: settings([setting("b")]) });
  await fires("a", 1);
  assert.deepEqual([burst(), get("overlay").hasAttribute("data-burst")], [null, false]);
});

test("what fired while nobody looked, or waited for its turn then, is no news later", async (t) => {
  const { fires, burst, hide, passes } = await showing(t);
  hide(true);
  await fires("a", 1);
  hide(false);
  await passes(100);
  assert.equal(burst(), null);
  await fires("a", 2);
  assert.equal(burst(), "a!");
  hide(true);
  await passes(100);
  assert.equal(burst(), null);
});

test("whoever stops the game wants silence at once", async (t) => {
  const { fires, becomes, burst, text } = await showing(t);
  await fires("a", 1);
  await fires("b", 2);
  await becomes("in_game", { paused: true });
  assert.deepEqual([burst(), text(".queue"), text("#paused")], [null, "", "⏸ Paused"]);
});

test("what the game did is worn by the bar and heard, of an earlier round nothing", async (t) => {
  const { answers, bars, beats, hide } = await showing(t);
  await answers("started", { reason: "Go" });
  assert.deepEqual([bars()[0], beats], ["★aGo", []]);
  await answers("done", { reason: "7 hits" });
  assert.deepEqual([bars()[0], beats], ["★a7 hits", ["done"]]);
  await answers("failed", { seq: 2 });
  assert.deepEqual([bars()[0], beats], ["★a7 hits", ["done"]]);
  await answers("failed", { seq: 3, returned: 5 });
  assert.deepEqual([bars()[0], beats], ["★aDid not work", ["done", "failed"]]);
  hide(true);
  await answers("done", { seq: 4 });
  assert.equal(beats.length, 2);
});

test("a bar in its last tenth is heard, and the line beside it moves aside", async (t) => {
  const { counts, beats, get } = await showing(t);
  assert.equal(get("facts").hasAttribute("data-raised"), false);
  await counts(stat("a", 9));
  assert.deepEqual([beats, get("facts").hasAttribute("data-raised")], [["close"], true]);
  await counts(stat("a", 0, { current_level: 1 }), stat("b", 9));
  Object.defineProperty(get("bars").children[1], "offsetLeft", { value: 500 });
  await counts(stat("b", 9), stat("a", 1, { current_level: 1 }));
  assert.equal(get("facts").hasAttribute("data-raised"), false);
});

test("beside a rail the line stays where it is", async (t) => {
  const { get } = await showing(t, { counts: [stat("a", 9)] }, { query: "?position=left" });
  assert.deepEqual([get("facts").hasAttribute("data-raised"), get("bars").hasAttribute("data-rows")], [false, false]);
});

test("the line above two rows of bars stays where it is", async (t) => {
  const buttons = Array.from({ length: 13 }, (_, n) => setting(`b${n}`));
  const { get } = await showing(t, { buttons, counts: [stat("b0", 9)] });
  assert.deepEqual([get("bars").hasAttribute("data-rows"), get("facts").hasAttribute("data-raised")], [true, false]);
});

test("a round's end is told once its last burst is over, with the QR code for the next", async (t) => {
  const { server, becomes, fires, beat, isSeen, text, passes, beats, burst } = await showing(t);
  server.results = RESULTS;
  await fires("a", 1);
  await passes(1_000);
  await becomes("ended");
  await passes(1_500);
  assert.deepEqual([burst(), beat(), isSeen("finale")], ["a!", "", false]);
  await passes(2_000);
  assert.deepEqual([beat(), isSeen("finale"), isSeen("qr"), isSeen("gather")], ["finale", true, true, false]);
  assert.deepEqual([text("#finale h1"), beats.at(-1)], ["Aki takes the round!", "finale"]);
  await passes(12_000);
  assert.deepEqual([beat(), isSeen("finale"), isSeen("qr"), isSeen("gather")], ["gather", false, false, true]);
});

test("at a round's end nobody is named whose name must not be shown", async (t) => {
  const { server, becomes, passes, hear, isSeen } = await showing(t);
  server.results = RESULTS;
  await becomes("ended");
  await passes(2_500);
  assert.equal(isSeen("finale"), true);
  await hear({ type: "settings", settings: settings([setting("a")], { show_names: false }) });
  assert.equal(isSeen("finale"), false);
});

test("without a connection the last state stays, and fades after ten seconds", async (t) => {
  const { server, get, passes, beat } = await showing(t);
  const isDimmed = () => get("overlay").hasAttribute("data-dimmed");
  server.isAway = true;
  await passes(1_500); // until it is noticed
  await passes(9_800);
  assert.deepEqual([isDimmed(), beat()], [false, "round"]);
  await passes(400);
  assert.deepEqual([isDimmed(), beat()], [true, "round"]);
  server.isAway = false;
  await passes(16_000);
  assert.equal(isDimmed(), false);
});

test("another address of a tunnel is shown large in a round, for twenty seconds", async (t) => {
  const invitation = { ...INVITATION, url: "https://one.example/play/r", reach: "anywhere", lasts: false };
  const { server, passes, get, isSeen, text } = await showing(t, { invitation });
  const isMoved = () => [get("overlay").hasAttribute("data-moved"), isSeen("gather")];
  assert.deepEqual(isMoved(), [false, false]);
  server.room.invitation = { ...invitation, url: "https://two.example/play/r" };
  await passes(3_500);
  assert.deepEqual([isMoved(), text("#gather h1"), text(".join-place")], [[true, true], "New address: scan again", "two.example/j"]);
  await passes(20_000);
  assert.deepEqual(isMoved(), [false, false]);
});

test("what a streamer tries is shown while no round runs", async (t) => {
  const { hear, becomes, burst, document } = await showing(t, { status: "active", round: 0 });
  await hear({ type: "preview", event_type: "a", viewer_name: "Aki" });
  assert.deepEqual([burst(), document.querySelector(".burst-mark").hidden], ["a!", false]);
  await becomes("in_game", { opened_by_press: true });
  await hear({ type: "preview", event_type: "b", viewer_name: "Aki" });
  assert.equal(document.querySelector(".queue").textContent, "");
});

test("the console's preview has bars before a round, with sample figures, and shows what is tried in it", async (t) => {
  const { hear, burst, beat, bars, window, text, passes } = await showing(t, { status: "active", round: 0, viewer_count: 0 }, { query: "?preview=1" });
  assert.deepEqual([beat(), bars().length, text("#timer b")], ["round", 2, "5:00"]);
  window.dispatchEvent(new window.CustomEvent("trigger", { detail: { eventType: "a", viewerName: "Aki" } }));
  await passes(100);
  assert.equal(burst(), "a!");
  await hear({ type: "preview", event_type: "b", viewer_name: "Bo" });
  assert.notEqual(text(".queue"), "");
});

test("a preview of a round that runs has the round's figures, and shows what is tried, too", async (t) => {
  const { hear, burst, text, isSeen } = await showing(t, {}, { query: "?preview=1" });
  assert.deepEqual([text("#viewers"), isSeen("timer")], ["3 here", false]);
  await hear({ type: "preview", event_type: "a", viewer_name: "Aki" });
  assert.equal(burst(), "a!");
});

test("only a preview shows what a script of its page tries", async (t) => {
  const { window, burst, passes } = await showing(t);
  window.dispatchEvent(new window.CustomEvent("trigger", { detail: { eventType: "a", viewerName: "Aki" } }));
  await passes(100);
  assert.equal(burst(), null);
});

test("a picture of another size has bars of another size", async (t) => {
  const { get, window, passes } = await showing(t);
  const columns = () => get("bars").style.getPropertyValue("--columns");
  const words = () => Number(get("bars").style.getPropertyValue("--words"));
  const before = words();
  globalThis.innerWidth = 320;
  happen(window.document, "resize");
  window.dispatchEvent(new window.Event("resize"));
  await passes(100);
  assert.deepEqual([columns(), words() <= before], ["2", true]);
});

test("the overlay wears the room's theme, and its logo where that is asked for", async (t) => {
  const theme = { accent: "", backdrop: "#204080", background: "", logo: "id", font: "mono", team_names: {} };
  const { get, document, isSeen } = await showing(t, { has: { theme } }, { query: "?show=logo" });
  assert.deepEqual([get("overlay").style.getPropertyValue("--plate").slice(0, 1), document.body.dataset.font, isSeen("logo")], ["#", "mono", true]);
});

test("a logo is hidden where nobody asks for it", async (t) => {
  const theme = { accent: "", backdrop: "", background: "", logo: "id", font: "", team_names: {} };
  const { isSeen } = await showing(t, { has: { theme } });
  assert.equal(isSeen("logo"), false);
});
