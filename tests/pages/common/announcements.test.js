import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Announcements, newsWords } from "../../../api_service/pages/web/common/announcements.js";

beforeEach(() => {
  globalThis.document = { hidden: false };
});

const trigger = (seq, viewerName = null, eventType = "wave") => ({ eventType, viewerName, seq });
const wordsOf = (news, language = "en", icon = "") =>
  newsWords(news, [{ eventType: "wave", icon }], () => "Wave", language);

/** What is announced after these steps, each followed by a frame: ["add", seq, name] or ["claim", last seq, times]. */
function announced(...steps) {
  const announcements = new Announcements();
  for (const [step, seq, what] of steps) {
    if (step === "add") announcements.add(trigger(seq, what), 1_000);
    else announcements.claim({ eventType: "wave", times: what, lastSeq: seq }, 1_000);
    announcements.current(1_000);
  }
  return wordsOf(announcements.current(1_001));
}

test("a trigger is one's own by its number, whichever is told first", () => {
  assert.equal(announced(["add", 7, "Aki"], ["claim", 7, 1]), "YOU set off Wave!");
  assert.equal(announced(["claim", 7, 1], ["add", 7, "Aki"]), "YOU set off Wave!");
});

test("others' triggers beside one's own are counted, and their people once each", () => {
  const both = "YOU + 1 other set off Wave! ×2";
  assert.equal(announced(["add", 6, "Aki"], ["claim", 7, 1], ["add", 7, "Aki"]), both);
  assert.equal(announced(["add", 7, "Me"], ["add", 8, "Bo"], ["claim", 7, 1]), both);
  assert.equal(announced(["claim", 8, 2], ["add", 6, "Bo"], ["add", 7, "Me"]), "YOU + 1 other set off Wave! ×3");
});

test("a trigger whose number is not known is not claimed", () => {
  assert.equal(announced(["add", 7, "Me"], ["claim", null, 1]), "Wave! by Me");
});

test("nothing is announced where nothing happened", () => {
  const announcements = new Announcements();
  assert.deepEqual([announcements.current(0), announcements.next(0)], [null, Infinity]);
  assert.equal(wordsOf(null), "");
});

test("a trigger is announced for four seconds", () => {
  const announcements = new Announcements();
  announcements.add(trigger(1, "Aki"), 100);
  const news = announcements.current(200);
  assert.deepEqual([news.topic, news.times, news.names, news.since, news.turn], ["wave", 1, ["Aki"], 200, 0]);
  assert.equal(announcements.next(200), 4_200);
  assert.notEqual(announcements.current(4_199), null);
  assert.equal(announcements.current(4_200), null);
});

test("the more wait, the shorter each is announced, but half a second at least", () => {
  const announcements = new Announcements();
  const types = Array.from({ length: 9 }, (_, n) => `b${n}`);
  for (const type of types) announcements.add(trigger(1, null, type), 0);
  assert.equal(announcements.current(0).topic, "b0");
  assert.equal(announcements.current(499).topic, "b0");
  assert.equal(announcements.current(500).topic, "b1");
  announcements.clear();
  announcements.add(trigger(1, null, "x"), 1_000);
  announcements.current(1_000);
  announcements.add(trigger(1, null, "y"), 1_000);
  assert.equal(announcements.current(2_999).topic, "x");
  assert.equal(announcements.current(3_000).topic, "y");
});

test("triggers of a burst are summed up, and announced from the last one on", () => {
  const announcements = new Announcements();
  announcements.add(trigger(1), 0);
  announcements.current(0);
  announcements.add(trigger(2), 699);
  const news = announcements.current(699);
  assert.deepEqual([news.times, news.since], [2, 699]);
});

test("one that comes after a burst is news of its own", () => {
  const announcements = new Announcements();
  announcements.add(trigger(1), 0);
  announcements.current(0);
  announcements.add(trigger(2), 700);
  assert.equal(announcements.current(700).times, 1);
  assert.equal(announcements.current(2_000).times, 1);
});

test("one of another button ends a burst", () => {
  const announcements = new Announcements();
  announcements.add(trigger(1), 0);
  announcements.current(0);
  announcements.add(trigger(2, null, "bomb"), 100);
  announcements.add(trigger(3), 100);
  assert.equal(announcements.current(100).times, 1);
});

test("those that wait are summed up by button", () => {
  const announcements = new Announcements();
  for (const seq of [1, 2, 3]) announcements.add(trigger(seq, "Aki"), 0);
  const news = announcements.current(0);
  assert.deepEqual([news.times, news.names], [3, ["Aki"]]);
});

