import assert from "node:assert/strict";
import { test } from "node:test";

import { en } from "../../../api_service/pages/web/console/texts/en.js";
import { ja } from "../../../api_service/pages/web/console/texts/ja.js";

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
