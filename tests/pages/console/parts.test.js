import assert from "node:assert/strict";
import { test } from "node:test";

import { confirmed } from "../../../api_service/pages/web/console/confirm.js";
import { Hotkeys } from "../../../api_service/pages/web/console/hotkeys.js";
import { Person, personButton } from "../../../api_service/pages/web/console/people/person.js";
import { minutesOf } from "../../../api_service/pages/web/console/results/minutes.js";
import { cells, ranks, scrolling, table } from "../../../api_service/pages/web/console/results/tables.js";
import { acceptAll, Fields, refuse } from "../../../api_service/pages/web/console/settings/fields.js";
import { Attempts, WrongFile } from "../../../api_service/pages/web/console/studio/attempts.js";
import { Tabs } from "../../../api_service/pages/web/console/tabs.js";
import { StreamarioError } from "../../../clients/web/streamario.js";
import { happen, make, openDocument, rootOf } from "../dom.js";
import { memory } from "../storage.js";
import { settled } from "../time.js";

const partIn = (root, name) => root.querySelector(`[data-part="${name}"]`);

/** The dialog that asks, and its page. */
function questions(t) {
  const ids = ["confirm-question", "confirm-explanation", "confirm-yes"];
  const nodes = ids.map((id) => make("p", { id }));
  const dialog = make("dialog", { id: "confirm" });
  dialog.showModal = () => (dialog.open = true);
  openDocument(t, { nodes: [dialog, ...nodes] });
  const close = (value) => {
    dialog.returnValue = value;
    dialog.open = false;
    happen(dialog, "close");
  };
  return { nodes, close };
}

test("a question is answered with yes or no, and asked with its words", async (t) => {
  const { nodes, close } = questions(t);
  const yes = confirmed("Sure?", "It ends.", "End");
  assert.deepEqual(nodes.map(({ textContent }) => textContent), ["Sure?", "It ends.", "End"]);
  assert.equal(await confirmed("Other?", "", "Yes"), false);
  close("yes");
  assert.equal(await yes, true);
  const no = confirmed("Sure?", "", "End");
  close("");
  assert.equal(await no, false);
});

test("single keys give commands, unless somebody types or a dialog asks", (t) => {
  globalThis.localStorage = memory();
  const page = openDocument(t);
  const root = rootOf("use");
  const given = [];
  new Hotkeys(root, { p: () => given.push("p") });
  const type = (key, values) => happen(page, "keydown", { key, target: page.body, ...values });
  type("p");
  type("P");
  type("x");
  for (const held of ["repeat", "isComposing", "ctrlKey", "altKey", "metaKey"]) type("p", { [held]: true });
  type("p", { target: make("textarea") });
  assert.deepEqual(given, ["p", "p"]);
  const dialog = make("dialog", { open: "" });
  page.body.append(dialog);
  type("p");
  dialog.remove();
  const use = partIn(root, "use");
  use.checked = false;
  happen(use, "change");
  type("p");
  assert.deepEqual([given.length, localStorage.getItem("streamario.console.keys_off")], [2, "true"]);
  const again = rootOf("use");
  new Hotkeys(again, {});
  assert.equal(partIn(again, "use").checked, false);
});

/** Three tabs with their panels; `opened` are the panels that were opened. */
function tabs(t) {
  const names = ["a", "b", "c"];
  const made = names.map((name) => make("button", { role: "tab", "aria-controls": name }));
  const panels = names.map((name) => make("div", { id: name, role: "tabpanel" }, make("button")));
  const list = make("div", {}, ...made);
  for (const tab of made) Object.defineProperty(tab, "isConnected", { get: () => tab.parentNode !== null });
  const page = openDocument(t, { nodes: [list, ...panels] });
  const opened = [];
  const control = new Tabs(list, (id) => opened.push(id));
  const key = (name) => happen(list, "keydown", { key: name }).defaultPrevented;
  return { control, made, panels, page, opened, key };
}

