import assert from "node:assert/strict";
import { test } from "node:test";

import { en } from "../../../api_service/pages/web/console/texts/en.js";
import { ja } from "../../../api_service/pages/web/console/texts/ja.js";
import { TEXTS as LATER } from "../../../api_service/pages/web/play/deferred_texts.js";
import { TEXTS } from "../../../api_service/pages/web/play/texts.js";

test("of a room that cannot be asked nothing is said but its day", () => {
  const day = new Date(2026, 10, 3);
  assert.deepEqual([null, 0, 1, 2].map((rounds) => en.room_facts(day, rounds)), [
    ...["Nov 3", "Nov 3 · no round yet", "Nov 3 · 1 round", "Nov 3 · 2 rounds"],
  ]);
  assert.deepEqual([null, 0, 2].map((rounds) => ja.room_facts(day, rounds)), [
    ...["11 月 3 日", "11 月 3 日・ラウンドなし", "11 月 3 日・2 ラウンド"],
  ]);
});

test("during a round, the settings say that saving changes it at once", () => {
  const unsaved = { buttons: 1, isOrder: false, sections: ["look"] };
  assert.deepEqual([true, false].map((isRunning) => en.unsaved(unsaved, isRunning)), [
    ...["Not saved yet: 1 button, look. Saving changes the running round at once.", "Not saved yet: 1 button, look"],
  ]);
  assert.deepEqual([true, false].map((isRunning) => ja.unsaved(unsaved, isRunning)), [
    ...["未保存：ボタン 1 個、見た目。保存すると、進行中のラウンドにすぐ反映されます。", "未保存：ボタン 1 個、見た目"],
  ]);
});

/** The names of texts, those inside of others as `outer.inner`, each with its kind. */
const named = (texts, path = "") =>
  Object.entries(texts).flatMap(([name, text]) =>
    typeof text === "object" ? named(text, `${path}${name}.`) : `${path}${name} ${typeof text}`,
  );

test("the console says the same things in both languages", () => {
  const [english, japanese] = [named(en), named(ja)];
  assert.deepEqual(english.filter((name) => !japanese.includes(name)), []);
  assert.deepEqual(japanese.filter((name) => !english.includes(name)), []);
});

test("the phone in the settings says what phones say", () => {
  for (const [language, { phone_words: shown }] of Object.entries({ en, ja })) {
    const { asleep, lacks, ...words } = { ...TEXTS[language], ...LATER[language] };
    const [more, close] = [lacks.more, lacks.close].map((lack) => ({ before: "", ...lack }));
    const said = { ...words, asleep: asleep.title, more, close };
    for (const [name, text] of Object.entries(shown)) {
      if (typeof text !== "function") assert.deepEqual(text, said[name], name);
      else for (const value of ["", "Dragon night", "a".repeat(25)]) assert.equal(text(value), said[name](value));
    }
    assert.equal(shown.pressed(1_234), said.pressed(1_234));
  }
});
