import assert from "node:assert/strict";
import { test } from "node:test";

import {
  beginWith,
  captionIn,
  COLORS,
  copyOf,
  dropIndex,
  inMinutes,
  inSeconds,
  move,
  namedTeams,
  nameIn,
  newButton,
  oftenOf,
  otherLanguage,
  soundsFor,
  thresholdOf,
  togetherPerMinute,
  WEIGHTS,
} from "../../../api_service/pages/web/console/settings/button_drafts.js";
import {
  buttonIn,
  fieldOf,
  isAdvanced,
  isOneEmoji,
  isPlaced,
  wrongIcons,
} from "../../../api_service/pages/web/console/settings/draft.js";

const BANDS = [
  { up_to: 10, factor: 1 },
  { up_to: 100, factor: 2.5 },
];

// How often.

test("a threshold is the base times its crowd's factor, rounded up", () => {
  const at = (viewers) => thresholdOf({ base: 3, min: 1, max: 100 }, BANDS, viewers);
  assert.deepEqual([at(0), at(10), at(11), at(100), at(5_000)], [3, 3, 8, 8, 8]);
});

test("an empty room counts as one viewer", () => {
  assert.equal(thresholdOf({ base: 3, min: 1, max: 9 }, [{ up_to: 0, factor: 9 }, { up_to: 1, factor: 1 }], 0), 3);
});

test("a threshold is cut to its least and its most", () => {
  assert.equal(thresholdOf({ base: 3, min: 5, max: 9 }, BANDS, 1), 5);
  assert.equal(thresholdOf({ base: 30, min: 5, max: 9 }, BANDS, 1), 9);
});

test("what decimals leave behind in binary rounds nothing up", () => {
  assert.equal(thresholdOf({ base: 10, min: 1, max: 100 }, [{ up_to: 9, factor: 1.1 }], 1), 11);
  assert.equal(thresholdOf({ base: 100, min: 1, max: 900 }, [{ up_to: 9, factor: 1.1 }], 1), 110);
});

test("there is no threshold while a value is missing", () => {
  for (const missing of ["base", "min", "max"]) {
    assert.equal(thresholdOf({ base: 3, min: 1, max: 9, [missing]: null }, BANDS, 1), NaN);
  }
  assert.equal(thresholdOf({ base: 3, min: 1, max: 9 }, [], 1), NaN);
});

const counted = (event_type, weight, others) => ({
  ...{ event_type, weight, enabled: true, base: 4, min: 1, max: 100, pace_ms: 0, cooldown_ms: 0 },
  ...others,
});
const paced = (buttons, triggers_per_minute = 12) => ({ buttons, triggers_per_minute, multipliers: BANDS });
const SIX = paced([2, 0.5, 1, 1, 1, 0.5].map((weight, n) => counted(`b${n}`, weight)));
const room = (required = 1, viewerCount = 50) => ({ viewerCount, buttons: [{ eventType: "b0", required }] });

test("often, normal and rare are every 15, 30 and 60 s of six buttons at 12 a minute", () => {
  const seconds = SIX.buttons.map((_, n) => oftenOf(n, SIX, room()).count);
  assert.deepEqual(seconds, [15, 60, 30, 30, 30, 60]);
  assert.equal(oftenOf(0, SIX, room()).unit, "seconds");
});

test("a crowd needs the threshold, or what a trigger took last if that is more", () => {
  assert.deepEqual(oftenOf(0, SIX, room(160)), { viewers: 50, unit: "seconds", count: 15, presses: 160 });
  assert.equal(oftenOf(0, SIX, room(9)).presses, 10);
  assert.equal(oftenOf(1, SIX, room(160)).presses, 10);
});

test("where presses alone decide there is no time, and what was needed with a pace does not count", () => {
  const { buttons } = SIX;
  assert.deepEqual(oftenOf(0, paced(buttons, 0), room(160)), { viewers: 50, presses: 10 });
  assert.equal(oftenOf(0, paced([counted("b0", 1, { base: null })], 0), room()).presses, 0);
});

