import assert from "node:assert/strict";
import { test } from "node:test";

import { StreamarioError } from "../../../clients/web/streamario.js";
import { make, openDocument } from "../dom.js";
import { fixChance, settled, stopTime } from "../time.js";

const STEPS = ["pending", "failed", "tables"];
const OF_FINALE = ["podium", "confetti", "own", "other-titles", "sums", "picture", "next-time"];
const IDS = [...STEPS, ...OF_FINALE, "nobody", "ranks", "teams", "totals", "ask-again"];
const TEXTS = {
  ...{ pressed: (n) => `${n} presses`, setOff: (n) => `set off ${n}`, ordinal: (n) => ({ number: n, unit: "th" }) },
  ...{ you: (of) => `you of ${of}`, watched: "watched", watchedNext: "press along" },
  nextTime: (place) => `next ${place}`,
  ...{ titles: { finisher: "FIN", steady: "STEADY", first: "FIRST" } },
  ...{ nameless: "somebody", youHere: "you", outcome: ({ done }) => `${done} done`, fired: (n) => `×${n}` },
  ofThem: (n) => `${n} yours`,
};
const BUTTONS = [
  { eventType: "a", team: "skill", color: "", icon: "✨", image: "", level: 3 },
  { eventType: "b", team: "enemy", color: "", icon: "🦊", image: "", level: 0 },
];
const eight = Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`b${n}`, n + 2]));
const viewer = (id, count, viewer_name = id) => ({ viewer_id: id, viewer_name, count });
const results = (values) => ({
  ...{ viewer_totals: [viewer("A", 9), viewer("me", 7), viewer("C", 5, null)], event_totals: { a: 8, b: 4, gone: 0 } },
  ...{ viewer_summary: { viewer_id: "me", viewer_name: "me", total: 7, counts: { a: 6 } }, outcomes: [], ...values },
});
const NAMES = { skill: "Heroes", enemy: "Monsters" };
const ENDED = { round: 1, viewer: { id: "me" }, mine: 6, tipped: 0, showsNames: true };