test("a tab shows its panel and hides the others", (t) => {
  const { control, made, panels, opened } = tabs(t);
  assert.equal(control.opened, undefined);
  control.open("b");
  assert.deepEqual([control.opened, opened], ["b", ["b"]]);
  assert.deepEqual(panels.map(({ hidden }) => hidden), [true, false, true]);
  assert.deepEqual(made.map(({ tabIndex }) => tabIndex), ["-1", "0", "-1"]);
  made[2].click();
  assert.equal(control.opened, "c");
});

test("arrow keys walk in a circle, Home and End jump, and other keys do nothing", (t) => {
  const { control, made, page, key } = tabs(t);
  control.open("a");
  made[0].focus();
  const walk = (...names) =>
    names.map((name) => {
      key(name);
      return control.opened;
    });
  assert.deepEqual(walk("ArrowRight", "ArrowRight", "ArrowRight"), ["b", "c", "a"]);
  assert.deepEqual(walk("ArrowLeft", "ArrowLeft", "Home", "End"), ["c", "b", "a", "c"]);
  assert.deepEqual([page.activeElement === made[2], key("x"), key("Home")], [true, false, true]);
});

test("a focus in a panel that hides goes to the tab, and one in the panel that shows stays", (t) => {
  const { control, made, panels, page } = tabs(t);
  control.open("a");
  panels[0].children[0].focus();
  control.open("a");
  assert.equal(page.activeElement, panels[0].children[0]);
  control.open("b");
  assert.equal(page.activeElement, made[1]);
});

test("who is in a panel that goes is taken to another", (t) => {
  const { control, opened, key, made } = tabs(t);
  control.open("b");
  control.withdraw(["b"], "a");
  assert.deepEqual([control.opened, opened], ["a", ["b", "a"]]);
  control.withdraw(["b"], "c");
  assert.equal(opened.length, 2);
  made[0].focus();
  key("ArrowRight");
  assert.equal(control.opened, "c");
});

/** Who fired a trigger, with a server that answers `firedBy` and `block` so. */
function person(t, { firedBy = async () => ({ viewer_id: "v" }), block = async () => {}, isBlocked = false } = {}) {
  const dialog = rootOf("block", "hide", "name", "refusal", "explanation");
  dialog.id = "person";
  Object.assign(dialog, { showModal: () => (dialog.open = true), close: () => (dialog.open = false) });
  openDocument(t, { nodes: [dialog] });
  const did = [];
  const texts = {
    ...{ unnamed: "somebody", unknown_person: "unknown", blocked_already: "blocked", block_explanation: "to block" },
    refused: ({ code }) => `refused: ${code}`,
  };
  const blocked = { has: () => isBlocked, learn: (viewers) => did.push(viewers) };
  const options = { api: { firedBy, block }, texts, blocked, hideNames: () => did.push("hide") };
  const made = new Person({ ...options, onBlocked: ({ seq }) => did.push(seq) });
  const text = (name) => partIn(dialog, name).textContent;
  return { made, dialog, did, text, part: (name) => partIn(dialog, name) };
}

const TRIGGER = { epoch: 1, seq: 2, viewer_name: null };

test("who fired a trigger can be blocked", async (t) => {
  const { made, dialog, did, text, part } = person(t);
  const opening = made.open(TRIGGER);
  assert.deepEqual([part("block").disabled, text("name"), text("explanation")], [true, "somebody", ""]);
  await opening;
  assert.deepEqual([part("block").disabled, text("explanation"), dialog.open], [false, "to block", true]);
  part("block").click();
  await settled();
  assert.deepEqual([did, dialog.open], [[[{ viewer_id: "v", blocked: true }], 2], false]);
});

test("nobody can be blocked who is not known, or is blocked already", async (t) => {
  const nobody = person(t, { firedBy: async () => ({ viewer_id: null }) });
  await nobody.made.open(TRIGGER);
  assert.deepEqual([nobody.part("block").disabled, nobody.text("explanation")], [true, "unknown"]);
  const blocked = person(t, { isBlocked: true });
  await blocked.made.open({ ...TRIGGER, viewer_name: "Mika" });
  assert.deepEqual([blocked.part("block").disabled, blocked.text("explanation")], [true, "blocked"]);
  assert.equal(blocked.text("name"), "Mika");
});

