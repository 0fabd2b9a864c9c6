import assert from "node:assert/strict";
import { test } from "node:test";

import { buttonOf, named, read, readAll, sitDown } from "./desk.js";
import { happen } from "../browser.js";
import { SoundPlayer } from "../../../api_service/pages/web/common/sound_player.js";
import { happened } from "../time.js";

const settingsButton = (type, values) => ({
  ...{ event_type: type, team: "", labels: [{ lang: "en", text: `The ${type}` }], icon: "⭐", image: "", sound: "", color: "#4b93ff", enabled: true },
  ...{ base: 5, min: 3, max: 50, cooldown_ms: 0, pace_ms: 0, weight: 1 },
  ...values,
});

const settingsOf = (values) => ({
  ...{ title: "Fun", show_names: true, mask_names: true, masked_words: [], triggers_per_minute: 12, round_limit_s: 300 },
  ...{ on_disconnect: "fire", starts: "game", multipliers: [{ up_to: 10, factor: 1 }, { up_to: 2_147_483_647, factor: 2 }] },
  theme: { logo: "", background: "", accent: "", backdrop: "", font: "", team_names: { skill: "", enemy: "" } },
  buttons: ["jump", "duck"].map((type) => settingsButton(type)),
  ...values,
});

/** The tab of settings, with those that the room has; `save` is the answer to a change. */
async function settingsTab(t, { settings = {}, save, section, ...options } = {}) {
  const room = { settings: settingsOf(settings), settings_version: 1, game_connected: true };
  const answers = {
    "GET ": () => structuredClone(room),
    "PATCH /settings?if_version=1": save ?? ((sent) => Object.assign(room.settings, sent)),
    ...options.answers,
  };
  const sat = sitDown(t, { ...options, answers });
  sat.desk.openTab("settings");
  await happened();
  if (section) sat.press({ look: "Look", rounds: "Rounds", names: "Names", setups: "Setups" }[section]);
  const saved = () => sat.requests.filter(([name]) => name.startsWith("PATCH")).map(([, body]) => body);
  const submit = async () => {
    happen(sat.root.querySelector(".settings form[novalidate]"), "submit");
    for (let n = 0; n < 3; n += 1) await happened();
  };
  const field = (path) => sat.root.querySelector(`:is(input, select, textarea)[data-field="${path}"]`);
  const enter = (path, value) => {
    field(path).value = value;
    happen(field(path), "input");
  };
  const open = (n) => sat.root.querySelectorAll(".unfold")[n].click();
  return { ...sat, room, saved, submit, field, enter, open };
}

/** The server's answer to settings that are wrong at these fields. */
const refused = (...problems) => [422, { code: "invalid_settings", problems: problems.map(([field, message]) => ({ field, message })) }];

const bar = (root) => [read(root, ".save-bar [role=status]"), root.querySelector(".save-bar").hidden];

test("the room's buttons are listed, each with how often it happens", async (t) => {
  const { root } = await settingsTab(t, { settings: { buttons: [settingsButton("jump", { weight: 2 }), settingsButton("duck", { weight: 3 }), settingsButton("off", { enabled: false })] } });
  assert.deepEqual(readAll(root, ".unfold b"), ["The jump", "The duck", "The off"]);
  assert.deepEqual(readAll(root, ".unfold .often"), ["often", "weight 3", "normal"]);
  assert.deepEqual(readAll(root, ".unfold .every"), ["every 13 s", "every 8 s", "off"]);
  assert.equal(read(root, ".section-head p"), "Together about 12 things a minute: lively");
  assert.deepEqual([...root.querySelectorAll(".button-rows > li")].map((row) => row.className), ["", "", "off"]);
  assert.deepEqual(bar(root), ["", true]);
});

