import assert from "node:assert/strict";
import { test } from "node:test";

import { CALM, make, openDocument } from "../dom.js"; // before the modules that ask for media
import { OverlayFinale } from "../../../api_service/pages/web/overlay/finale.js";
import { TEXTS } from "../../../api_service/pages/web/overlay/texts.js";
import { fixChance } from "../time.js";

const texts = TEXTS.en;

const BEST = [
  { viewer_name: "Panda 46", count: 312, place: 1, titles: ["finisher"] },
  { viewer_name: "Fox 9", count: 287, place: 2, titles: [] },
];

function ended(t, options) {
  openDocument(t, options);
  const node = make("div");
  let told = 0;
  const finale = new OverlayFinale(node, { texts, told: () => (told += 1) });
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

test("a step rises, then the name comes, then its titles", (t) => {
  const { node, show } = ended(t);
  show(2);
  const timesOf = (selector) => node.querySelector(selector).animations.map(({ duration, delay = 0 }) => [duration, delay]);
  const parts = [".podium-step", ".podium-name", ".podium-stamp"].map(timesOf);
  assert.deepEqual(parts, [[[420, 0]], [[260, 200]], [[260, 380]]]);
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

test("what comes onto the podium stays seen", (t) => {
  const { node, show } = ended(t);
  show(2);
  const seenOf = (selector) => node.querySelector(selector).animations[0].frames.map(({ opacity }) => opacity);
  assert.deepEqual([seenOf(".podium-name"), seenOf(".podium-stamp"), seenOf(".podium-step")], [[0, 1], [0, 1], [undefined, undefined]]);
});

test("a place that was revealed does not rise again, and one that was not has not risen", (t) => {
  const { node, show } = ended(t);
  show(1);
  show(1);
  const risen = () => node.querySelectorAll(".podium-step").map(({ animations }) => animations.length);
  assert.deepEqual(risen(), [0, 1]);
  show(2);
  assert.deepEqual(risen(), [1, 1]);
});

test("ninety bits of confetti fall from all of the width, six to twelve rem, in two and a half seconds", (t) => {
  const bitOf = (chance) => {
    fixChance(t, chance);
    const { node, show } = ended(t);
    show(2);
    const bits = node.querySelector(".bits").children;
    assert.equal(bits.length, 90);
    const [{ frames, duration, delay }] = bits[0].animations;
    return [bits[0].style.left, frames.at(-1).transform.split(" rotate")[0], duration, delay];
  };
  assert.deepEqual(bitOf(0), ["0%", "translate(-1rem, 6rem)", 1_500, 0]);
  assert.deepEqual(bitOf(1), ["100%", "translate(1rem, 12rem)", 2_500, 1_250]);
});

test("there is no confetti before everybody is on the podium, nor where nobody is", (t) => {
  const { node, show, told } = ended(t);
  show(1);
  assert.equal(node.querySelector(".bits").children.length, 0);
  show(2, []);
  assert.deepEqual([node.querySelector(".bits").children.length, told()], [0, 0]);
});

test("a viewer without a name is somebody, and a title that is not known is called as the server does", (t) => {
  const { node, show, head } = ended(t);
  show(2, [{ viewer_name: null, count: 1, place: 1, titles: ["brave"] }]);
  assert.deepEqual([head(), node.querySelector("li").textContent], ["Somebody takes the round!", "braveSomebody11 press"]);
  assert.deepEqual([node.querySelector("h1").hidden, node.querySelector("ol").hidden], [false, false]);
});

test("teams that are known have no line before their turn, and without teams there is none", (t) => {
  const { node, show } = ended(t);
  show(2, BEST, { hasTeams: true });
  const line = node.querySelector(".finale-teams");
  assert.deepEqual([line.hidden, line.textContent], [true, ""]);
  show(2, BEST, { hasTeams: true, teams: [{ name: "Heroes", count: 7 }, { name: "Monsters", count: 7 }] });
  assert.deepEqual([line.hidden, line.textContent], [false, "Heroes drew with Monsters 7 : 7"]);
  assert.deepEqual([node.querySelector("h1").hidden, node.querySelector("ol").hidden], [false, false]);
});
