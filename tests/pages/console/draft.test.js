import assert from "node:assert/strict";
import { test } from "node:test";

import { addBand, Draft, sectionOf, shownAs } from "../../../api_service/pages/web/console/settings/draft.js";

const button = (event_type, fields = {}) => ({ event_type, labels: [], base: 5, ...fields });
const settings = (fields = {}) => ({
  ...{ title: "T", show_names: true, masked_words: ["x"], theme: { font: "", logo: "" } },
  ...{ buttons: [button("a"), button("b"), button("c")], triggers_per_minute: 12, ...fields },
});

/** A draft of settings of which some are edited; then the room gets others. */
function meanwhile(edit, theirs) {
  const draft = new Draft();
  draft.take(settings());
  edit(draft.now);
  draft.take(settings(theirs));
  return draft;
}

const typesOf = ({ now }) => now.buttons.map(({ event_type: type }) => type).join("");

test("a draft is what the room has until something is edited, and again where that is given up", () => {
  const draft = new Draft();
  assert.equal(draft.isDirty, false);
  draft.take(settings());
  assert.deepEqual([draft.now, draft.isDirty], [settings(), false]);
  draft.now.buttons[1].base = 6;
  assert.equal(draft.isDirty, true);
  assert.equal(draft.saved.buttons[1].base, 5);
  draft.discard();
  assert.deepEqual([draft.now, draft.isDirty], [settings(), false]);
  draft.now.title = "U";
  assert.equal(draft.saved.title, "T");
});

test("only the top-level fields that were edited are sent", () => {
  const draft = meanwhile((now) => Object.assign(now, { title: "U", masked_words: [] }), {});
  assert.deepEqual(draft.changes(), { title: "U", masked_words: [] });
});

test("what others changed meanwhile is followed, and what was edited stays", () => {
  const draft = meanwhile((now) => (now.title = "U"), { triggers_per_minute: 60, title: "V", show_names: false });
  assert.deepEqual([draft.now.title, draft.now.triggers_per_minute, draft.now.show_names], ["U", 60, false]);
  assert.deepEqual(draft.changes(), { title: "U" });
});

test("of one theme and of one button, each field is followed by itself", () => {
  const edit = (now) => {
    now.theme.font = "pop";
    now.buttons[0].base = 9;
  };
  const theirs = { theme: { font: "mono", logo: "1" }, buttons: [button("a", { labels: [1], base: 7 }), button("b")] };
  const { now } = meanwhile(edit, theirs);
  assert.deepEqual(now.theme, { font: "pop", logo: "1" });
  assert.deepEqual(now.buttons, [button("a", { labels: [1], base: 9 }), button("b")]);
});

test("a button that another window switched off stays so where others were edited", () => {
  const draft = meanwhile((now) => (now.buttons[0].base = 9), {
    buttons: [button("a"), button("b", { base: 1 }), button("c")],
  });
  assert.deepEqual(draft.changes().buttons, [button("a", { base: 9 }), button("b", { base: 1 }), button("c")]);
});

test("buttons that come and go on both sides come and go", () => {
  const edit = ({ buttons }) => {
    buttons.splice(1, 1);
    buttons.push(button("mine"));
  };
  const draft = meanwhile(edit, { buttons: [button("a", { base: 6 }), button("b"), button("theirs")] });
  assert.equal(typesOf(draft), "aminetheirs");
  assert.equal(draft.now.buttons[0].base, 6);
});

test("a button that was removed elsewhere stays where it was edited, and one removed here is gone", () => {
  assert.equal(typesOf(meanwhile(({ buttons }) => (buttons[1].base = 6), { buttons: [button("a")] })), "ab");
  const theirs = { buttons: [button("a", { base: 6 }), button("b"), button("c")] };
  assert.equal(typesOf(meanwhile(({ buttons }) => buttons.shift(), theirs)), "bc");
});

test("an order that was changed here stays; otherwise it is as it was changed elsewhere", () => {
  const theirs = { buttons: [button("c"), button("a", { base: 6 }), button("b")] };
  const draft = meanwhile(({ buttons }) => buttons.reverse(), { buttons: [button("a", { base: 6 }), button("b"), button("c")] });
  assert.deepEqual([typesOf(draft), draft.now.buttons[2].base], ["cba", 6]);
  assert.equal(typesOf(meanwhile(({ buttons }) => (buttons[1].base = 6), theirs)), "cab");
});

test("while two buttons have one ID, none of them is lost", () => {
  const draft = meanwhile(({ buttons }) => (buttons[1].event_type = "a"), { buttons: [button("a", { base: 6 })] });
  assert.equal(typesOf(draft), "aac");
});

test("other lists are as they were edited", () => {
  const draft = meanwhile((now) => (now.masked_words = ["x", "y"]), { masked_words: ["z"] });
  assert.deepEqual(draft.now.masked_words, ["x", "y"]);
  assert.deepEqual(meanwhile((now) => (now.masked_words = []), { masked_words: ["z"] }).now.masked_words, []);
});