test("what is edited is not saved until it is, and is said to be so", async (t) => {
  const { root, open, enter, saved, submit, desk, redraw, passes } = await settingsTab(t, { state: { paused: true } });
  open(0);
  enter("buttons[0].labels.en", "Leap");
  assert.deepEqual(bar(root), ["Not saved yet: 1 button. Saving changes the running round at once.", false]);
  await submit();
  assert.equal(saved()[0].buttons[0].labels[0].text, "Leap");
  assert.deepEqual(bar(root), ["Saved. Viewers see it now.", false]);
  assert.equal(desk.nextAt, 5_000);
  await passes(5_000);
  redraw();
  assert.deepEqual(bar(root), ["", true]);
});

test("nothing is saved where nothing was edited, and nothing twice", async (t) => {
  let proceed;
  const { open, enter, saved, submit, field } = await settingsTab(t, { save: () => new Promise((resolve) => (proceed = () => resolve(settingsOf()))) });
  await submit();
  assert.deepEqual(saved(), []);
  open(0);
  enter("buttons[0].icon", "🔥");
  await submit();
  await submit();
  assert.equal(saved().length, 1);
  proceed();
  await happened();
  assert.equal(field("buttons[0].icon").value, "⭐");
});

test("what is discarded is as the room has it", async (t) => {
  const { root, open, enter, press, field, passes } = await settingsTab(t);
  open(1);
  enter("buttons[1].labels.en", "Dive");
  press("Discard");
  assert.deepEqual([field("buttons[1].labels.en").value, bar(root)], ["The duck", ["", true]]);
  assert.equal(root.querySelectorAll(".button-form").length, 1);
  await passes(1);
  assert.equal(document.activeElement.dataset.section, "buttons");
});

test("a button's row unfolds its form, one at a time, and the phone marks it", async (t) => {
  const { root, open } = await settingsTab(t);
  open(0);
  assert.deepEqual([readAll(root, ".unfold .every").length, root.querySelectorAll(".button-form").length], [1, 1]);
  const marked = () => [...root.querySelectorAll(".phone-key")].map((key) => key.hasAttribute("data-marked"));
  assert.deepEqual(marked(), [true, false]);
  open(1);
  assert.deepEqual([marked(), root.querySelectorAll(".button-form").length], [[false, true], 1]);
  open(1);
  assert.deepEqual([marked(), root.querySelectorAll(".button-form").length], [[false, false], 0]);
  root.querySelector(".chevron").click();
  assert.equal(read(root, ".chevron"), "▴");
});

test("a switch turns a button off in the draft, and the phone says so", async (t) => {
  const { root } = await settingsTab(t);
  named(root, "On: The jump").click();
  assert.deepEqual([named(root, "On: The jump").getAttribute("aria-checked"), read(root, ".phone-key[data-off] .phone-tape")], ["false", "Asleep"]);
});

test("buttons are moved, copied, removed, and the focus goes with them", async (t) => {
  const { root, passes } = await settingsTab(t);
  const order = () => readAll(root, ".unfold b");
  const act = async (n, action) => {
    root.querySelectorAll(".button-rows .row-menu")[n].querySelector(`[data-action=${action}]`).click();
    await passes(1);
  };
  const may = (n) => [...root.querySelectorAll(".button-rows .row-menu")[n].querySelectorAll("button")].map((button) => !button.disabled);
  assert.deepEqual([may(0), may(1)], [[false, true, true, true], [true, false, true, true]]);
  await act(0, "down");
  assert.deepEqual(order(), ["The duck", "The jump"]);
  assert.equal(document.activeElement, root.querySelectorAll(".row-menu > summary")[1]);
  assert.equal(bar(root)[0], "Not saved yet: the buttons' order. Saving changes the running round at once.");
  await act(1, "up");
  assert.deepEqual(order(), ["The jump", "The duck"]);
  await act(0, "duplicate");
  assert.deepEqual(order(), ["The jump", "The jump", "The duck"]);
  assert.equal(document.activeElement.dataset.field, "buttons[1].labels.en");
  await act(1, "remove");
  assert.deepEqual([order(), document.activeElement.id], [["The jump", "The duck"], "field-buttons-1--row"]);
  await act(1, "remove");
  assert.deepEqual([order(), document.activeElement.id, may(0)], [["The jump"], "field-buttons-0--row", [false, false, true, false]]);
});

