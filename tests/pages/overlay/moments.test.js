import assert from "node:assert/strict";
import { test } from "node:test";

import { CALM, make, openDocument } from "../dom.js"; // before the modules that ask for media
import { Facts } from "../../../api_service/pages/web/overlay/facts.js";
import { Finale } from "../../../api_service/pages/web/overlay/finale.js";
import { Gather } from "../../../api_service/pages/web/overlay/gather.js";
import { Start } from "../../../api_service/pages/web/overlay/start.js";
import { TEXTS } from "../../../api_service/pages/web/overlay/texts.js";

const texts = TEXTS.en;

/** A document whose service is at home. */
function open(t, options = {}) {
  openDocument(t, options).body.setAttribute("data-home", "https://play.example");
}

function gathering(t) {
  open(t);
  const node = make("div");
  let arrived = 0;
  const gather = new Gather(node, { roomId: "R", texts, arrived: () => (arrived += 1) });
  const show = (now, values) => gather.show({ title: "Boss Rush", code: "CWT9C9", viewerCount: 87, ...values }, now);
  const names = () => node.querySelectorAll("li").map(({ textContent }) => textContent);
  return { gather, node, show, names, arrived: () => arrived };
}

test("the invitation has the title, the code on keys, where to type it, and how many are here", (t) => {
  const { node, show } = gathering(t);
  assert.equal(show(0), Infinity);
  const text = (name) => node.querySelector(name).textContent;
  assert.deepEqual([text("h1"), text(".join-place"), text(".here-total")], ["Boss Rush", "play.example/j", "87here"]);
  assert.deepEqual(node.querySelectorAll(".key").map(({ textContent }) => textContent), [..."CWT9C9"]);
  assert.equal(node.querySelector("img").src, "/play/R/qr.svg");
  show(0, { viewerCount: 0 });
  assert.equal(node.querySelector(".here-total").hidden, true);
});

test("names pop in, the newest first, one in 200 ms at most", (t) => {
  const { gather, show, names, arrived } = gathering(t);
  gather.greet(["Aki", "Bo"]);
  assert.deepEqual([show(1_000), names()], [1_200, ["Aki"]]);
  assert.deepEqual([show(1_199), names()], [1_200, ["Aki"]]);
  assert.deepEqual([show(1_200), names(), arrived()], [Infinity, ["Bo", "Aki"], 2]);
});

test("of a crowd the last ten wait, and hidden ones are forgotten", (t) => {
  const { gather, node, show, names } = gathering(t);
  gather.greet(Array.from({ length: 30 }, (_, n) => `N${n}`));
  show(0);
  assert.deepEqual(names(), ["N20"]);
  gather.hide();
  assert.deepEqual([node.hidden, names(), show(9_000)], [true, [], Infinity]);
});

test("who has no room left in two rows goes", (t) => {
  const { gather, node, show, names } = gathering(t);
  gather.greet(["Aki", "Bo"]);
  show(0);
  Object.assign(node.querySelector("ul"), { clientHeight: 140 });
  Object.assign(node.querySelector("li"), { offsetTop: 150, offsetHeight: 50 });
  show(300);
  assert.deepEqual(names(), ["Bo"]);
});

test("3, 2, 1, and it begins", (t) => {
  open(t);
  const node = make("div");
  const said = [];
  const start = new Start(node, { texts, ticked: () => said.push("tick"), begun: () => said.push("go") });
  start.hide({ hasBegun: true });
  assert.deepEqual([node.hidden, said], [true, []]);
  const digits = [0, 1_500, 2_999].map((now) => [start.show(3_000, now), node.querySelector("b").textContent]);
  assert.deepEqual(digits, [[1_000, "3"], [2_000, "2"], [3_000, "1"]]);
  start.hide({ hasBegun: true });
  start.hide({ hasBegun: true });
  assert.deepEqual([node.hidden, said], [true, ["tick", "tick", "tick", "go"]]);
});

test("of a round that is ended in its 3-2-1 nothing begins", (t) => {
  open(t);
  const said = [];
  const start = new Start(make("div"), { texts, ticked: () => said.push("tick"), begun: () => said.push("go") });
  start.show(3_000, 0);
  start.hide({ hasBegun: false });
  start.hide({ hasBegun: true });
  assert.deepEqual(said, ["tick"]);
});

test("a round that is further off begins with 3", (t) => {
  open(t);
  const node = make("div");
  const start = new Start(node, { texts, ticked: () => {}, begun: () => {} });
  assert.equal(start.show(3_700, 0), 1_700);
  assert.equal(node.querySelector("b").textContent, "3");
});