test("a weight that is not entered yet counts as a normal one", () => {
  assert.equal(oftenOf(1, paced([counted("a", 1), counted("b", null)]), room()).count, 10);
});

test("all buttons together are as many a minute as the room has, those with a pace of their own apart", () => {
  assert.equal(togetherPerMinute(SIX), 12);
  const [first, ...others] = SIX.buttons;
  assert.equal(togetherPerMinute(paced([{ ...first, enabled: false }, ...others])), 12);
  assert.equal(togetherPerMinute(paced([counted("a", 1, { pace_ms: 10_000 })], 0)), 6);
  assert.equal(togetherPerMinute(paced([counted("a", 1, { pace_ms: 10_000 }), counted("b", 1)], 0)), 0);
});

test("a weight has its name, or none", () => {
  assert.deepEqual([2, 1, 0.5, 3].map((weight) => nameIn(WEIGHTS, weight)), ["often", "normal", "rare", ""]);
});

// Buttons.

test("a new button has an icon, a colour and an ID that no other has", () => {
  const buttons = [];
  for (let n = 0; n < 24; n++) buttons.push(newButton(buttons));
  for (const key of ["icon", "event_type"]) assert.equal(new Set(buttons.map((each) => each[key])).size, 24);
  assert.ok(buttons.every(({ icon }) => isOneEmoji(icon)));
  assert.equal(new Set(buttons.slice(0, 8).map(({ color }) => color)).size, 8);
  assert.ok(Object.values(COLORS).includes(buttons[23].color));
  assert.equal(new Set(buttons.slice(8, 16).map(({ color }) => color)).size, 8);
});

test("the colour that a button has from its team is taken, too", () => {
  const [first] = Object.values(COLORS);
  assert.notEqual(newButton([{ event_type: "a", color: first }]).color, first);
  assert.ok(![COLORS.blue].includes(newButton([{ event_type: "a", team: "skill", color: "" }, { color: first }]).color));
});

test("a new button is on, counts like a normal one, and shares nothing with the next", () => {
  const [one, other] = [newButton([]), newButton([])];
  assert.deepEqual([one.enabled, one.weight, one.team, one.event_type], [true, 1, "", "button1"]);
  assert.deepEqual([one.base, one.min, one.max, one.pace_ms, one.cooldown_ms], [5, 3, 50, 0, 0]);
  one.labels.push({});
  assert.deepEqual(other.labels, []);
});

test("an ID that is taken is left out", () => {
  assert.equal(newButton([{ event_type: "button2" }]).event_type, "button3");
});

const draftOf = (buttons = []) => ({ buttons, theme: { logo: "id", team_names: { skill: "Heroes", enemy: "Trolls" } } });

test("a template's buttons have all that a button has, and stay as they are", () => {
  const template = [{ event_type: "a", labels: [{ lang: "en", text: "A" }], weight: 2 }];
  const draft = draftOf([{ event_type: "old" }, { event_type: "older" }]);
  const { buttons } = draft;
  beginWith({ buttons: template }, draft);
  assert.equal(draft.buttons, buttons);
  assert.equal(buttons.length, 1);
  const [button] = buttons;
  assert.deepEqual([button.event_type, button.weight, button.enabled, button.image], ["a", 2, true, ""]);
  assert.deepEqual(Object.keys(button), Object.keys(newButton([])));
  assert.notEqual(button.labels[0], template[0].labels[0]);
});

test("a template brings the names of its teams, and none where it has no teams", () => {
  const draft = draftOf();
  beginWith({ buttons: [], theme: { team_names: { skill: "A", enemy: "B" } } }, draft);
  assert.deepEqual(draft.theme, { logo: "id", team_names: { skill: "A", enemy: "B" } });
  beginWith({ buttons: [] }, draft);
  assert.deepEqual(draft.theme, { logo: "id", team_names: { skill: "", enemy: "" } });
});

