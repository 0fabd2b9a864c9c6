import assert from "node:assert/strict";
import { test } from "node:test";

import { refusalOf } from "../../../api_service/pages/web/console/refusal.js";
import { StreamarioError } from "../../../clients/web/streamario.js";

const TEXTS = { refused: ({ code }) => `refused: ${code}` };

test("what the server refused is told in words, and nothing where it did not", async () => {
  const done = [];
  assert.equal(await refusalOf(async () => done.push("it"), TEXTS), "");
  const refuse = async () => {
    throw new StreamarioError("busy", "");
  };
  assert.deepEqual([await refusalOf(refuse, TEXTS), done], ["refused: busy", ["it"]]);
  const sentenceOn = ({ code }, texts) => `own: ${code} ${texts === TEXTS}`;
  assert.equal(await refusalOf(refuse, TEXTS, sentenceOn), "own: busy true");
});

test("a fault of the page is no refusal", async () => {
  const fail = async () => {
    throw new TypeError("fault");
  };
  await assert.rejects(() => refusalOf(fail, TEXTS), TypeError);
});