test("a button is added at the end, open, up to as many as there may be", async (t) => {
  const { root, press, passes } = await settingsTab(t);
  press("＋ Add a button");
  await passes(1);
  assert.deepEqual([readAll(root, ".unfold b").length, document.activeElement.dataset.field], [3, "buttons[2].labels.en"]);
  assert.equal(root.querySelector(".button-rows > li:last-child").className, "open");
});

test("24 buttons are the most", async (t) => {
  const buttons = Array.from({ length: 23 }, (_, n) => settingsButton(`b${n}`));
  const { root, press } = await settingsTab(t, { settings: { buttons } });
  const add = () => root.querySelector(".add > .btn");
  assert.equal(add().disabled, false);
  press("＋ Add a button");
  assert.deepEqual([add().disabled, root.querySelector("[data-action=duplicate]").disabled], [true, true]);
});

test("a template's buttons take the place of the draft's", async (t) => {
  const { root, press, passes } = await settingsTab(t);
  press("Boss fight");
  await passes(1);
  assert.deepEqual([readAll(root, ".unfold b")[0], readAll(root, ".unfold b").length, document.activeElement.id], ["Heal the hero", 6, "field-buttons-0--row"]);
});

test("a row is dragged to where a line shows it will be dropped", async (t) => {
  const { root } = await settingsTab(t, { settings: { buttons: ["a", "b", "c"].map((type) => settingsButton(type)) } });
  const rows = () => [...root.querySelectorAll(".button-rows > li")];
  for (const [n, row] of rows().entries()) row.getBoundingClientRect = () => ({ top: 100 * n, height: 100 });
  const order = () => readAll(root, ".unfold b").map((name) => name.at(-1)).join("");
  const drop = () => rows().map((row) => row.getAttribute("data-drop"));
  const grip = (n, values = { button: 0 }) => happen(root.querySelectorAll(".grip")[n], "pointerdown", values);
  assert.equal(grip(0, { button: 2 }).defaultPrevented, false);
  assert.equal(grip(0).defaultPrevented, true);
  assert.deepEqual([rows()[0].className, drop()], ["dragged", [null, null, null]]);
  happen(window, "pointermove", { pageY: 170 });
  assert.deepEqual(drop(), [null, "below", null]);
  happen(window, "pointerup", { pageY: 170 });
  assert.deepEqual([order(), drop()], ["bac", [null, null, null]]);
  happen(window, "pointermove", { pageY: 10 });
  assert.deepEqual(drop(), [null, null, null]);
  grip(2);
  happen(window, "pointermove", { pageY: 10 });
  assert.deepEqual(drop(), ["above", null, null]);
  happen(window, "pointercancel");
  assert.equal(order(), "bac");
});

test("the form of a button has its name, icon, sound, colour, picture and frequency", async (t) => {
  const { root, open, field } = await settingsTab(t);
  open(0);
  assert.deepEqual(["labels.en", "icon", "sound", "image"].map((key) => field(`buttons[0].${key}`)?.value), ["The jump", "⭐", "", ""]);
  assert.equal(field("buttons[0].labels.en").lang, "en");
  assert.equal(read(root, "#field-buttons-0-labels-en-hint"), "Viewers in Japanese see it, too.");
  const often = () => [...root.querySelectorAll(".plain [aria-pressed]")].map((each) => each.getAttribute("aria-pressed"));
  assert.deepEqual([often(), read(root, ".plain p")], [["false", "true", "false"], "With 3 viewers: about every 10 s. About 10 presses each."]);
  root.querySelector(".plain [aria-pressed]").click();
  assert.deepEqual([often(), read(root, ".plain b")], [["true", "false", "false"], "With 3 viewers: about every 8 s."]);
});