const BEST = [
  { viewer_name: "Panda 46", count: 312, place: 1, titles: ["finisher"] },
  { viewer_name: "Fox 9", count: 287, place: 2, titles: [] },
];

function ended(t, options) {
  open(t, options);
  const node = make("div");
  let told = 0;
  const finale = new Finale(node, { texts, told: () => (told += 1) });
  const show = (revealed, best = BEST, values = {}) =>
    finale.show({
      best: best.map((viewer) => ({ ...viewer, isRevealed: viewer.place > best.at(-1).place - revealed })),
      ...{ teams: [], isWhole: revealed >= 2, hasTeams: false, ...values },
    });
  return { finale, node, show, told: () => told, head: () => node.querySelector("h1").textContent };
}

test("places rise one after the other, and then the winner is told", (t) => {
  const { node, show, told, head } = ended(t);
  show(1);
  const revealed = () => node.querySelectorAll("[data-revealed]").map(({ dataset }) => dataset.place);
  assert.deepEqual([head(), revealed(), told()], ["And the podium is…", ["2"], 0]);
  show(2);
  show(2);
  assert.deepEqual([head(), revealed(), told()], ["Panda 46 takes the round!", ["1", "2"], 1]);
  const [first] = node.querySelectorAll("li");
  assert.equal(first.textContent, "FINISHERPanda 461312 presses");
  assert.ok(node.querySelector(".bits").children.length > 0);
});

test("a shared first place is a tie", (t) => {
  const { show, head } = ended(t);
  show(2, BEST.map((viewer) => ({ ...viewer, place: 1 })));
  assert.equal(head(), "A tie at the top!");
});

test("the teams have their line when it is their turn, also without anybody on the podium", (t) => {
  const { node, show } = ended(t);
  const teams = [{ name: "Heroes", count: 9 }, { name: "Monsters", count: 7 }];
  show(2, BEST, { teams });
  assert.equal(node.querySelector(".finale-teams").hidden, true);
  show(2, [], { teams, hasTeams: true });
  assert.equal(node.querySelector(".finale-teams").textContent, "Heroes beat Monsters 9 : 7");
  assert.deepEqual([node.querySelector("h1").hidden, node.querySelector("ol").hidden], [true, true]);
});

test("the next end is told anew", (t) => {
  const { finale, node, show, told } = ended(t);
  show(2);
  finale.hide();
  assert.deepEqual([node.hidden, node.querySelectorAll("li")], [true, []]);
  show(2);
  assert.equal(told(), 2);
});

test("whoever wants less motion sees no confetti", (t) => {
  const { node, show } = ended(t, { media: [CALM] });
  show(2);
  assert.deepEqual(node.querySelector(".bits").children, []);
});

function factsOf(t, { hidden = [], shown = [] } = {}) {
  open(t);
  const part = (id, ...children) => make("span", { id }, ...children);
  const code = part("code", make("span"), make("b"));
  const node = make("p", {}, part("timer", make("b")), part("paused"), code, part("viewers"));
  const facts = new Facts(node, { options: { hidden: new Set(hidden), shown: new Set(shown) }, texts });
  const state = { paused: false, viewerCount: 87, code: "CWT9C9", roundEndsAt: 134_000, roundLeftMs: null };
  const seen = () => node.children.filter((child) => !child.hidden).map(({ id, textContent }) => `${id} ${textContent}`);
  return { node, seen, show: (isRound, values) => facts.show({ ...state, ...values }, isRound, 0) };
}

test("in a round the line has the time, the way in and who is here", (t) => {
  const { node, seen, show } = factsOf(t);
  assert.equal(show(true), 1_000);
  assert.deepEqual(seen(), ["timer 2:14", "code play.example/jCWT9C9", "viewers 87 here"]);
  show(true, { paused: true, roundEndsAt: null, code: null, viewerCount: 0 });
  assert.deepEqual(seen(), ["paused ⏸ Paused"]);
  show(false);
  assert.deepEqual([node.hidden, seen()], [true, []]);
});

test("what is hidden is not in the line, and without anything there is none", (t) => {
  const { node, show } = factsOf(t, { hidden: ["timer", "viewers", "join"] });
  show(true);
  assert.equal(node.hidden, true);
});

test("an address that asks for the code has it always", (t) => {
  const { node, seen, show } = factsOf(t, { hidden: ["join"], shown: ["code"] });
  show(false);
  assert.deepEqual([node.hidden, seen()], [false, ["code play.example/jCWT9C9"]]);
});
