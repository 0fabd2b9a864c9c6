import assert from "node:assert/strict";
import { test } from "node:test";

import { make, openDocument } from "../dom.js";

globalThis.CSS = { supports: () => false };
const { calledOut, grouped, inPhrases, phrased, spokenOf, times, translate } = await import("../../../api_service/pages/web/common/languages.js");

const BREAK = "\u200b";

test("a reader gets the first language that pages speak, and otherwise English", () => {
  assert.equal(spokenOf(["fr", "JA-jp", "en"]), "ja");
  assert.equal(spokenOf(["en-GB", "ja"]), "en");
  assert.equal(spokenOf(["fr"]), "en");
});

test("Japanese may break after each phrase", () => {
  assert.equal(phrased("ボタンを押してください"), `ボタンを${BREAK}押してください`);
});

test("no phrase begins with a suffix, or after an honorific", () => {
  assert.equal(phrased("配信の中"), "配信の中");
  assert.equal(phrased("次のご案内"), `次の${BREAK}ご案内`);
});

test("a figure or a Latin word is not parted from what follows it", () => {
  assert.equal(phrased("OBS で"), "OBS\u00a0で");
  assert.equal(phrased("3 回"), "3\u00a0回");
  assert.equal(phrased("「はい」を"), "「はい」\u2060を");
  assert.equal(phrased("20 ms"), "20\u00a0ms");
  assert.equal(phrased("0〜9、a〜z"), "0〜\u20609、a〜\u2060z");
});

test("English stays as it is, apart from units", () => {
  assert.equal(phrased("Press the button"), "Press the button");
});

test("texts of texts, and functions that give texts, are phrased too", () => {
  const texts = inPhrases({ a: "3 回", b: { c: "4 回" }, d: (n) => `${n} 回` });
  assert.deepEqual([texts.a, texts.b.c, texts.d(5)], ["3\u00a0回", "4\u00a0回", "5\u00a0回"]);
});

test("whole numbers are grouped by thousands", () => {
  assert.deepEqual([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
});

test("a time of day has two digits each, and begins with 00 after midnight", () => {
  const at = (hours) => new Date(2026, 0, 2, hours, 5, 7);
  for (const language of ["en", "ja", "en-US", "ja-JP"]) {
    const { clock, minute } = times([language]);
    assert.deepEqual([clock(at(9)), clock(at(0).toISOString()), minute(at(9))], ["09:05:07", "00:05:07", "09:05"]);
  }
});

test("how long a round lasted is in whole minutes and seconds, and nothing while it runs", () => {
  const { lasted } = times(["en"]);
  const round = (seconds) => ({ started_at: "2026-01-02T12:00:00.000Z", ended_at: new Date(Date.UTC(2026, 0, 2, 12) + seconds * 1_000).toISOString() });
  assert.deepEqual([725, 65.4, 59.6, 5].map((seconds) => lasted(round(seconds))), ["12:05", "1:05", "1:00", "0:05"]);
  assert.equal(lasted({ started_at: "2026-01-02T12:00:00Z", ended_at: null }), "");
});

test("dates have a year, unless they are of what is not long ago", () => {
  const { moment, start, day } = times(["en"]);
  const iso = new Date(2026, 0, 2, 9, 5).toISOString();
  assert.deepEqual([day(iso), start(iso)], ["Jan 2, 2026", "Jan 2, 09:05"]);
  assert.match(moment(iso), /^Jan 2, 2026, 9:05/);
});

test("a page's fixed texts are put in place, and its language is told", (t) => {
  const [title, button] = [make("p", { "data-text": "title" }), make("button", { "data-label": "close" })];
  openDocument(t, { nodes: [title, button] });
  translate({ title: "決闘", close: "閉じる" }, "ja");
  assert.deepEqual([title.textContent, button.getAttribute("aria-label"), document.documentElement.lang], ["決闘", "閉じる", "ja"]);
});

test("a caption is called out, unless it calls out itself", () => {
  assert.deepEqual([calledOut("Bomb"), calledOut("Bomb!"), calledOut("行け？", "！"), calledOut("爆弾", "！")], ["Bomb!", "Bomb!", "行け？", "爆弾！"]);
});

test("a word in brackets begins a phrase", () => {
  assert.equal(phrased("みんなの「ボタン」を押す"), `みんなの${BREAK}「ボタン」\u2060を${BREAK}押す`);
});