test("what viewers of the other language see is said", async (t) => {
  const labels = [{ lang: "en", text: "Leap" }, { lang: "ja", text: "ジャンプ" }];
  const { root, open } = await settingsTab(t, { settings: { buttons: [settingsButton("a", { labels }), settingsButton("b", { labels: [] })] } });
  const hint = (n) => read(root, `#field-buttons-${n}-labels-en-hint`);
  open(0);
  assert.match(hint(0), /^Viewers in Japanese see “ジャンプ”/);
  open(1);
  assert.equal(hint(1), "Without a name, viewers see the ID: “b”.");
});

test("a colour is one of eight or another", async (t) => {
  const { root, open, field } = await settingsTab(t);
  open(0);
  const chosen = () => [...root.querySelectorAll(".swatch[aria-pressed=true]")].map((swatch) => swatch.getAttribute("aria-label"));
  const isOwn = () => root.querySelector(".own-color").dataset.chosen;
  assert.deepEqual([chosen(), isOwn()], [["Blue"], "false"]);
  named(root, "Red").click();
  assert.deepEqual([chosen(), root.querySelector(".phone-key").style.getPropertyValue("--letters")], [["Red"], "#17150f"]);
  const input = field("buttons[0].color");
  input.value = "#101010";
  happen(input, "input");
  assert.deepEqual([chosen(), isOwn(), root.querySelector(".own-color").style.getPropertyValue("--letters")], [[], "true", "#fff"]);
});

test("what few need of a button is folded", async (t) => {
  const { root, open, field, enter } = await settingsTab(t);
  open(0);
  const fold = () => root.querySelector(".button-form .advanced");
  assert.deepEqual([fold().open, field("buttons[0].base")], [false, null]);
  fold().querySelector("summary").click();
  assert.deepEqual([fold().open, field("buttons[0].base").value], [true, "5"]);
  assert.equal(read(root, "#field-buttons-0-base-hint"), "Times the multiplier of the crowd, see Rounds.");
  enter("buttons[0].base", "60");
  assert.equal(read(root, "#field-buttons-0-base-hint"), "Base is above max: 50 presses are enough.");
  enter("buttons[0].base", "50");
  assert.equal(read(root, "#field-buttons-0-base-hint"), "Times the multiplier of the crowd, see Rounds.");
  enter("buttons[0].cooldown_ms", "1500");
  assert.equal(read(root, "#field-buttons-0-cooldown_ms-hint"), "= 1.5 s");
  assert.deepEqual(readAll(field("buttons[0].team"), "option"), ["Skills", "Enemies", "None"]);
  assert.deepEqual([field("buttons[0].event_type").getAttribute("spellcheck"), field("buttons[0].labels.en").getAttribute("spellcheck")], ["false", null]);
  open(1);
  assert.equal(fold().open, false);
});

test("a number that is entered stays as it is typed; nothing is no number", async (t) => {
  const { open, enter, field, saved, submit, root } = await settingsTab(t);
  open(0);
  root.querySelector(".advanced summary").click();
  enter("buttons[0].pace_ms", "1.50");
  assert.equal(field("buttons[0].pace_ms").value, "1.50");
  enter("buttons[0].min", "");
  await submit();
  assert.deepEqual([saved()[0].buttons[0].pace_ms, saved()[0].buttons[0].min], [1_500, null]);
});

test("what the server refuses is said at its fields, which are unfolded", async (t) => {
  const save = refused(
    ...[["buttons[1].cooldown_ms", "must be less"], ["title", "must be shorter"]],
    ...[["buttons[7].icon", "is odd"], ["buttons[0].pace_ms", "must be ms"]],
  );
  const { root, enter, open, field, submit, passes } = await settingsTab(t, { save });
  open(0);
  enter("buttons[0].icon", "🔥");
  await submit();
  await passes(1);
  assert.deepEqual([read(root, ".save-bar [role=status]"), readAll(root, ".save-bar .small")], ["Not saved. Fields to correct: 4", ["buttons[7].icon: Is odd"]]);
  assert.deepEqual([field("buttons[1].cooldown_ms").getAttribute("aria-invalid"), read(root, "#field-buttons-1-cooldown_ms-refusal")], ["true", "Must be less"]);
  assert.equal(document.activeElement, field("buttons[1].cooldown_ms"));
  assert.deepEqual(readAll(root, ".sections button"), ["Buttons ⚠", "Look ⚠", "Rounds", "Names", "Setups"]);
  assert.equal(readAll(root, ".unfold .bad").length, 2);
  enter("buttons[1].cooldown_ms", "5");
  assert.equal(field("buttons[1].cooldown_ms").getAttribute("aria-invalid"), null);
  open(0);
  root.querySelector(".advanced summary").click();
  assert.equal(read(root, "#field-buttons-0-pace_ms-refusal"), "Must be a number from 0 to 600.");
});

