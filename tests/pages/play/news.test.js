import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { News, sentenceOf, wordsOf } from "../../../api_service/pages/web/play/news.js";
import { TEXTS } from "../../../api_service/pages/web/play/deferred_texts.js";

beforeEach(() => {
  globalThis.document = { hidden: false };
});

const fired = (seq, values) => ({ eventType: "wave", seq, viewerName: null, people: 0, presses: 0, own: 0, ...values });
const said = (news, language = "en") => {
  const words = wordsOf(news, [{ eventType: "wave" }, { eventType: "bomb" }], ({ eventType }) => eventType, TEXTS[language]);
  return words && sentenceOf(words);
};

/** What is told at 1,000 ms after these triggers. */
function told(...triggers) {
  const news = new News();
  for (const trigger of triggers) news.fire(trigger, 1_000);
  return said(news.current(1_000));
}

test("a trigger is told with who set it off, and with how many others", () => {
  assert.equal(told(fired(1, { viewerName: "Aki", people: 42 })), "Aki and 41 others: wave!");
  assert.equal(told(fired(1, { viewerName: "Aki", people: 2 })), "Aki and 1 other: wave!");
  assert.equal(told(fired(1, { viewerName: "Aki", people: 1 })), "Aki: wave!");
  assert.equal(told(fired(1, { people: 42 })), "42 people: wave!");
  assert.equal(told(fired(1)), "wave!");
});

test("what the streamer fired is told as the streamer's, with the viewers who had pressed", () => {
  const streamers = (values) => fired(1, { byStreamer: true, ...values });
  assert.equal(told(streamers({ people: 20 })), "The streamer and 20 others: wave!");
  assert.equal(told(streamers()), "The streamer: wave!");
  const mine = streamers({ people: 20, presses: 100, own: 12 });
  assert.equal(told(mine), "Streamer + you: wave! 12 of 100 were yours");
  assert.equal(said({ ...streamers({ people: 20 }), times: 1 }, "ja"), "配信者 ほか 20 人：wave！");
  const inJapanese = "配信者＋あなた：wave！ 100 回のうち 12 回があなた";
  assert.equal(said({ ...mine, isMine: true, times: 1 }, "ja"), inJapanese);
  assert.equal(told(streamers(), fired(2, { viewerName: "Aki", people: 1, byStreamer: false })), "Aki: wave! ×2");
});

test("one's own share is told, whichever of its two messages comes first", () => {
  const told_ = fired(1, { viewerName: "Me", people: 87, presses: 100, own: 12 });
  const tipped = { eventType: "wave", seq: 1, people: 0, presses: 100, own: 12 };
  const mine = "You + 86: wave! 12 of 100 were yours";
  assert.equal(told(told_), mine);
  assert.equal(told(tipped, told_), mine);
  assert.equal(told(told_, tipped), mine);
  assert.equal(told(tipped), "You: wave! 12 of 100 were yours");
});

test("the board has the button of a trigger that one had a part in, and of no other", () => {
  const buttons = [{ eventType: "wave" }];
  const words = (own) => wordsOf({ ...fired(1, { own }), times: 1, isMine: own > 0 }, buttons, () => "Wave", TEXTS.en);
  assert.deepEqual([words(3).button, words(0).button], [buttons[0], undefined]);
});

test("nothing is told where nothing happened, and of a button that is no more", () => {
  const news = new News();
  assert.deepEqual([news.current(0), news.next(0), said(null)], [null, Infinity, null]);
  assert.equal(told(fired(1, { eventType: "gone" })), null);
});

test("a trigger is told for four seconds, one's own for less", () => {
  const news = new News();
  news.fire(fired(1), 100);
  assert.equal(news.next(100), 4_100);
  assert.notEqual(news.current(4_099), null);
  assert.deepEqual([news.current(4_100), news.next(4_100)], [null, Infinity]);
  news.fire(fired(2, { own: 1 }), 5_000);
  assert.equal(news.next(5_000), 8_400);
});