test("where one side has nothing in place of an object, it is as it was edited", () => {
  assert.equal(meanwhile((now) => (now.theme = null), { theme: { font: "pop" } }).now.theme, null);
  assert.deepEqual(meanwhile((now) => (now.theme.font = "pop"), { theme: null }).now.theme, { font: "pop", logo: "" });
});

test("an upload under way writes to the same button, wherever that moved to, unless the edits are given up", () => {
  const draft = new Draft();
  draft.take(settings());
  const [first, second] = draft.now.buttons;
  const { theme } = draft.now;
  draft.take(settings({ buttons: [button("b", { base: 7 }), button("a")], theme: { font: "pop", logo: "" } }));
  assert.equal(draft.now.buttons[0], second);
  assert.equal(draft.now.buttons[1], first);
  assert.equal(draft.now.theme, theme);
  assert.deepEqual([second.base, theme.font], [7, "pop"]);
  draft.discard();
  assert.notEqual(draft.now.buttons[0], second);
});

test("a draft's objects are never those of the settings that it was taken from", () => {
  const draft = new Draft();
  const first = settings();
  draft.take(first);
  draft.take(settings({ buttons: [button("n")], theme: { font: "pop", logo: "", more: [{ x: 1 }] } }));
  assert.notEqual(draft.now.buttons[0], draft.saved.buttons[0]);
  assert.notEqual(draft.now.theme.more[0], draft.saved.theme.more[0]);
  assert.ok(Array.isArray(draft.now.theme.more));
  assert.deepEqual(draft.now, draft.saved);
});

test("once saved, what was edited since is what is not saved", () => {
  const draft = new Draft();
  draft.take(settings());
  draft.now.title = "U";
  const sent = structuredClone(draft.now);
  draft.now.buttons[0].base = 9;
  draft.take(settings({ title: "U ", buttons: settings().buttons }), sent);
  assert.equal(draft.now.title, "U ");
  assert.deepEqual(Object.keys(draft.changes()), ["buttons"]);
});

test("what is not saved is told: buttons by their number, the rest by its section", () => {
  const told = (edit) => meanwhile(edit, {}).unsaved();
  assert.deepEqual(told(() => {}), { buttons: 0, isOrder: false, sections: [] });
  const changed = told((now) => {
    now.buttons[0].base = 1;
    now.buttons.splice(1, 1, button("new"));
    now.theme.font = "pop";
    now.masked_words = [];
  });
  assert.deepEqual(changed, { buttons: 3, isOrder: false, sections: ["look", "names"] });
  assert.deepEqual(told((now) => now.buttons.reverse()), { buttons: 0, isOrder: true, sections: [] });
  assert.deepEqual(told((now) => (now.triggers_per_minute = 4)).sections, ["rounds"]);
});

test("each setting is in a section", () => {
  const sections = ["buttons[2].min", "buttons", "theme.accent", "title", "multipliers[1].up_to", "starts"].map(sectionOf);
  assert.deepEqual(sections, ["buttons", "buttons", "look", "look", "rounds", "rounds"]);
  assert.deepEqual(["round_limit_s", "on_disconnect", "mask_names", "palette"].map(sectionOf), [
    ...["rounds", "rounds", "names", ""],
  ]);
});

test("a line of the multipliers comes before the last one, which holds any larger crowd", () => {
  const bands = [{ up_to: 5, factor: 1 }, { up_to: 9, factor: 3 }];
  addBand(bands);
  assert.deepEqual(bands, [{ up_to: 5, factor: 1 }, { up_to: 10, factor: 1 }, { up_to: 2_147_483_647, factor: 3 }]);
  const one = [{ up_to: 9, factor: 3 }];
  addBand(one);
  assert.deepEqual(one, [{ up_to: 5, factor: 3 }, { up_to: 2_147_483_647, factor: 3 }]);
});

const THEME = { accent: "", backdrop: "", background: "" };

test("an accent that is hard to see by day or by night is shown as another then", () => {
  const shown = ["#ffe94a", "#c2185b"].map((accent) => shownAs({ ...THEME, accent }, "accent"));
  assert.deepEqual(shown, [{ day: "#94872b", night: "#ffe94a" }, { day: "#c2185b", night: "#c72a68" }]);
});

test("a ground under a picture is shown darker or lighter, by day and by night", () => {
  const shown = shownAs({ ...THEME, backdrop: "#777777", background: "picture" }, "backdrop");
  assert.deepEqual(shown, { day: "#d3d3d3", night: "#d3d3d3" });
});

test("a colour that can be seen stays, and none is no other one", () => {
  assert.deepEqual([shownAs({ ...THEME, accent: "#e00000" }, "accent"), shownAs(THEME, "accent")], [null, null]);
});