test("what the server refuses is told, and blocking can be tried again", async (t) => {
  const away = async () => {
    throw new StreamarioError("busy", "");
  };
  const unknown = person(t, { firedBy: away });
  await unknown.made.open(TRIGGER);
  assert.equal(unknown.text("refusal"), "refused: busy");
  const { made, part, text, did } = person(t, { block: away });
  await made.open(TRIGGER);
  part("block").click();
  assert.equal(part("block").disabled, true);
  await settled();
  assert.deepEqual([text("refusal"), part("block").disabled, did], ["refused: busy", false, []]);
});

test("an answer about another trigger than the one that shows is not shown", async (t) => {
  const answers = [];
  const { made, text } = person(t, { firedBy: () => new Promise((resolve) => answers.push(resolve)) });
  made.open(TRIGGER);
  made.open({ ...TRIGGER, seq: 3 });
  answers[0]({ viewer_id: "v" });
  await settled();
  assert.equal(text("explanation"), "");
  answers[1]({ viewer_id: "v" });
  await settled();
  assert.equal(text("explanation"), "to block");
});

test("all names can be hidden from there", async (t) => {
  const { made, dialog, did, part } = person(t);
  await made.open(TRIGGER);
  part("hide").click();
  assert.deepEqual([did, dialog.open], [["hide"], false]);
});

test("a trigger's button names who fired it", (t) => {
  openDocument(t);
  const opened = [];
  const texts = { person_of: (name) => `Who is ${name}`, unnamed: "somebody" };
  const button = personButton(TRIGGER, texts, (trigger) => opened.push(trigger.seq));
  button.click();
  assert.deepEqual([button.getAttribute("aria-label"), opened], ["Who is somebody", [2]]);
});

test("a table's column of figures is one, and says so at its head", (t) => {
  openDocument(t);
  const [head, figure] = cells("Total", 1_234);
  assert.deepEqual([head.scope, figure.textContent, figure.className], ["row", "1,234", "figures number"]);
  const made = table(["What", "How many"], [[head, figure]]);
  const heads = made.querySelectorAll("thead th");
  assert.deepEqual(heads.map(({ className, scope }) => [className, scope]), [
    ["", "col"],
    ["number", "col"],
  ]);
  assert.equal(table(["What"], []).querySelectorAll("tr").length, 1);
});

test("ranks begin with 1, and name each viewer", (t) => {
  openDocument(t);
  const rows = ranks([{ name: "Mika", count: 1_000 }, { name: "Aki", count: 5 }], ({ name }) => [name]);
  const texts = rows.map((row) => row.map(({ textContent }) => textContent));
  assert.deepEqual(texts, [
    ["1", "Mika", "1,000"],
    ["2", "Aki", "5"],
  ]);
});

test("what is larger than its place is scrolled by the keyboard, too", (t) => {
  openDocument(t);
  const box = scrolling("Rows", "content");
  assert.deepEqual([box.tabIndex, box.getAttribute("role"), box.getAttribute("aria-label")], ["0", "region", "Rows"]);
});

const MINUTE_TEXTS = {
  ...{ presses_table: "Presses", top_of_chart: (scale, each) => `${scale} per ${each}`, minutes_label: "Chart" },
  ...{ as_table: "As a table", time: "Time", button: "Button", presses: "Presses" },
};

/** The presses of a round by the minute, drawn. */
function minutes(t, presses) {
  openDocument(t);
  const named = (type) => ({ caption: type.toUpperCase(), color: `color of ${type}` });
  const nodes = minutesOf({ presses_per_minute: presses }, { named, texts: MINUTE_TEXTS, languages: ["en"] });
  return make("div", {}, ...nodes);
}