test("only teams with a name and a button are shown", () => {
  const { theme } = draftOf();
  assert.deepEqual(namedTeams(theme, [{ team: "" }, { team: "enemy" }]), [["enemy", "Trolls"]]);
  assert.deepEqual(namedTeams({ team_names: { skill: "", enemy: "B" } }, [{ team: "skill" }]), []);
});

test("a copy is the same but for its ID", () => {
  const button = { event_type: "a", labels: [{ lang: "en", text: "A" }], base: 3 };
  const copy = copyOf(button, [button]);
  assert.deepEqual(copy, { ...button, event_type: "button2" });
  assert.notEqual(copy.labels, button.labels);
});

test("a button moves to where another one stands", () => {
  const moved = (from, to) => {
    const list = ["a", "b", "c", "d"];
    move(list, from, to);
    return list.join("");
  };
  assert.deepEqual([moved(0, 2), moved(3, 1), moved(1, 1)], ["bcad", "adbc", "abcd"]);
});

test("a button has no sound, one that is built in, or its own", () => {
  const texts = { no_sound: "None", own_sound: "Own", sounds: { chime: "Chime", drum: "Drum" } };
  const last = (sound) => Object.entries(soundsFor({ sound }, texts)).at(-1);
  assert.deepEqual(Object.entries(soundsFor({ sound: "" }, texts)).slice(0, 2), [["", "None"], ["chime", "Chime"]]);
  assert.deepEqual([last("m1"), last("")[0], soundsFor({ sound: "drum" }, texts).drum], [["m1", "Own"], "whoosh", "Drum"]);
});

test("a row is dropped where the pointer is past the middles of others", () => {
  const at = (from, y) => dropIndex([10, 30, 50, 70], from, y);
  assert.deepEqual([at(0, 5), at(0, 11), at(0, 31), at(0, 99)], [0, 0, 1, 3]);
  assert.deepEqual([at(2, 5), at(2, 29), at(2, 31), at(2, 69), at(2, 71)], [0, 1, 2, 2, 3]);
});

test("a row is dropped above another on whose middle the pointer is", () => {
  assert.equal(dropIndex([10, 30, 50, 70], 0, 50), 1);
});

test("a name is written in its language, and an empty one is none", () => {
  const button = { labels: [{ lang: "ja", text: "炎" }] };
  const caption = captionIn(button, "en");
  assert.equal(caption.text, "");
  caption.text = "Fire";
  caption.text = "Flame";
  assert.deepEqual([caption.text, button.labels], ["Flame", [{ lang: "ja", text: "炎" }, { lang: "en", text: "Flame" }]]);
  caption.text = "";
  assert.deepEqual(button.labels, [{ lang: "ja", text: "炎" }]);
});

test("a number that a button came with goes in both languages; a name in the other one stays", () => {
  const named = (given, translated = "ja") => {
    const button = { labels: [{ lang: "ja", text: given }] };
    captionIn(button, "en", translated).text = "Fire";
    return button.labels.length;
  };
  assert.deepEqual(["スキル1", "敵3", "Skill 2", "Enemy 1"].map((given) => named(given)), [1, 1, 1, 1]);
  assert.deepEqual(["スキル4", "敵", "大スキル1", "スキル12"].map((given) => named(given)), [2, 2, 2, 2]);
  assert.deepEqual(["ボタン 1", "Button 1"].map((given) => named(given)), [1, 1]);
  assert.deepEqual(["ボタン 2", "シールド", "Wake the dragon"].map((given) => named(given)), [2, 2, 2]);
  assert.equal(named("スキル1", undefined), 1);
  assert.equal(named("スキル1", "en"), 2);
});

test("each of the two languages has the other one", () => {
  assert.deepEqual(["en", "ja"].map(otherLanguage), ["ja", "en"]);
});