test("a problem of the open button leaves what was unfolded there unfolded, and of another one folded", async (t) => {
  const save = ({ buttons }) => refused([`buttons[${buttons[0].icon === "🔥" ? 0 : 1}].icon`, "is odd"]);
  const { root, enter, open, submit } = await settingsTab(t, { save });
  const isUnfolded = () => root.querySelector(".button-form .advanced").open;
  open(0);
  root.querySelector(".advanced summary").click();
  enter("buttons[0].icon", "🔥");
  await submit();
  assert.equal(isUnfolded(), true);
  enter("buttons[0].icon", "🎁");
  await submit();
  assert.deepEqual([isUnfolded(), root.querySelectorAll(".button-rows > li")[1].className], [false, "open"]);
});

test("a problem in another section opens it, and its folds", async (t) => {
  const { root, enter, open, submit, field } = await settingsTab(t, {
    save: ({ title }) => refused(title ? ["multipliers[0].factor", "must be more"] : ["masked_words[3]", "must be shorter"]),
  });
  open(0);
  enter("buttons[0].icon", "🔥");
  await submit();
  assert.deepEqual([root.querySelector(".sections [aria-current=true]").dataset.section, read(root, "#field-masked_words-refusal")], ["names", "Must be shorter"]);
  named(root, "Look").click();
  enter("title", "Other");
  await submit();
  assert.deepEqual([root.querySelector(".sections [aria-current=true]").dataset.section, read(root, "#field-multipliers-0-factor-refusal")], ["rounds", "Must be more"]);
  assert.ok(field("multipliers[0].factor"));
});

test("an icon that is no emoji is refused before it is sent", async (t) => {
  const { root, open, enter, submit, saved, field } = await settingsTab(t);
  open(0);
  enter("buttons[0].icon", "ab");
  await submit();
  assert.deepEqual([saved(), read(root, "#field-buttons-0-icon-refusal"), read(root, ".save-bar [role=status]")], [[], "Must be one emoji, or empty.", "Not saved. Fields to correct: 1"]);
  enter("buttons[0].icon", "⭐");
  assert.deepEqual([read(root, "#field-buttons-0-icon-refusal"), field("buttons[0].icon").getAttribute("aria-invalid")], ["", null]);
});

test("a save that is refused otherwise is said in words", async (t) => {
  const { root, open, enter, submit } = await settingsTab(t, { save: [403, { code: "forbidden" }] });
  open(0);
  enter("buttons[0].icon", "🔥");
  await submit();
  assert.match(bar(root)[0], /^(?!Not saved)./);
});

test("settings that another window changed are read, and what was edited stays", async (t) => {
  const { root, open, enter, room, show, field } = await settingsTab(t);
  open(0);
  enter("buttons[0].labels.en", "Leap");
  room.settings.buttons[1].labels[0].text = "Dive";
  show({ buttons: [buttonOf("jump"), buttonOf("duck", { labels: [{ lang: "en", text: "Dive" }] })] });
  await happened();
  assert.deepEqual([readAll(root, ".unfold b"), field("buttons[0].labels.en").value], [["Leap", "Dive"], "Leap"]);
});

