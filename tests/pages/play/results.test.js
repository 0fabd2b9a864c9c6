import assert from "node:assert/strict";
import { test } from "node:test";

import { StreamarioError } from "../../../clients/web/streamario.js";
import { make, openDocument } from "../dom.js";
import { fixChance, settled, stopTime } from "../time.js";

const STEPS = ["pending", "failed", "tables"];
const IDS = [...STEPS, "my-total", "my-total-unit", "my-part", "nobody", "ranks", "teams", "totals"];
const TEXTS = {
  ...{ mine: () => "presses", place: (n) => `place ${n}`, tipped: (n) => `tipped ${n}` },
  ...{ nameless: "somebody", you: "you", outcome: ({ done }) => `${done} done`, fired: (n) => `×${n}` },
  ofThem: (n) => `${n} yours`,
};
const BUTTONS = [
  { eventType: "a", team: "skill", color: "", level: 3 },
  { eventType: "b", team: "enemy", color: "", level: 0 },
];
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
  const nodes = Object.fromEntries([...IDS, "ask-again", "picture"].map((id) => [id, make("p", { id })]));
  openDocument(t, { nodes: Object.values(nodes) });
  const requests = [];
  const room = {
    state: { status: "ended", tipped: 0, buttons: BUTTONS, theme: { team_names: NAMES } },
    results: async (round) => {
      requests.push(round);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const { Results } = await import("../../../api_service/pages/web/play/results.js");
  const view = new Results(room, TEXTS, ({ eventType }) => eventType.toUpperCase());
  const show = async (values) => {
    view.show({ ...ENDED, ...values });
    await settled();
  };
  const step = () => STEPS.filter((id) => !nodes[id].hidden);
  const texts = (id) => nodes[id].children.map((node) => node.children.map(({ textContent }) => textContent).join("|"));
  return { view, nodes, room, requests, show, step, texts, passes };
}

test("one's own presses are shown at once, and the rest when it has been counted", async (t) => {
  const { view, nodes, requests, step } = await shown(t, results());
  view.show(ENDED);
  assert.deepEqual([nodes["my-total"].textContent, nodes["my-total-unit"].textContent], ["6", "presses"]);
  assert.deepEqual([step(), requests], [["pending"], [1]]);
  await settled();
  assert.deepEqual([step(), nodes["my-total"].textContent, nodes.nobody.hidden], [["tables"], "7", true]);
});

test("ranks have the first ten, with oneself and those without a name", async (t) => {
  const { show, texts, nodes } = await shown(t, results());
  await show();
  assert.deepEqual(texts("ranks"), ["1|A|9", "2|meyou|7", "3|somebody|5"]);
  assert.deepEqual(nodes.ranks.children.map((rank) => rank.hasAttribute("data-me")), [false, true, false]);
  assert.equal(nodes["my-part"].textContent, "place 2");
});

test("whoever is behind the first ten is shown after them, with a place if the list has one", async (t) => {
  const many = Array.from({ length: 12 }, (_, n) => viewer(`v${n}`, 50 - n));
  const listed = [...many.slice(0, 11), viewer("me", 7)];
  const known = await shown(t, results({ viewer_totals: listed }), results({ viewer_totals: many }));
  await known.show();
  assert.deepEqual([known.texts("ranks").length, known.texts("ranks").at(-1)], [11, "12|meyou|7"]);
  await known.show({ round: 2 });
  assert.deepEqual([known.texts("ranks").length, known.texts("ranks").at(-1)], [11, "…|meyou|7"]);
  assert.equal(known.nodes["my-part"].textContent, "");
});

test("whoever did not press is not ranked, and where nobody did it says so", async (t) => {
  const nothing = { viewer_id: "me", viewer_name: null, total: 0, counts: {} };
  const answer = results({ viewer_totals: [], viewer_summary: nothing });
  const { show, texts, nodes } = await shown(t, answer, results({ viewer_totals: [], viewer_summary: null }));
  await show();
  assert.deepEqual([texts("ranks"), nodes.nobody.hidden, nodes["my-total"].textContent], [[], false, "0"]);
  await show({ round: 2 });
  assert.deepEqual([texts("ranks"), nodes["my-total"].textContent], [[], "6"]);
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

test("place and tipped triggers are one's part", async (t) => {
  const { show, room, nodes } = await shown(t, results());
  room.state.tipped = 4;
  await show({ tipped: 4 });
  assert.equal(nodes["my-part"].textContent, "place 2 · tipped 4");
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
