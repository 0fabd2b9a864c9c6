import assert from "node:assert/strict";
import { test } from "node:test";

import { choicesOf, chosenOf } from "../../../api_service/pages/web/console/start/templates.js";
import { en } from "../../../api_service/pages/web/console/texts/en.js";

const TEMPLATES = ["boss_fight", "chaos", "help_or_hinder", "choose_my_fate"];
const LAST = { title: "Friday", buttons: [{ event_type: "wave" }, { event_type: "bomb" }] };
const SETUPS = ["a", "b", "c", "d", "e"].map((id) => ({ setup_id: id, name: `Setup ${id}`, buttons: 3 }));

const ids = (choices) => choices.map(({ id }) => id);

test("whoever is new chooses among four templates and an empty room", () => {
  const choices = choicesOf({ last: null, setups: [] }, en);
  assert.deepEqual(ids(choices), [...TEMPLATES, "empty"]);
  assert.equal(chosenOf(choices, null).id, "boss_fight");
  const { name, hint, title, buttons, settings } = choices[0];
  assert.deepEqual([name, hint, title], ["Boss fight", "Save the hero, or wake the dragon", "Boss fight"]);
  assert.deepEqual([buttons.length, settings.buttons, settings.title], [6, buttons, "Boss fight"]);
});

test("the empty room shows no icons, and suggests no title", () => {
  const empty = choicesOf({ last: null, setups: [] }, en).at(-1);
  assert.deepEqual([empty.buttons, empty.title, empty.settings.buttons.length], [[], "", 1]);
});

test("whoever had a room begins as last time", () => {
  const choices = choicesOf({ last: LAST, setups: [] }, en);
  assert.deepEqual(ids(choices), [...TEMPLATES, "last", "empty"]);
  assert.equal(chosenOf(choices, null).id, "last");
  const { name, hint, title, settings, buttons } = choices[4];
  assert.deepEqual([name, hint, title, buttons], ["As last time", "Friday, 2 buttons", "Friday", []]);
  assert.equal(settings, LAST);
});

test("last settings that are damaged are no choice", () => {
  for (const last of [{ title: "old" }, { buttons: "six" }, {}]) {
    assert.deepEqual(ids(choicesOf({ last, setups: [] }, en)), [...TEMPLATES, "empty"]);
  }
  const untitled = choicesOf({ last: { buttons: [{}] }, setups: [] }, en)[4];
  assert.deepEqual([untitled.hint, untitled.title], ["1 button", ""]);
});

test("four setups have cards, without the settings, which the server has", () => {
  const setups = choicesOf({ last: null, setups: SETUPS }, en).slice(5);
  assert.deepEqual(ids(setups), ["a", "b", "c", "d"]);
  const { name, hint, settings, title, buttons } = setups[0];
  assert.deepEqual([name, hint, settings, title, buttons], ["Setup a", "Your setup · 3 buttons", null, "", []]);
});

test("what is chosen stays while it is there; otherwise it is the usual one", () => {
  const choices = choicesOf({ last: LAST, setups: SETUPS }, en);
  assert.equal(chosenOf(choices, "b"), choices.find(({ id }) => id === "b"));
  assert.equal(chosenOf(choices, "e").id, "last");
  assert.equal(chosenOf(choices, null).id, "last");
});