test("settings that cannot be read are said not to be, and read again after five seconds", async (t) => {
  const { root, passes, redraw, desk, requests } = await settingsTab(t, { answers: { "GET ": [503, { code: "overloaded" }] } });
  const asked = () => requests.filter(([name]) => name === "GET ").length;
  assert.match(bar(root)[0], /./);
  assert.deepEqual([root.querySelector(".button-rows"), root.querySelector(".phone")], [null, null]);
  const before = asked();
  redraw();
  assert.equal(asked(), before);
  assert.ok(desk.nextAt <= 5_000);
  await passes(5_000);
  redraw();
  assert.ok(asked() > before);
});

test("rounds have a length, a pace, a beginning, and what becomes of triggers without a game", async (t) => {
  const { root, saved, submit, enter, field } = await settingsTab(t, { section: "rounds" });
  const chosen = () => [...root.querySelectorAll(".pick")].map((pick) => readAll(pick, "[aria-pressed=true]").join());
  assert.deepEqual(chosen(), ["5 min", "Lively 12", "when you or the game start it", "fire, and arrive later"]);
  named(root, "10 min").click();
  assert.equal(field("round_limit_s").value, "10");
  enter("round_limit_s", "1.5");
  enter("triggers_per_minute", "60");
  named(root, "with the first press").click();
  named(root, "wait").click();
  assert.deepEqual(chosen(), ["", "Wild 60", "with the first press", "wait"]);
  await submit();
  assert.deepEqual(saved()[0], { triggers_per_minute: 60, round_limit_s: 90, on_disconnect: "hold", starts: "press" });
});

test("a crowd that is too large for a room without a pace is warned of", async (t) => {
  const { root, enter, show } = await settingsTab(t, { section: "rounds", state: { viewerCount: 301 } });
  const warning = () => read(root, ".warn[role=status]");
  assert.equal(warning(), "");
  enter("triggers_per_minute", "0");
  assert.match(warning(), /^301 viewers/);
  show({ viewerCount: 300 });
  assert.equal(warning(), "");
});

test("the multipliers are lines that are added and removed but for the last", async (t) => {
  const { root, press, passes, saved, submit } = await settingsTab(t, { section: "rounds" });
  assert.equal(root.querySelector(".band"), null);
  root.querySelector(".advanced summary").click();
  const bands = () => [...root.querySelectorAll(".band")].map((band) => [...band.querySelectorAll("input")].map(({ value }) => value).join(" × "));
  assert.deepEqual(bands(), ["10 × 1", "2"]);
  assert.deepEqual([...root.querySelectorAll(".band .btn")].map(({ disabled }) => disabled), [false, true]);
  press("＋ Add a line");
  await passes(1);
  assert.deepEqual([bands(), document.activeElement.dataset.field], [["10 × 1", "20 × 1", "2"], "multipliers[1].up_to"]);
  press("Remove: line 1");
  await passes(1);
  assert.deepEqual([bands(), document.activeElement.dataset.field], [["20 × 1", "2"], "multipliers[0].factor"]);
  await submit();
  assert.equal(saved()[0].multipliers.length, 2);
});

test("32 lines of multipliers are the most", async (t) => {
  const multipliers = Array.from({ length: 31 }, (_, n) => ({ up_to: n + 1, factor: 1 }));
  const { root, press } = await settingsTab(t, { section: "rounds", settings: { multipliers } });
  root.querySelector(".advanced summary").click();
  press("＋ Add a line");
  assert.equal(named(root, "＋ Add a line").disabled, true);
});

test("names are shown and masked by switches, and own words are out of view", async (t) => {
  const { root, saved, submit, enter, press } = await settingsTab(t, { section: "names", settings: { masked_words: ["one", "two"] } });
  assert.equal(root.querySelector("textarea"), null);
  root.querySelector(".advanced summary").click();
  assert.equal(root.querySelector("textarea").value, "one\ntwo");
  enter("masked_words", " one \n\nthree");
  assert.equal(root.querySelector("textarea").value, " one \n\nthree");
  named(root, "Show viewers' names with triggers").click();
  await submit();
  assert.deepEqual(saved()[0], { show_names: false, masked_words: ["one", "three"] });
  assert.equal(root.querySelector("textarea"), null);
  root.querySelector(".advanced summary").click();
  press("Look");
  press("Names");
  assert.equal(root.querySelector("textarea"), null);
});

