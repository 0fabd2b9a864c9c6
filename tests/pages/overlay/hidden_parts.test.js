import assert from "node:assert/strict";
import { test } from "node:test";

import { stat } from "../streamario/room.js";
import { showing } from "./showing.js";

const RESULTS = {
  viewer_totals: [{ viewer_id: "A", viewer_name: "Aki", count: 9 }],
  ...{ event_totals: { a: 9 }, outcomes: [], viewer_summary: null, titles: [] },
};

test("an overlay without bars has none", async (t) => {
  const { beat, isSeen } = await showing(t, {}, { query: "?hide=bars" });
  assert.deepEqual([beat(), isSeen("bars")], ["round", false]);
});

test("without announcements a trigger only sounds, and its bar goes on", async (t) => {
  const { fires, burst, bars, bursts } = await showing(t, { counts: [stat("a", 3)] }, { query: "?hide=announcements" });
  await fires("a", 1);
  assert.deepEqual([burst(), bars()[0], bursts], [null, "★a7 more", [""]]);
});

test("the bar of a trigger that is announced says that it is on air", async (t) => {
  const { fires, bars } = await showing(t, { counts: [stat("a", 3)] });
  await fires("a", 1);
  assert.equal(bars()[0], "★aOn air!");
});

test("without a winner the invitation follows the round", async (t) => {
  const { server, becomes, passes, beat } = await showing(t, {}, { query: "?hide=winner" });
  server.results = RESULTS;
  await becomes("ended");
  await passes(3_000);
  assert.equal(beat(), "gather");
});

test("without an invitation nobody is invited, and the end of a round has no QR code", async (t) => {
  const { server, becomes, passes, beat, isSeen } = await showing(t, { status: "active", round: 0 }, { query: "?hide=invitation" });
  assert.deepEqual([isSeen("gather"), isSeen("qr")], [false, false]);
  await becomes("in_game", { opened_by_press: true });
  server.results = RESULTS;
  await becomes("ended");
  await passes(3_000);
  assert.deepEqual([beat(), isSeen("finale"), isSeen("qr")], ["finale", true, false]);
});

test("a QR code is in the corner where it is asked for, unless the invitation has it", async (t) => {
  const { becomes, isSeen, document, passes } = await showing(t, {}, { query: "?show=qr" });
  assert.equal(isSeen("qr"), true);
  assert.equal(document.querySelector("#qr img").getAttribute("src"), "/play/r/qr.svg");
  await becomes("ended");
  await passes(3_000);
  assert.deepEqual([isSeen("gather"), isSeen("qr")], [true, false]);
});

test("a QR code that is asked for is seen while nobody is invited, too", async (t) => {
  const { isSeen } = await showing(t, { status: "active", round: 0 }, { query: "?show=qr&hide=invitation" });
  assert.deepEqual([isSeen("gather"), isSeen("qr")], [false, true]);
});

test("a room without a code has neither an invitation nor a QR code", async (t) => {
  const { isSeen, becomes, passes } = await showing(t, { code: null }, { query: "?show=qr" });
  assert.equal(isSeen("qr"), false);
  await becomes("ended");
  await passes(3_000);
  assert.equal(isSeen("gather"), false);
});

test("no QR code is in the corner in the 3-2-1", async (t) => {
  const { becomes, isSeen } = await showing(t, { status: "active", round: 0 }, { query: "?show=qr" });
  const now = new Date().toISOString();
  await becomes("in_game", { time: now, started_at: now, opened_by_press: false });
  assert.deepEqual([isSeen("start"), isSeen("qr")], [true, false]);
});

test("an address may ask for silence", async (t) => {
  const { turns } = await showing(t, {}, { query: "?sound=0" });
  assert.deepEqual(turns, []);
});

test("bars are where the address asks for them, as large as it asks", async (t) => {
  const { get, document, bars } = await showing(t, {}, { query: "?position=left&scale=1.5&buttons=b&lang=ja" });
  assert.deepEqual([get("overlay").dataset.position, bars(), document.documentElement.lang], ["left", ["★bあと 10 回"], "ja"]);
  const style = (name) => document.documentElement.style.getPropertyValue(name);
  assert.deepEqual([style("--scale"), style("--grow"), style("--top"), get("bars").hasAttribute("data-rows")], ["1.5", "1.5", "2.5rem", false]);
});

test("what grows is never smaller than it is", async (t) => {
  const { document } = await showing(t, {}, { query: "?scale=0.5" });
  const style = (name) => document.documentElement.style.getPropertyValue(name);
  assert.deepEqual([style("--scale"), style("--grow")], ["0.5", "1"]);
});

test("rays and bits are for an address that does not ask for plain triggers", async (t) => {
  const { fires, document } = await showing(t, {}, { query: "?style=plain" });
  await fires("a", 1);
  assert.equal(document.querySelector("#stage .bits").children.length, 0);
});

test("bits fly with each trigger", async (t) => {
  const { fires, document } = await showing(t);
  await fires("a", 1);
  assert.ok(document.querySelector("#stage .bits").children.length > 0);
});