/** The results of a round; the server gives `answers`, one after the other. */
async function shown(t, ...answers) {
  const passes = stopTime(t);
  fixChance(t, 0);
  const nodes = Object.fromEntries(IDS.map((id) => [id, make("p", { id })]));
  openDocument(t, { nodes: Object.values(nodes) }).body.dataset.home = "https://play.example";
  const sounded = [];
  const requests = [];
  const room = {
    state: { status: "ended", mine: 6, tipped: 0, buttons: BUTTONS, theme: { team_names: NAMES } },
    results: async (round) => {
      requests.push(round);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const { PhoneResults } = await import("../../../api_service/pages/web/play/results.js");
  const view = new PhoneResults(room, TEXTS, ({ eventType }) => eventType.toUpperCase(), () => sounded.push("finale"));
  const show = async (values) => {
    view.show({ ...ENDED, ...values });
    await settled();
  };
  const step = () => STEPS.filter((id) => !nodes[id].hidden);
  const texts = (id) => nodes[id].children.map((node) => node.children.map(({ textContent }) => textContent).join("|"));
  const own = () => nodes.own.children.map(({ textContent }) => textContent);
  return { view, nodes, room, requests, show, step, texts, own, passes, sounded };
}

test("one's own presses are shown at once, and the rest when it has been counted", async (t) => {
  const { view, nodes, requests, step, own } = await shown(t, results());
  view.show(ENDED);
  assert.deepEqual(own(), ["you of 0", "6 presses"]);
  assert.deepEqual([step(), requests, nodes.picture.disabled], [["pending"], [1], true]);
  await settled();
  assert.deepEqual(own(), ["2th", "you of 3", "7 presses"]);
  assert.deepEqual([step(), nodes.nobody.hidden, nodes.picture.disabled], [["tables"], true, false]);
});

test("the first three stand on the podium with their titles, and oneself is told from the others", async (t) => {
  const titles = [
    { title: "finisher", viewer_id: "A", viewer_name: "A" },
    { title: "steady", viewer_id: "C", viewer_name: null },
    { title: "first", viewer_id: "A", viewer_name: "A" },
  ];
  const { show, texts, nodes } = await shown(t, results({ titles }));
  await show();
  assert.deepEqual(texts("podium"), ["FIN|FIRST|A|19 presses", "me|27 presses", "STEADY|somebody|35 presses"]);
  assert.deepEqual(nodes.podium.children.map((stand) => stand.dataset.place), ["1", "2", "3"]);
  assert.deepEqual(nodes.podium.children.map((stand) => stand.hasAttribute("data-me")), [false, true, false]);
  assert.deepEqual(nodes["other-titles"].children, []);
});

test("who pressed as often shares a place, on the podium and in the list", async (t) => {
  const viewer_totals = [viewer("A", 9), viewer("me", 9), viewer("C", 5), viewer("D", 5)];
  const { show, texts, nodes, own } = await shown(t, results({ viewer_totals }));
  await show();
  assert.deepEqual(nodes.podium.children.map((stand) => stand.dataset.place), ["1", "1", "3"]);
  assert.deepEqual(nodes.podium.children.map(({ style }) => style["--at"]), ["2000ms", "2000ms", "0ms"]);
  assert.deepEqual(texts("ranks").map((rank) => rank[0]), ["1", "1", "3", "3"]);
  assert.equal(own()[0], "1th");
});

test("a title of somebody beside the podium is told with the name, one's own with one's place", async (t) => {
  const viewer_totals = ["A", "B", "C", "me", "E", "F"].map((id, n) => viewer(id, 9 - n));
  const titles = [
    { title: "finisher", viewer_id: "E", viewer_name: "Emi" },
    { title: "steady", viewer_id: "F", viewer_name: null },
    { title: "first", viewer_id: "me", viewer_name: "me" },
  ];
  const { show, texts, own } = await shown(t, results({ viewer_totals, titles }));
  await show();
  assert.deepEqual(texts("other-titles"), ["FIN|Emi"]);
  assert.deepEqual(own(), ["4th", "you of 6FIRST", "7 presses"]);
});

test("a round's podium is revealed once, with its sound, and not again when names change", async (t) => {
  const { view, show, nodes, passes, sounded } = await shown(t, results(), results());
  await show();
  assert.equal(nodes.podium.hasAttribute("data-new"), true);
  assert.equal(nodes.confetti.children.length, 26);
  await passes(3_599);
  assert.deepEqual(sounded, []);
  await passes(1);
  assert.deepEqual(sounded, ["finale"]);
  view.renew();
  await passes(5_000);
  assert.equal(nodes.podium.hasAttribute("data-new"), false);
  await passes(60_000);
  assert.deepEqual(sounded, ["finale"]);
});

test("a podium of one is heard, and one of nobody is not", async (t) => {
  const one = await shown(t, results({ viewer_totals: [viewer("A", 9)] }));
  await one.show();
  await one.passes(10_000);
  assert.deepEqual(one.sounded, ["finale"]);
  t.mock.timers.reset();
  const none = await shown(t, results({ viewer_totals: [] }));
  await none.show();
  await none.passes(10_000);
  assert.deepEqual(none.sounded, []);
});

test("the sound of a podium is not heard in the next round", async (t) => {
  const { show, room, passes, sounded } = await shown(t, results());
  await show();
  room.state.status = "in_game";
  await passes(10_000);
  assert.deepEqual(sounded, []);
});

test("each button has a bar with its icon, as tall as it fired often, however often it was pressed", async (t) => {
  const { show, nodes } = await shown(t, results());
  await show();
  assert.deepEqual(nodes.sums.children.map(({ textContent }) => textContent), ["×3✨", "×0🦊"]);
  assert.deepEqual(nodes.sums.children.map(({ style }) => style["--share"]), ["1.000", "0.000"]);
});

test("more than eight buttons are too many for bars: those that fired most stay, in their order", async (t) => {
  const { show, room, nodes } = await shown(t, results({ event_totals: { z: 1, ...eight } }));
  room.state.buttons = ["z", ...Object.keys(eight)].map((eventType, level) => ({ ...BUTTONS[0], eventType, level }));
  await show();
  const levels = nodes.sums.children.map(({ textContent }) => textContent);
  assert.deepEqual(levels, Array.from({ length: 8 }, (_, n) => `×${n + 1}✨`));
});

test("where to come next time is told, with the room's code while it has one", async (t) => {
  const { show, nodes } = await shown(t, results());
  await show({ code: "CWT9C9" });
  assert.equal(nodes["next-time"].textContent, "next play.example/j/CWT9C9");
  await show({ code: null });
  assert.equal(nodes["next-time"].textContent, "next play.example/j");
});

test("a streamer's own address is where to come next time, with or without a code", async (t) => {
  const { show, nodes } = await shown(t, results());
  const invitation = { url: "https://luna.example/@luna", handle: "luna" };
  await show({ code: "CWT9C9", invitation });
  assert.equal(nodes["next-time"].textContent, "next luna.example/@luna");
});

test("the page knows since when the results are there, or could not be had", async (t) => {
  const { view, show, passes } = await shown(t, results(), new StreamarioError("unreachable", ""));
  await passes(500);
  view.show(ENDED);
  assert.equal(view.shownAt, null);
  await show();
  assert.equal(view.shownAt, 500);
  await passes(500);
  await show({ round: 2 });
  assert.equal(view.shownAt, 1_000);
});

test("ranks have the first ten, with oneself and those without a name", async (t) => {
  const { show, texts, nodes } = await shown(t, results());
  await show();
  assert.deepEqual(texts("ranks"), ["1|A|9", "2|meyou|7", "3|somebody|5"]);
  assert.deepEqual(nodes.ranks.children.map((rank) => rank.hasAttribute("data-me")), [false, true, false]);
});

test("whoever is behind the first ten is shown after them, with a place if the list has one", async (t) => {
  const many = Array.from({ length: 12 }, (_, n) => viewer(`v${n}`, 50 - n));
  const listed = [...many.slice(0, 11), viewer("me", 7)];
  const known = await shown(t, results({ viewer_totals: listed }), results({ viewer_totals: many }));
  await known.show();
  assert.deepEqual([known.texts("ranks").length, known.texts("ranks").at(-1)], [11, "12|meyou|7"]);
  await known.show({ round: 2 });
  assert.deepEqual([known.texts("ranks").length, known.texts("ranks").at(-1)], [11, "…|meyou|7"]);
  assert.deepEqual(known.own(), ["you of 0", "7 presses"]);
});

test("whoever did not press is not ranked, and where nobody did it says so", async (t) => {
  const nothing = { viewer_id: "me", viewer_name: null, total: 0, counts: {} };
  const answer = results({ viewer_totals: [], viewer_summary: nothing });
  const { show, texts, nodes, own } = await shown(t, answer, results({ viewer_totals: [], viewer_summary: null }));
  await show();
  assert.deepEqual([texts("ranks"), nodes.nobody.hidden, nodes.picture.hidden], [[], false, true]);
  assert.deepEqual([own(), nodes.confetti.children], [["watched", "press along"], []]);
  await show({ round: 2 });
  assert.deepEqual([texts("ranks"), own()], [[], ["you of 0", "6 presses"]]);
});

test("each button's presses are a bar, with one's own part of it", async (t) => {
  const outcomes = [{ event_type: "a", done: 2 }];
  const { show, texts, nodes } = await shown(t, results({ outcomes }));
  await show();
  assert.deepEqual(texts("totals"), ["A|8||6 yours · ×3|2 done", "B|4||", "gone|0||"]);
  const bars = nodes.totals.querySelectorAll(".total-bar");
  const widths = bars.map((bar) => [bar.style.width, bar.children[0].style.width]);
  assert.deepEqual(widths, [
    ["100%", "75%"],
    ["50%", "0%"],
    ["0%", "0"],
  ]);
});

test("teams are compared, and the better one is ahead", async (t) => {
  const { show, texts, nodes } = await shown(t, results());
  await show();
  assert.deepEqual(texts("teams"), ["Heroes|8", "Monsters|4"]);
  assert.deepEqual(nodes.teams.children.map((team) => team.hasAttribute("data-ahead")), [true, false]);
});

test("triggers that one set off are told beside one's presses", async (t) => {
  const { show, room, own } = await shown(t, results());
  room.state.tipped = 4;
  await show({ tipped: 4 });
  assert.equal(own().at(-1), "7 presses · set off 4");
});

test("the same round is asked for once, and again for another viewer or round", async (t) => {
  const { show, requests } = await shown(t, results(), results(), results());
  await show({ viewer: null });
  assert.deepEqual(requests, []);
  await show();
  await show();
  await show({ viewer: { id: "other" } });
  await show({ round: 2 });
  assert.deepEqual(requests, [1, 1, 2]);
});

test("where the server does not answer it can be asked again", async (t) => {
  const { show, step, nodes } = await shown(t, new StreamarioError("unreachable", ""), results());
  await show();
  assert.deepEqual(step(), ["failed"]);
  nodes["ask-again"].click();
  assert.deepEqual(step(), ["pending"]);
  await settled();
  assert.deepEqual(step(), ["tables"]);
});

test("an answer that comes when another round has ended is not shown", async (t) => {
  const { view, step, texts } = await shown(t, new StreamarioError("unreachable", ""), results({ viewer_totals: [] }));
  view.show(ENDED);
  view.show({ ...ENDED, round: 2 });
  await settled();
  assert.deepEqual([step(), texts("ranks").length], [["tables"], 1]);
});

test("names are forgotten at once where they are hidden, and asked for again when they are shown", async (t) => {
  const renamed = results({ viewer_totals: [viewer("A", 9, "Aki")] });
  const { view, room, show, texts, requests, passes } = await shown(t, results(), renamed, results());
  await show();
  await show({ showsNames: false });
  assert.deepEqual(texts("ranks"), ["1|somebody|9", "2|somebodyyou|7", "3|somebody|5"]);
  await passes(60_000);
  assert.equal(requests.length, 1);
  await show();
  await passes(4_999);
  assert.equal(requests.length, 1);
  await passes(1);
  assert.deepEqual(texts("ranks")[0], "1|Aki|9");
  await show();
  await passes(60_000);
  assert.equal(requests.length, 2);
  room.state.status = "in_game";
  view.renew();
  await passes(60_000);
  assert.equal(requests.length, 2);
});

test("all pages ask again at times of their own, within fifteen seconds", async (t) => {
  const { view, show, requests, passes } = await shown(t, results(), results());
  view.renew();
  await passes(60_000);
  assert.equal(requests.length, 0);
  await show();
  fixChance(t, 1);
  view.renew();
  view.renew();
  await passes(19_999);
  assert.equal(requests.length, 1);
  await passes(1);
  assert.equal(requests.length, 2);
});

test("confetti falls beside the heading, from when the first place is revealed on", async (t) => {
  const fallen = async (chance) => {
    const { show, nodes, view } = await shown(t, results());
    fixChance(t, chance);
    await show();
    assert.equal(view.shownAt !== null, true);
    const [{ style }] = nodes.confetti.children;
    t.mock.timers.reset();
    return ["left", "top", "--turn", "--at"].map((name) => Number.parseFloat(style[name]));
  };
  assert.deepEqual(await fallen(0), [78, 0, 0, 3_600]);
  assert.deepEqual(await fallen(0.6), [3, 18, 108, 4_140]);
  assert.deepEqual(await fallen(0.999), [19, 29, 179, 4_499]);
});

test("bits of confetti have six colours, one after the other", async (t) => {
  const { show, nodes } = await shown(t, results());
  await show();
  const colours = nodes.confetti.children.map(({ style }) => style.background);
  assert.deepEqual([new Set(colours).size, new Set(colours.slice(0, 6)).size, colours[6]], [6, 6, colours[0]]);
});

test("where the results cannot be had there is nothing to see of a round before", async (t) => {
  const { show, nodes, texts } = await shown(t, results(), new StreamarioError("unreachable", ""));
  await show();
  assert.equal(texts("podium").length, 3);
  await show({ round: 2 });
  const left = ["podium", "confetti", "sums", "other-titles"].map((id) => nodes[id].children.length);
  assert.deepEqual([left, nodes.nobody.hidden, nodes.picture.disabled], [[0, 0, 0, 0], true, true]);
});

test("a button that nobody pressed has no bar among the sums", async (t) => {
  const { show, nodes } = await shown(t, results({ event_totals: { a: 8, b: 0 } }));
  await show();
  assert.deepEqual(nodes.sums.children.map(({ textContent }) => textContent), ["×3✨"]);
});

test("a full list does not tell how many took part", async (t) => {
  const viewer_totals = [viewer("me", 500), ...Array.from({ length: 99 }, (_, n) => viewer(`v${n}`, 400 - n))];
  const full = await shown(t, results({ viewer_totals }));
  await full.show();
  assert.equal(full.own()[1], "you of 0");
  t.mock.timers.reset();
  const almost = await shown(t, results({ viewer_totals: viewer_totals.slice(0, 99) }));
  await almost.show();
  assert.equal(almost.own()[1], "you of 99");
});

test("whoever is tenth is in the list once, and the eleventh after the ten", async (t) => {
  const listed = (place) => [...Array.from({ length: 12 }, (_, n) => viewer(n + 1 === place ? "me" : `v${n}`, 50 - n))];
  const tenth = await shown(t, results({ viewer_totals: listed(10) }));
  await tenth.show();
  assert.deepEqual([tenth.texts("ranks").length, tenth.texts("ranks")[9]], [10, "10|meyou|41"]);
});

test("names that must not be shown go from the podium, too", async (t) => {
  const { show, texts } = await shown(t, results());
  await show();
  await show({ showsNames: false });
  assert.deepEqual(texts("podium"), ["somebody|19 presses", "you of 0|27 presses", "somebody|35 presses"]);
});

test("where no names are in the results nothing is drawn again when they are hidden", async (t) => {
  const { show, nodes } = await shown(t, results({ viewer_totals: [viewer("A", 9, null)] }));
  await show();
  const [first] = nodes.ranks.children;
  await show({ showsNames: false });
  assert.equal(nodes.ranks.children[0], first);
});