test("the look has a title, pictures, a font, colours and the teams' names", async (t) => {
  const { root, saved, submit, enter, field, press } = await settingsTab(t, { section: "look", settings: { theme: { ...settingsOf().theme, accent: "#111111" } } });
  assert.deepEqual(readAll(root, ".section h2"), ["Look"]);
  assert.match(read(root, "#field-theme-accent-hint"), /^Adjusted for legibility/);
  assert.equal(read(root, "#field-theme-backdrop-hint"), "");
  assert.equal(named(root, "Default: Background colour").disabled, true);
  press("Default: Accent colour");
  assert.equal(named(root, "Default: Accent colour").disabled, true);
  field("theme.backdrop").value = "#224466";
  happen(field("theme.backdrop"), "input");
  enter("theme.font", "pop");
  enter("theme.team_names.skill", "Help");
  await submit();
  assert.deepEqual(saved()[0].theme, { logo: "", background: "", accent: "", backdrop: "#224466", font: "pop", team_names: { skill: "Help", enemy: "" } });
  assert.deepEqual([root.querySelector(".phone").dataset.font, bar(root)[0]], ["pop", "Saved. Viewers see it now."]);
});

test("the phone shows a round, the waiting and the results, by day and by night", async (t) => {
  const theme = { ...settingsOf().theme, logo: "a".repeat(32), background: "b".repeat(32), team_names: { skill: "Help", enemy: "" } };
  const buttons = ["a", "b", "c", "d"].map((type) => settingsButton(type, { team: "skill" }));
  const state = { buttons: buttons.map(({ event_type: type }) => buttonOf(type, { required: 100 })) };
  const { root, press } = await settingsTab(t, { settings: { theme, buttons }, state });
  const phone = () => root.querySelector(".phone");
  assert.deepEqual([phone().dataset.screen, phone().hasAttribute("data-night"), phone().hasAttribute("data-picture")], ["round", false, true]);
  assert.deepEqual([read(root, ".phone-head b"), root.querySelector(".phone-head img") !== null], ["Fun", true]);
  assert.deepEqual(readAll(root, ".phone-key > span:last-child"), ["5 more!", "77 more", "88 more", "22 more"]);
  assert.deepEqual([...root.querySelectorAll(".phone-key")].map((key) => key.style.getPropertyValue("--f")), ["95%", "23%", "12%", "78%"]);
  const before = phone().getAttribute("style");
  press("By night");
  assert.equal(phone().hasAttribute("data-night"), true);
  assert.notEqual(phone().getAttribute("style"), before);
  press("Waiting");
  assert.deepEqual([read(root, ".phone-board p + p"), readAll(root, ".phone-preview li").length], ["Fun starts soon.", 4]);
  named(root.querySelector(".phone-column"), "Results").click();
  assert.deepEqual(readAll(root, ".phone-podium b"), ["Tiger 108", "Panda 46", "Fox 362"]);
  assert.deepEqual([readAll(root, ".phone-team"), readAll(root, ".phone-totals b")], [["Help 7,683"], ["3,004", "2,663", "2,322", "1,981"]]);
});

test("a picture is taken off, and the focus stays at its field", async (t) => {
  const theme = { ...settingsOf().theme, logo: "a".repeat(32) };
  const { root, press, saved, submit, passes } = await settingsTab(t, { section: "look", settings: { theme } });
  assert.equal(root.querySelectorAll(".picture img").length, 1);
  press("Remove: Logo");
  await passes(1);
  assert.deepEqual([root.querySelector(".picture img"), document.activeElement.dataset.field], [null, "theme.logo"]);
  await submit();
  assert.equal(saved()[0].theme.logo, "");
});