test("a setting in milliseconds is edited in seconds", () => {
  const button = { pace_ms: 1_500 };
  const seconds = inSeconds(button, "pace_ms");
  assert.equal(seconds.value, 1.5);
  seconds.value = 2.0004;
  assert.equal(button.pace_ms, 2_000);
  seconds.value = null;
  assert.deepEqual([button.pace_ms, seconds.value], [null, null]);
});

test("a setting in seconds is edited in minutes, which are short and exact to the second", () => {
  const rounds = { round_limit_s: 300 };
  const minutes = inMinutes(rounds, "round_limit_s");
  assert.equal(minutes.value, 5);
  minutes.value = 1.33;
  assert.deepEqual([rounds.round_limit_s, minutes.value], [80, 1.33]);
  for (let seconds = 0; seconds <= 3_600; seconds++) {
    rounds.round_limit_s = seconds;
    minutes.value = Number(minutes.value);
    assert.equal(rounds.round_limit_s, seconds);
  }
  minutes.value = null;
  assert.deepEqual([rounds.round_limit_s, minutes.value], [null, null]);
});

// What is wrong.

test("one emoji is one, however it is made", () => {
  assert.ok(["🧟", "❤️", "👨‍👩‍👧", "🇯🇵", "1️⃣", "👍🏽"].every(isOneEmoji));
  assert.ok(!["", "A", "7", "🧟🧟", "🧟!"].some(isOneEmoji));
});

test("a browser without a segmenter only tells whether there is an emoji", (t) => {
  const { Segmenter } = Intl;
  Intl.Segmenter = undefined;
  t.after(() => (Intl.Segmenter = Segmenter));
  assert.deepEqual(["🧟🧟", "A"].map(isOneEmoji), [true, false]);
});

test("icons that are new and no emoji are wrong; those that were saved stay", () => {
  const draft = { buttons: [{ icon: "A" }, { icon: "" }, { icon: "🧟" }, { icon: "old" }] };
  assert.deepEqual(wrongIcons(draft, { buttons: [{ icon: "old" }] }, "odd"), [
    { icon: "A", field: "buttons[0].icon", message: "odd" },
  ]);
});

const DRAFT = { title: "", masked_words: [], theme: {}, buttons: [{ labels: [{ lang: "ja" }] }], multipliers: [] };

test("what the server finds wrong is said where it is edited", () => {
  const at = (path) => fieldOf(path, DRAFT);
  assert.equal(at("masked_words[3]"), "masked_words");
  assert.equal(at("buttons[0].labels[0].text"), "buttons[0].labels.ja");
  assert.equal(at("buttons[0].labels[1].text"), "buttons[0].labels[1].text");
  assert.equal(at("buttons[7].labels[0].text"), "buttons[7].labels[0].text");
  assert.equal(at("buttons[0].min"), "buttons[0].min");
});

test("a field tells its button", () => {
  assert.deepEqual(["buttons[12].min", "buttons", "theme.logo"].map(buttonIn), [12, -1, -1]);
});

test("what few need of a button is folded, and so is its name in the other language", () => {
  const folded = (field) => isAdvanced(`buttons[2].${field}`, "en");
  assert.deepEqual(["min", "event_type", "weight", "labels.ja"].map(folded), [true, true, true, true]);
  assert.deepEqual(["labels.en", "icon", "sound"].map(folded), [false, false, false]);
});

test("some of what is wrong has no field", () => {
  const placed = (field) => isPlaced(field, DRAFT);
  assert.ok(["title", "masked_words", "theme.accent", "theme.team_names.skill"].every(placed));
  assert.ok(["multipliers[2].up_to", "multipliers[0].factor", "buttons[0].pace_ms", "buttons[0].labels.ja"].every(placed));
  assert.ok(!["palette", "theme", "buttons", "buttons[1].min", "buttons[0].odd", "buttons[0].labels[1].text"].some(placed));
  assert.ok(!["multipliers", "multipliers[0]", "theme.team_names", "theme.team_names.other.x"].some(placed));
});
