import assert from "node:assert/strict";
import { test } from "node:test";

import { acceptAll, Fields, refuse } from "../../../api_service/pages/web/console/settings/fields.js";
import { happen, make, openDocument } from "../dom.js";

test("inputs write what is entered to their draft, and tell of each edit", (t) => {
  openDocument(t);
  let edits = 0;
  const fields = new Fields(() => (edits += 1));
  const draft = { title: "T", words: ["a", "b"], min: null, color: "", font: "mono", masks: true };
  const enter = (row, value, key = "value") => {
    const input = row.querySelector("[data-field]");
    input[key] = value;
    happen(input, "input");
    return input;
  };
  const title = fields.text("Title", "title", draft, "title", { maxLength: 5 });
  assert.equal(title.querySelector("input").maxLength, 5);
  enter(title, "New");
  enter(fields.lines("Words", "words", draft, "words"), " x \n\n y");
  const number = fields.number("Min", "buttons[2].min", draft, "min");
  assert.equal(number.querySelector("input").value, "");
  enter(number, "7");
  const color = fields.color("Color", "color", draft, "color", "#010203");
  assert.equal(color.querySelector("input").value, "#010203");
  enter(color, "#ffffff");
  enter(fields.choice("Font", "font", draft, "font", { "": "own", mono: "Mono" }), "");
  const flag = fields.flag("Masks", "masks", draft, "masks");
  assert.equal(flag.className, "labelled flag");
  enter(flag, false, "checked");
  const wanted = { title: "New", words: ["x", "y"], min: 7, color: "#ffffff", font: "", masks: false };
  assert.deepEqual([draft, edits], [wanted, 6]);
  enter(number, "");
  fields.edited();
  assert.deepEqual([draft.min, edits], [null, 8]);
});

test("a field is named, and what is wrong with it is said until it is edited", (t) => {
  openDocument(t);
  const fields = new Fields(() => {});
  const row = fields.number("Min", "buttons[2].min", { min: 1 }, "min");
  const [input, refusal] = [row.querySelector("input"), row.querySelector(".refusal")];
  assert.deepEqual([row.querySelector("label").htmlFor, refusal.hidden], [input.id, true]);
  assert.equal(input.id, "field-buttons-2-min");
  assert.equal(input.getAttribute("aria-describedby"), `${input.id}-refusal ${input.id}-hint`);
  refuse(input, "too small");
  assert.deepEqual([refusal.textContent, refusal.hidden], ["too small", false]);
  assert.equal(input.getAttribute("aria-invalid"), "true");
  happen(input, "input");
  assert.deepEqual([refusal.hidden, input.hasAttribute("aria-invalid")], [true, false]);
  refuse(input, "too small");
  const form = make("form", {}, row, make("p", { class: "refusal loose" }));
  acceptAll(form);
  assert.deepEqual([refusal.hidden, form.children.length], [true, 1]);
});
