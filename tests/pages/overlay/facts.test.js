import assert from "node:assert/strict";
import { test } from "node:test";

import { make, openDocument } from "../dom.js"; // before the modules that ask for media
import { Facts } from "../../../api_service/pages/web/overlay/facts.js";
import { TEXTS } from "../../../api_service/pages/web/overlay/texts.js";

const texts = TEXTS.en;

/** A document whose service is at home. */
function open(t) {
  openDocument(t).body.setAttribute("data-home", "https://play.example");
}

function factsOf(t, { hidden = [], shown = [], position = "bottom" } = {}) {
  open(t);
  const part = (id, ...children) => make("span", { id }, ...children);
  const code = part("code", make("span"), make("b"));
  const node = make("p", {}, part("timer", make("b")), part("paused"), code, part("viewers"));
  document.body.append(node);
  const facts = new Facts(node, { options: { position, hidden: new Set(hidden), shown: new Set(shown) }, texts });
  const state = { paused: false, viewerCount: 87, code: "CWT9C9", roundEndsAt: 134_000, roundLeftMs: null };
  const seen = () => node.children.filter((child) => !child.hidden).map(({ id, textContent }) => `${id} ${textContent}`);
  return { node, seen, show: (isRound, values) => facts.show({ ...state, ...values }, isRound, 0) };
}

const linesOf = (node) => node.childNodes.filter(({ tagName }) => tagName !== "BR").map(({ textContent }) => textContent);

test("in a round the line has the time, the way in and who is here", (t) => {
  const { node, seen, show } = factsOf(t);
  assert.equal(show(true), 1_000);
  assert.deepEqual(seen(), ["timer 2:14", "code play.example/jCWT9C9", "viewers 87 here"]);
  show(true, { paused: true, roundEndsAt: null, code: null, viewerCount: 0 });
  assert.deepEqual(seen(), ["paused ⏸ Paused"]);
  show(false);
  assert.deepEqual([node.hidden, seen()], [true, []]);
});

test("at a streamer's own address nobody types a code", (t) => {
  const { seen, show } = factsOf(t, { hidden: ["viewers"] });
  const untimed = { roundEndsAt: null };
  show(true, { ...untimed, invitation: { url: "http://192.168.1.4:8000/play/R", handle: null } });
  assert.deepEqual(seen(), ["code 192.168.1.4:8000/jCWT9C9"]);
  show(true, { ...untimed, invitation: { url: "https://luna.example/@luna", handle: "luna" } });
  const { hidden } = document.querySelector("#code").children[1];
  assert.deepEqual([seen()[0].startsWith("code luna.example/@luna"), hidden], [true, true]);
});

test("a rail, which has no room for an address, has the streamer's name in the code's place", (t) => {
  const { show } = factsOf(t, { position: "left" });
  const code = () => document.querySelector("#code").children[1];
  show(true, { invitation: { url: "https://luna.example/@luna", handle: "luna" } });
  assert.deepEqual([code().textContent, code().hidden], ["@luna", false]);
  show(true);
  assert.deepEqual([code().textContent, code().hidden], ["CWT9C9", false]);
});

test("a long address has two lines, which are alike and whose hyphens are seen to be its own", (t) => {
  const { node, show } = factsOf(t);
  const [where] = node.querySelector("#code").children;
  show(true);
  assert.deepEqual([where.textContent, where.hasAttribute("data-long")], ["play.example/j", false]);
  show(true, { invitation: { url: "https://consist-authentic-printable-arrangements.trycloudflare.com/@luna", handle: "luna" } });
  assert.deepEqual(linesOf(where), ["consist-authentic-printable", "-arrangements.trycloudflare.com/@luna"]);
  assert.ok(where.hasAttribute("data-long"));
  assert.deepEqual(where.childNodes.map(({ tagName }) => tagName), [undefined, "BR", undefined]);
});

test("a long name in a rail has two lines, also where no part of it ends", (t) => {
  const { show } = factsOf(t, { position: "right" });
  const [, letters] = document.querySelector("#code").children;
  show(true, { invitation: { url: "https://luna.example/@lunalunalunalunaluna", handle: "lunalunalunalunalun" } });
  assert.deepEqual(linesOf(letters), ["@lunalunal", "unalunalun"]);
  assert.ok(letters.style["--ems"] < 8);
});

test("one who is here is counted", (t) => {
  const { seen, show } = factsOf(t);
  show(true, { viewerCount: 1, roundEndsAt: null, code: null });
  assert.deepEqual(seen(), ["viewers 1 here"]);
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
