import assert from "node:assert/strict";
import { test } from "node:test";

import { Person, personButton } from "../../../api_service/pages/web/console/people/person.js";
import { StreamarioError } from "../../../clients/web/streamario.js";
import { openDocument, partIn, rootOf } from "../dom.js";
import { settled } from "../time.js";

/** Who fired a trigger, with a server that answers `firedBy` and `block` so. */
function person(t, { firedBy = async () => ({ viewer_id: "v" }), block = async () => {}, isBlocked = false } = {}) {
  const dialog = rootOf("block", "hide", "name", "refusal", "explanation");
  dialog.id = "person";
  Object.assign(dialog, { showModal: () => (dialog.open = true), close: () => (dialog.open = false) });
  openDocument(t, { nodes: [dialog] });
  const calls = [];
  const texts = {
    ...{ unnamed: "somebody", unknown_person: "unknown", blocked_already: "blocked", block_explanation: "to block" },
    refused: ({ code }) => `refused: ${code}`,
  };
  const blocked = { has: () => isBlocked, learn: (viewers) => calls.push(viewers) };
  const options = { api: { firedBy, block }, texts, blocked, hideNames: () => calls.push("hide") };
  const personDialog = new Person({ ...options, onBlocked: ({ seq }) => calls.push(seq) });
  const text = (name) => partIn(dialog, name).textContent;
  return { personDialog, dialog, calls, text, part: (name) => partIn(dialog, name) };
}

const TRIGGER = { epoch: 1, seq: 2, viewer_name: null };

test("who fired a trigger can be blocked", async (t) => {
  const { personDialog, dialog, calls, text, part } = person(t);
  const opening = personDialog.open(TRIGGER);
  assert.deepEqual([part("block").disabled, text("name"), text("explanation")], [true, "somebody", ""]);
  await opening;
  assert.deepEqual([part("block").disabled, text("explanation"), dialog.open], [false, "to block", true]);
  part("block").click();
  await settled();
  assert.deepEqual([calls, dialog.open], [[[{ viewer_id: "v", blocked: true }], 2], false]);
});

test("nobody can be blocked who is not known, or is blocked already", async (t) => {
  const nobody = person(t, { firedBy: async () => ({ viewer_id: null }) });
  await nobody.personDialog.open(TRIGGER);
  assert.deepEqual([nobody.part("block").disabled, nobody.text("explanation")], [true, "unknown"]);
  const blocked = person(t, { isBlocked: true });
  await blocked.personDialog.open({ ...TRIGGER, viewer_name: "Mika" });
  assert.deepEqual([blocked.part("block").disabled, blocked.text("explanation")], [true, "blocked"]);
  assert.equal(blocked.text("name"), "Mika");
});

test("what the server refuses is told, and blocking can be tried again", async (t) => {
  const away = async () => {
    throw new StreamarioError("busy", "");
  };
  const unknown = person(t, { firedBy: away });
  await unknown.personDialog.open(TRIGGER);
  assert.equal(unknown.text("refusal"), "refused: busy");
  const { personDialog, part, text, calls } = person(t, { block: away });
  await personDialog.open(TRIGGER);
  part("block").click();
  assert.equal(part("block").disabled, true);
  await settled();
  assert.deepEqual([text("refusal"), part("block").disabled, calls], ["refused: busy", false, []]);
});

test("an answer about another trigger than the one that shows is not shown", async (t) => {
  const answers = [];
  const { personDialog, text } = person(t, { firedBy: () => new Promise((resolve) => answers.push(resolve)) });
  personDialog.open(TRIGGER);
  personDialog.open({ ...TRIGGER, seq: 3 });
  answers[0]({ viewer_id: "v" });
  await settled();
  assert.equal(text("explanation"), "");
  answers[1]({ viewer_id: "v" });
  await settled();
  assert.equal(text("explanation"), "to block");
});

test("all names can be hidden from there", async (t) => {
  const { personDialog, dialog, calls, part } = person(t);
  await personDialog.open(TRIGGER);
  part("hide").click();
  assert.deepEqual([calls, dialog.open], [["hide"], false]);
});

test("a trigger's button names who fired it", (t) => {
  openDocument(t);
  const opened = [];
  const texts = { person_of: (name) => `Who is ${name}`, unnamed: "somebody" };
  const button = personButton(TRIGGER, texts, (trigger) => opened.push(trigger.seq));
  button.click();
  assert.deepEqual([button.getAttribute("aria-label"), opened], ["Who is somebody", [2]]);
});