test("triggers of one button that follow each other are counted", () => {
  const news = new News();
  news.fire(fired(1), 0);
  news.fire(fired(2, { viewerName: "Bo" }), 699);
  assert.equal(said(news.current(699)), "Bo: wave! ×2");
  assert.equal(news.next(699), 4_699);
  news.fire(fired(3), 1_399);
  assert.equal(news.current(1_399).times, 2);
  assert.equal(news.current(1_699).times, 1);
});

test("what is told can be read before the next, of which the last one follows", () => {
  const news = new News();
  news.fire(fired(1), 0);
  news.fire(fired(2, { eventType: "bomb" }), 100);
  news.fire(fired(3, { eventType: "tide" }), 200);
  assert.deepEqual([news.current(999).eventType, news.next(999)], ["wave", 1_000]);
  assert.equal(news.current(1_000).eventType, "tide");
  news.fire(fired(4, { eventType: "bomb" }), 2_000);
  assert.equal(news.current(2_000).eventType, "bomb");
});

test("one's own trigger that waits is not put off by others", () => {
  const news = new News();
  news.fire(fired(1), 0);
  news.fire(fired(2, { eventType: "bomb", own: 2 }), 100);
  news.fire(fired(3, { eventType: "tide" }), 200);
  assert.equal(news.current(1_000).eventType, "bomb");
});

test("what the game gave back is told with one's own part, or all of it", () => {
  const news = new News();
  news.fail({ eventType: "wave", seq: 1, reason: null, returned: 48, own: 12 }, 0);
  assert.equal(said(news.current(0)), "wave fizzled. Your 12 are back.");
  assert.equal(said(news.current(0), "ja"), "wave は不発。 12 回分が戻りました");
  const other = { ...news.current(0), own: 0, reason: "No target" };
  assert.equal(said(other), "wave fizzled: No target. 48 presses are back.");
  assert.equal(said({ ...other, returned: 1 }, "ja"), "wave は不発。No target 1 回分が戻りました");
});

test("a trigger after a failure of its button is news of its own", () => {
  const news = new News();
  news.fail({ eventType: "wave", seq: 1, reason: null, returned: 5, own: 0 }, 0);
  news.fire(fired(2), 100);
  assert.equal(news.current(100).hasFailed, true);
  assert.equal(said(news.current(1_000)), "wave!");
});

test("nobody is named any more once names are to be forgotten", () => {
  const news = new News();
  news.fire(fired(1, { viewerName: "Aki" }), 0);
  news.fire(fired(2, { eventType: "bomb", viewerName: "Bo" }), 0);
  news.forgetNames();
  assert.equal(said(news.current(1)), "wave!");
  assert.equal(said(news.current(1_000)), "bomb!");
  assert.doesNotThrow(() => new News().forgetNames());
});

test("what happens while nobody looks is no news later", () => {
  const news = new News();
  globalThis.document.hidden = true;
  news.fire(fired(1), 0);
  news.fail({ eventType: "wave", seq: 1 }, 0);
  assert.equal(news.current(0), null);
});

test("news is cleared with what waits", () => {
  const news = new News();
  news.fire(fired(1), 0);
  news.fire(fired(2, { eventType: "bomb" }), 0);
  news.clear();
  assert.equal(news.current(1_000), null);
});

test("news is told in Japanese", () => {
  const others = { ...fired(1, { viewerName: "くま", people: 42 }), times: 2 };
  assert.equal(said(others, "ja"), "くま ほか 41 人：wave！ ×2");
  assert.equal(said({ ...others, people: 1 }, "ja"), "くま：wave！ ×2");
  assert.equal(said({ ...others, viewerName: null, times: 1 }, "ja"), "42 人：wave！");
  const mine = { ...fired(1, { people: 87, presses: 100, own: 12 }), isMine: true, times: 1 };
  assert.equal(said(mine, "ja"), "あなた＋86 人：wave！ 100 回のうち 12 回があなた");
});

test("what is told of a trigger once more, a second later, is no news of its own", () => {
  const news = new News();
  news.fire(fired(1), 0);
  news.current(0);
  news.fire(fired(1, { viewerName: "Aki" }), 900);
  assert.equal(news.next(1_000), 4_000);
  assert.equal(said(news.current(1_000)), "Aki: wave!");
});
