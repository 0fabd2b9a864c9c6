import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.CSS = { supports: () => false };
const { inPhrases, phrased, spokenOf } = await import("../../../api_service/pages/web/common/languages.js");

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