const press = (minute, event_type, count) => ({ minute, event_type, count });

test("presses by the minute are a chart, and a table of the same in the order of time", (t) => {
  const drawn = minutes(t, [press(101, "b", 5), press(100, "a", 3), press(100, "b", 8)]);
  assert.match(drawn.textContent, /^Presses20 per 1/);
  const rows = drawn.querySelectorAll("tbody tr").map((row) => row.children.slice(1).map((cell) => cell.textContent));
  assert.deepEqual(rows, [
    ["B", "8"],
    ["A", "3"],
    ["B", "5"],
  ]);
  const paths = drawn.querySelectorAll("path").map((path) => [path.style["--color"], path.getAttribute("d")]);
  assert.deepEqual(paths, [
    ["color of b", "M0.5 108.0h374v72.0h-374zM375.5 135.0h374v45.0h-374z"],
    ["color of a", "M0.5 81.0h374v27.0h-374z"],
  ]);
  const [from, to] = drawn.querySelector(".axis").children.map(({ textContent }) => textContent);
  assert.equal((Number(to.slice(-2)) - Number(from.slice(-2)) + 60) % 60, 2);
});

test("a long round's minutes share bars, so that all fit", (t) => {
  const drawn = minutes(t, [press(0, "a", 1), press(150, "a", 2), press(151, "a", 4)]);
  assert.match(drawn.textContent, /^Presses10 per 2/);
  const counts = drawn.querySelectorAll("tbody tr").map((row) => row.children[2].textContent);
  assert.deepEqual(counts, ["1", "6"]);
});

test("a round of exactly as many minutes as there are bars has one for each", (t) => {
  assert.match(minutes(t, [press(0, "a", 1), press(149, "a", 2)]).textContent, /^Presses10 per 1/);
});

test("without presses nothing is drawn", (t) => {
  assert.equal(minutes(t, []).children.length, 0);
});

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
  assert.deepEqual([input.id, row.querySelector("label").htmlFor, refusal.hidden], [input.id, input.id, true]);
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

/** Something that a part of the page attempts, and what it says of that. */
function attempts(t) {
  openDocument(t);
  const failed = [];
  const texts = {
    ...{ studio_away: "away", studio_refused: "key", refused: ({ code }) => `refused: ${code}` },
    ...{ wrong_file: (field) => `file: ${field}`, wrong_field: (field, message) => `${field}: ${message}` },
  };
  const made = new Attempts(texts, (refusal) => failed.push(refusal));
  const [refusal, done] = made.node.children;
  return { made, failed, refusal, done };
}

test("what worked is said, and what did not is told with its reason", async (t) => {
  const { made, failed, refusal, done } = attempts(t);
  assert.deepEqual([refusal.hidden, done.hidden], [true, true]);
  assert.equal(await made.to(async () => {}), true);
  made.say("Saved");
  assert.deepEqual([done.textContent, done.hidden, refusal.hidden], ["Saved", false, true]);
  const problems = [{ field: "title", message: "too long" }];
  const reasons = [
    [new WrongFile("name"), "file: name"],
    [new StreamarioError("invalid", "", { problems }), "title: too long"],
    [new StreamarioError("unreachable", ""), "away"],
    [new StreamarioError("store_unavailable", ""), "away"],
    [new StreamarioError("invalid_studio_key", ""), "key"],
    [new StreamarioError("busy", ""), "refused: busy"],
  ];
  for (const [reason, sentence] of reasons) {
    assert.equal(await made.to(() => Promise.reject(reason)), false);
    assert.deepEqual([refusal.textContent, refusal.hidden, done.hidden], [sentence, false, true]);
  }
  assert.equal(failed.length, 6);
  await made.to(async () => {});
  assert.equal(refusal.hidden, true);
});

test("a bug is no refusal: it is thrown", async (t) => {
  const { made } = attempts(t);
  await assert.rejects(made.to(() => Promise.reject(new TypeError("bug"))), /bug/);
});
