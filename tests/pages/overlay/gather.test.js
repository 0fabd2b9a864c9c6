import assert from "node:assert/strict";
import { test } from "node:test";

import { make, openDocument } from "../dom.js"; // before the modules that ask for media
import { OverlayGather } from "../../../api_service/pages/web/overlay/gather.js";
import { TEXTS } from "../../../api_service/pages/web/overlay/texts.js";

const texts = TEXTS.en;

/** A document whose service is at home. */
function open(t) {
  openDocument(t).body.setAttribute("data-home", "https://play.example");
}

function gathering(t) {
  open(t);
  const node = make("div");
  let arrived = 0;
  const gather = new OverlayGather(node, { texts, arrived: () => (arrived += 1) });
  const state = { title: "Boss Rush", code: "CWT9C9", viewerCount: 87, invitation: null, qrUrl: "/play/R/qr.svg" };
  const show = (now, values) => gather.show({ ...state, ...values }, now);
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
  const [first] = node.querySelectorAll(".key");
  assert.deepEqual([first.style["--fill"], first.style["--edge"]], ["rgb(75 147 255)", "rgb(41 79 138)"]);
  show(0, { viewerCount: 1 });
  assert.equal(node.querySelector(".here-total").hidden, false);
  show(0, { viewerCount: 0 });
  assert.equal(node.querySelector(".here-total").hidden, true);
});

test("a streamer's own address stands in the code's place", (t) => {
  const { node, show } = gathering(t);
  show(0, { invitation: { url: "https://luna.example/@luna", handle: "luna" } });
  assert.deepEqual(node.querySelectorAll(".key").map(({ textContent }) => textContent), ["@luna"]);
  assert.equal(node.querySelector(".join-place").textContent, "luna.example/@luna");
  show(0, { invitation: { url: "https://luna.example/play/R", handle: null }, qrUrl: "/play/R/qr.svg?1" });
  assert.deepEqual(node.querySelectorAll(".key").map(({ textContent }) => textContent), [..."CWT9C9"]);
  assert.equal(node.querySelector(".join-place").textContent, "luna.example/j");
  assert.equal(node.querySelector("img").src, "/play/R/qr.svg?1");
});

test("names pop in, the newest first, one in 200 ms at most", (t) => {
  const { gather, node, show, names, arrived } = gathering(t);
  gather.greet(["Aki", "Bo"]);
  assert.deepEqual([show(1_000), names()], [1_200, ["Aki"]]);
  assert.deepEqual(node.querySelector("li").animations.map(({ duration }) => duration), [320]);
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

test("a name that has popped in is seen, tilted, each one otherwise", (t) => {
  const { gather, node, show } = gathering(t);
  gather.greet([..."123456789"].map((name) => `N${name}`));
  for (let n = 0; n < 9; n += 1) show(n * 200);
  gather.greet(["N10"]);
  show(2_000);
  const tilts = node.querySelectorAll("li").map(({ style }) => Number(/-?\d+/.exec(style.transform)[0])).reverse();
  assert.ok(tilts.every((tilt) => Math.abs(tilt) >= 1 && Math.abs(tilt) <= 3), String(tilts));
  assert.ok(tilts.slice(1).every((tilt, n) => Math.sign(tilt) !== Math.sign(tilts[n]) || n === 8), String(tilts));
  assert.equal(tilts[9], tilts[0]);
  const [{ frames }] = node.querySelector("li").animations;
  assert.deepEqual([frames.map(({ opacity }) => opacity), frames[1].transform], [[0, 1], node.querySelector("li").style.transform]);
});

test("the number rolls when another one is there, and only then", (t) => {
  const { node, show } = gathering(t);
  for (const viewerCount of [87, 87, 1_234]) show(0, { viewerCount });
  const count = node.querySelector(".here-total b");
  assert.deepEqual([count.textContent, count.animations.map(({ duration }) => duration)], ["1,234", [180, 180]]);
});

test("each key of a code has the next of six colours, a streamer's name the fifth", (t) => {
  const { node, show } = gathering(t);
  const colours = () => node.querySelectorAll(".key").map(({ style }) => style["--fill"]);
  show(0, { code: "ABCDEFG" });
  assert.equal(new Set(colours()).size, 6);
  assert.equal(colours()[6], colours()[0]);
  const [, , , , fifth] = colours();
  show(0, { invitation: { url: "https://luna.example/@luna", handle: "luna" } });
  assert.deepEqual(colours(), [fifth]);
});

test("who still has room in the second row stays", (t) => {
  const { gather, node, show, names } = gathering(t);
  gather.greet(["Aki", "Bo"]);
  show(0);
  Object.assign(node.querySelector("ul"), { clientHeight: 140 });
  Object.assign(node.querySelector("li"), { offsetTop: 91, offsetHeight: 50 }); // a part of a pixel is rounded
  show(300);
  assert.deepEqual(names(), ["Bo", "Aki"]);
});

test("an invitation that goes and comes back has its parts", (t) => {
  const { gather, node, show } = gathering(t);
  show(0);
  gather.hide();
  show(100);
  assert.deepEqual([node.hidden, node.querySelector("h1").textContent], [false, "Boss Rush"]);
});

test("a long title and a long name are smaller", (t) => {
  const { node, show } = gathering(t);
  const ems = (selector) => Number(node.querySelector(selector).style["--ems"]);
  show(0, { invitation: { url: "https://luna.example/@luna", handle: "luna" } });
  const before = [ems("h1"), ems(".key")];
  show(0, { title: "Boss Rush of the Year", invitation: { url: "https://luna.example/@lunalunaluna", handle: "lunalunaluna" } });
  assert.ok(ems("h1") > before[0] && ems(".key") > before[1]);
});