test("a file that is no picture is refused at its field", async (t) => {
  const { root } = await settingsTab(t, { section: "look" });
  globalThis.createImageBitmap = () => Promise.reject(new Error("broken"));
  t.after(() => delete globalThis.createImageBitmap);
  const box = root.querySelector(".picture");
  const drop = happen(box, "drop", { dataTransfer: { files: [new Blob(["x"])] } });
  assert.deepEqual([drop.defaultPrevented, happen(box, "dragover").defaultPrevented], [true, true]);
  await happened();
  assert.match(read(box, ".refusal"), /^This browser cannot read the file/);
  assert.equal(box.querySelector("input").getAttribute("aria-invalid"), "true");
});

test("a save waits for the file that is on its way", async (t) => {
  let proceed;
  const uploaded = new Promise((resolve) => (proceed = () => resolve({ media_id: "c".repeat(32) })));
  const answers = { "POST /api/studios": { studio_key: "id.key" }, "POST /api/studio/media": () => uploaded };
  const { root, open, saved, submit } = await settingsTab(t, { answers });
  t.mock.method(SoundPlayer.prototype, "turnOn", async () => {});
  const heard = [];
  t.mock.method(SoundPlayer.prototype, "play", (sound) => heard.push(sound));
  globalThis.OfflineAudioContext = class {
    decodeAudioData = async () => {};
  };
  t.after(() => delete globalThis.OfflineAudioContext);
  open(0);
  const file = root.querySelector(".own-file input");
  Object.defineProperty(file, "files", { value: [new Blob(["ID3 sound"])] });
  happen(file, "change");
  assert.match(read(root, ".own-file"), /^Uploading…/);
  assert.deepEqual(bar(root), ["Uploading…", false]);
  await submit();
  assert.deepEqual([bar(root)[0], saved()], ["Saves as soon as the file is uploaded…", []]);
  proceed();
  for (let n = 0; n < 5; n += 1) await happened();
  assert.deepEqual([saved()[0].buttons[0].sound, heard], ["c".repeat(32), ["c".repeat(32)]]);
});

test("a built-in sound is chosen, and can be heard", async (t) => {
  const heard = [];
  t.mock.method(SoundPlayer.prototype, "turnOn", async () => {});
  t.mock.method(SoundPlayer.prototype, "play", (sound) => heard.push(sound));
  const { root, open, field, saved, submit } = await settingsTab(t);
  open(0);
  const listen = () => named(root, "▶");
  assert.equal(root.querySelector('[aria-label="Listen"]').disabled, true);
  field("buttons[0].sound").value = "zap";
  happen(field("buttons[0].sound"), "input");
  await happened();
  assert.deepEqual([heard, listen().disabled], [["zap"], false]);
  listen().click();
  await happened();
  assert.deepEqual(heard, ["zap", "zap"]);
  await submit();
  assert.equal(saved()[0].buttons[0].sound, "zap");
});

test("a page with unsaved settings asks before it goes", async (t) => {
  const { open, enter } = await settingsTab(t);
  assert.equal(happen(window, "beforeunload").defaultPrevented, false);
  open(0);
  enter("buttons[0].icon", "🔥");
  assert.equal(happen(window, "beforeunload").defaultPrevented, true);
});

test("the settings are saved as a setup, unless some of them are not saved", async (t) => {
  const answers = { "POST /api/studios": { studio_key: "id.key" }, "POST /api/studio/setups": ({ name }) => ({ name }), "GET /api/studio/setups": { studio_key: "id.key", setups: [] } };
  const { root, requests, press, open, enter } = await settingsTab(t, { answers });
  const save = async () => {
    press("Setups");
    happen(root.querySelector(".setup-form"), "submit");
    for (let n = 0; n < 4; n += 1) await happened();
  };
  await save();
  assert.equal(read(root, ".setups [role=status]"), "Saved as “Fun”.");
  const sent = requests.find(([name]) => name === "POST /api/studio/setups")[1];
  assert.deepEqual([sent.name, sent.settings.title], ["Fun", "Fun"]);
  press("Buttons");
  open(0);
  enter("buttons[0].icon", "🔥");
  await save();
  assert.match(read(root, ".setups .refusal"), /^Save the room's settings first/);
});