test("what did not work is announced beside what did", () => {
  const announcements = new Announcements();
  announcements.add({ ...trigger(1), reason: "No target", hasFailed: true }, 0);
  announcements.add(trigger(2, "Aki"), 0);
  const news = announcements.current(0);
  assert.equal(wordsOf(news), "Wave did not work, its presses are back: No target");
  assert.equal(wordsOf({ ...news, reason: null }), "Wave did not work, its presses are back");
  assert.equal(wordsOf(announcements.current(2_000)), "Wave! by Aki");
});

test("several are named in turn, each for a while", () => {
  const announcements = new Announcements();
  announcements.add(trigger(1, "Aki"), 0);
  announcements.add(trigger(2, "Bo"), 0);
  assert.equal(wordsOf(announcements.current(0)), "Aki + 1 other".replace(/^/, "Wave! ×2 by "));
  assert.equal(announcements.next(0), 1_300);
  assert.equal(wordsOf(announcements.current(1_299)), "Wave! ×2 by Aki + 1 other");
  assert.equal(wordsOf(announcements.current(1_300)), "Wave! ×2 by Bo + 1 other");
  assert.equal(announcements.next(1_300), 2_600);
  assert.equal(announcements.next(2_700), 3_900);
  assert.equal(wordsOf(announcements.current(2_700)), "Wave! ×2 by Aki + 1 other");
  assert.equal(announcements.next(3_950), 4_000);
});

test("one's own triggers of a burst that is shown go with it, and later ones do not", () => {
  const announcements = new Announcements();
  announcements.add(trigger(1), 0);
  announcements.current(0);
  announcements.claim({ eventType: "wave", times: 1, lastSeq: 2 }, 699);
  assert.deepEqual([announcements.current(699).isMine, announcements.current(699).times], [true, 2]);
  announcements.claim({ eventType: "wave", times: 1, lastSeq: 3 }, 700);
  assert.equal(announcements.current(700).times, 2);
  assert.deepEqual([announcements.current(4_000).isMine, announcements.current(4_000).times], [true, 1]);
});

test("a trigger of one's own that comes later than it was claimed goes with it", () => {
  const announcements = new Announcements();
  announcements.claim({ eventType: "wave", times: 1, lastSeq: 2 }, 0);
  announcements.current(0);
  announcements.add(trigger(2, "Me"), 2_000);
  const news = announcements.current(2_000);
  assert.deepEqual([news.times, news.isMine, news.names, news.since], [1, true, [], 2_000]);
});

test("nobody is named any more once names are to be forgotten", () => {
  const announcements = new Announcements();
  announcements.add(trigger(1, "Aki"), 0);
  announcements.current(0);
  announcements.add(trigger(2, "Bo", "bomb"), 0);
  announcements.forgetNames();
  assert.equal(wordsOf(announcements.current(1)), "Wave!");
  assert.deepEqual(announcements.current(2_500).names, []);
  assert.doesNotThrow(() => new Announcements().forgetNames());
});

test("what happens while nobody looks is no news later", () => {
  const announcements = new Announcements();
  globalThis.document.hidden = true;
  announcements.add(trigger(1), 0);
  announcements.claim({ eventType: "wave", times: 1, lastSeq: 1 }, 0);
  globalThis.document.hidden = false;
  assert.equal(announcements.current(0), null);
});

test("news is cleared with all that waits", () => {
  const announcements = new Announcements();
  announcements.add(trigger(1), 0);
  announcements.current(0);
  announcements.add(trigger(1, null, "bomb"), 0);
  announcements.clear();
  assert.equal(announcements.current(1), null);
});

test("news is told in English and Japanese, with the button's icon", () => {
  const news = { eventType: "wave", times: 2, names: ["Aki", "Bo"], turn: 3 };
  assert.equal(wordsOf(news, "en", "🌊"), "🌊 Wave! ×2 by Bo + 1 other");
  assert.equal(wordsOf(news, "ja", "🌊"), "🌊 Wave 発動！ ×2 Bo ほか 1 人");
  assert.equal(wordsOf({ ...news, names: ["Aki", "Bo", "Cy"], turn: 0 }), "Wave! ×2 by Aki + 2 others");
  assert.equal(wordsOf({ ...news, times: 1, names: ["Aki"], turn: 0 }, "ja"), "Wave 発動！ Aki");
  const mine = { ...news, isMine: true };
  assert.equal(wordsOf({ ...mine, names: [] }, "ja"), "あなたの一押しで Wave 発動！ ×2");
  assert.equal(wordsOf(mine, "ja"), "あなた ほか 2 人で Wave 発動！ ×2");
  const failed = { ...news, hasFailed: true, reason: null };
  assert.equal(wordsOf(failed, "ja"), "Wave は不発。押した分は戻りました。");
});

test("a button that is no more is not announced", () => {
  assert.equal(newsWords({ eventType: "bomb" }, [{ eventType: "wave", icon: "" }], String, "en"), "");
});
