import assert from "node:assert/strict";
import { test } from "node:test";

import { choicesOf, chosenOf, settingsOf, TEMPLATES, templateTexts } from "../../../api_service/pages/web/console/start/templates.js";
import { BUILT_INS } from "../../../api_service/pages/web/common/sounds.js";
import { en } from "../../../api_service/pages/web/console/texts/en.js";
import { ja } from "../../../api_service/pages/web/console/texts/ja.js";

const buttonsOf = (id) => settingsOf(id, {}).buttons;
const different = (values) => new Set(values).size;

test("there are four templates with four to six buttons, and an empty one with one", () => {
  assert.deepEqual(
    TEMPLATES.map((id) => [id, buttonsOf(id).length]),
    [["boss_fight", 6], ["chaos", 6], ["help_or_hinder", 6], ["choose_my_fate", 4]],
  );
  assert.equal(buttonsOf("empty").length, 1);
});

test("a template's buttons differ in id, icon, colour and name in both languages, and have built-in sounds", () => {
  for (const id of TEMPLATES) {
    const buttons = buttonsOf(id);
    for (const key of ["event_type", "icon", "color"]) {
      assert.equal(different(buttons.map((button) => button[key])), buttons.length, `${id}: ${key}`);
    }
    for (const lang of ["en", "ja"]) {
      const names = buttons.flatMap(({ labels }) => labels.filter((label) => label.lang === lang));
      assert.equal(different(names.map(({ text }) => text)), buttons.length, `${id}: ${lang}`);
    }
    assert.deepEqual(buttons.filter(({ sound }) => !BUILT_INS.includes(sound)), []);
  }
});

test("what happens often needs few presses, and what is rare needs many", () => {
  for (const id of TEMPLATES) {
    const needs = new Map(buttonsOf(id).map(({ weight, base, min, max }) => [weight, [base, min, max]]));
    assert.deepEqual([needs.get(2), needs.get(1), needs.get(0.5)], [[4, 3, 60], [8, 4, 100], [15, 6, 200]]);
  }
});

test("only help or hinder has teams, three buttons each, by the names of the page's language", () => {
  for (const texts of [en, ja]) {
    const words = texts.templates.help_or_hinder;
    const { theme, buttons } = settingsOf("help_or_hinder", words);
    assert.deepEqual(theme, { team_names: words.teams });
    assert.deepEqual(buttons.map(({ team }) => team).sort(), ["enemy", "enemy", "enemy", "skill", "skill", "skill"]);
  }
  for (const id of ["boss_fight", "chaos", "choose_my_fate", "empty"]) {
    const settings = settingsOf(id, en.templates[id]);
    assert.deepEqual([settings.theme, settings.buttons.filter(({ team }) => team)], [undefined, []]);
  }
});

test("a room of a template has its title, and rounds of five minutes", () => {
  const { title, round_limit_s } = settingsOf("chaos", { title: "Friday" });
  assert.deepEqual([title, round_limit_s], ["Friday", 300]);
  assert.equal(settingsOf("empty", en.templates.empty).title, "");
});

test("what becomes a room's settings has no places to break a line, and what is shown has", (t) => {
  globalThis.CSS = { supports: () => false };
  t.after(() => delete globalThis.CSS);
  const templates = templateTexts(ja.templates);
  for (const [id, { title, teams }] of Object.entries(ja.templates)) {
    assert.deepEqual(settingsOf(id, templates[id]), settingsOf(id, { title, teams }));
  }
  assert.match(templates.help_or_hinder.name, /\u200b/);
});

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
