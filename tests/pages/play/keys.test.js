import assert from "node:assert/strict";
import { test } from "node:test";

import { memory } from "../storage.js";
import { CALM, happen, make, openDocument } from "../dom.js";

const TWICE = ["icon", "label", "before", "count", "after", "people", "hint"]; // on the ground and on the colour
const PARTS = [...TWICE, ...TWICE, "title", "detail", "number", "time", "name", "pop", "face"];
const MOUSE = "(hover: hover) and (pointer: fine)";
const TEXTS = {
  ...{ asleep: { title: "asleep", detail: "wait" }, resting: "resting", kept: "kept", resumes: "soon", comma: ", " },
  ...{ sent: "sent", done: "done", notUsable: "closed", failed: (reason) => `failed: ${reason}` },
  ...{ gaveBack: "back", back: ({ own }) => `${own} yours`, spent: (n) => `${n} spent`, lasting: "on" },
  ...{ lastingOf: ({ name }) => name ?? "", lastingSpoken: () => "lasts" },
  ...{ starting: "starts", startsIn: (s) => `starts in ${s}`, fires: "fires", fired: (n) => `fired ${n}` },
  lacks: { more: { after: "more" }, close: { before: "only", after: "more" }, next: { after: "next" }, time: { before: "in", after: "s" } },
  ...{ people: (n) => `${n} in`, youIn: (others) => `you + ${others}`, own: (n) => `${n} yours` },
};

const button = (eventType, values) => ({
  ...{ eventType, team: "skill", color: "#d9a514", icon: "★", image: "" },
  ...{ enabled: true, available: true, reason: null },
  ...{ count: 2, required: 5, mine: 0, pending: 0, people: 0, level: 0, effects: [], cooldownUntil: 0, readyAt: 0 },
  ...values,
});

const captionOf = ({ eventType }) => eventType.toUpperCase();

/** Keys in a page; `pressed` are the presses that the room took. */
async function keys(t, { media = [MOUSE], stored = {}, takes = true, startsAt = 0 } = {}) {
  const template = make("template", { id: "key" });
  const drawKey = () => make("button", {}, ...PARTS.map((part) => make("span", { "data-part": part })));
  template.content = { firstElementChild: { cloneNode: drawKey } };
  const box = make("input", { id: "number-keys" });
  const container = make("div");
  globalThis.localStorage = memory(stored);
  const vibrated = [];
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  const value = { vibrate: (pattern) => vibrated.push(pattern), userActivation: { hasBeenActive: true } };
  Object.defineProperty(globalThis, "navigator", { value, configurable: true });
  t.after(() => (before ? Object.defineProperty(globalThis, "navigator", before) : delete globalThis.navigator));
  const page = openDocument(t, { nodes: [template, box, container], media });
  Object.assign(page.documentElement, { clientHeight: 500, scrollHeight: 500 });
  globalThis.window = {};
  const pressed = [];
  const room = { press: (eventType) => (takes ? pressed.push(eventType) : 0), state: { startsAt } };
  const { Keys } = await import("../../../api_service/pages/web/play/keys.js");
  const { NumberKeys } = await import("../../../api_service/pages/web/play/number_keys.js");
  const keypad = new Keys(container, room, TEXTS);
  new NumberKeys(keypad);
  const show = (buttons, paused = false, now = 0, startsAt = 0) =>
    keypad.show({ buttons, paused, startsAt }, captionOf, now);
  const part = (node, name) => node.querySelector(`[data-part="${name}"]`);
  const text = (n, name) => part(container.children[n], name).textContent;
  return { keypad, container, box, page, pressed, vibrated, show, part, text };
}

test("a key shows what its button lacks, who is in, and how much of it is one's own", async (t) => {
  const { show, text, container, part } = await keys(t);
  show([button("a", { count: 3, mine: 1, people: 3, level: 2 })]);
  const [node] = container.children;
  assert.deepEqual(["label", "before", "count", "after", "people"].map((name) => text(0, name)), ["A", "", "2", "more", "you + 2"]);
  const { style } = part(node, "face");
  assert.deepEqual([style["--missing"], style["--others"]], [0.4, 0.8]);
  assert.equal(text(0, "name"), "A, 2 more, you + 2, 1 yours, fired 2");
  assert.deepEqual([node.dataset.state, node.disabled, node.getAttribute("aria-disabled")], ["more", false, "false"]);
  assert.deepEqual(["data-taped", "data-in"].map((name) => node.hasAttribute(name)), [false, true]);
  show([button("a", { count: 3, people: 3 })]);
  assert.deepEqual([text(0, "people"), text(0, "name"), node.hasAttribute("data-in")], ["3 in", "A, 2 more, 3 in", false]);
});

test("what a key says stands on its ground and on its colour", async (t) => {
  const { show, container } = await keys(t);
  show([button("a", { count: 3, people: 2 })]);
  for (const name of ["label", "count", "after", "people", "icon"]) {
    const [ground, colour] = container.children[0].querySelectorAll(`[data-part="${name}"]`);
    assert.equal(ground.textContent, colour.textContent);
  }
});

test("the last tenth is called out, the last three presses faster, and the next one that fires", async (t) => {
  const { show, text, container } = await keys(t);
  const shown = (count) => {
    show([button("a", { count, required: 64, mine: 1, people: 9 })]);
    const words = ["before", "count", "after"].map((name) => text(0, name)).join(" ");
    const [node] = container.children;
    return [words.trim(), text(0, "people"), node.dataset.state, node.hasAttribute("data-soon")];
  };
  assert.deepEqual(shown(56), ["8 more", "you + 8", "more", false]);
  assert.deepEqual(shown(60), ["only 4 more", "you + 8", "close", false]);
  assert.deepEqual(shown(61), ["only 3 more", "you + 8", "close", true]);
  assert.deepEqual(shown(64), ["1 next", "fires", "next", true]);
  assert.equal(text(0, "name"), "A, 1 next, fires, 1 yours");
});

test("a count above what is needed fills a key, and no more", async (t) => {
  const { show, part, container } = await keys(t);
  show([button("a", { count: 9 })]);
  assert.equal(part(container.children[0], "face").style["--missing"], 0);
});

test("a wait that is slower than the presses is counted in seconds, the last minute on a dial", async (t) => {
  const { show, text, part, container } = await keys(t);
  const waits = (readyAt) => {
    show([button("a", { cooldownUntil: readyAt, readyAt })]);
    return ["before", "count", "after"].map((name) => text(0, name)).join(" ");
  };
  assert.deepEqual([waits(12_000), text(0, "name")], ["in 12 s", "A, in 12 s"]);
  const { style } = part(container.children[0], "face");
  assert.deepEqual([style["--wait"], container.children[0].dataset.state], [12, "time"]);
  assert.deepEqual([waits(3_600_000), style["--wait"]], ["in 3,600 s", 3_600]);
});

test("a key knows how much room its words need", async (t) => {
  const { show, part, container } = await keys(t);
  show([button("a", { required: 1_242 })]);
  const { style } = part(container.children[0], "face");
  assert.deepEqual([style["--digits"], style["--beside"]], [4.5, 4]); // 1,240 more
  show([button("a")]);
  assert.deepEqual([style["--digits"], style["--beside"]], [1, 4]);
});

test("what the game says of a button stands on its tape", async (t) => {
  const { keypad, show, text, container } = await keys(t);
  show([button("a", { available: false, reason: "Boss" }), button("b")]);
  assert.deepEqual([text(0, "title"), text(0, "detail")], ["closed", "Boss"]);
  assert.equal(container.children[0].getAttribute("aria-disabled"), "true");
  const buttons = [button("a"), button("b")];
  show(buttons);
  keypad.tell("b", "failed", { reason: "No target", own: 2 }, 0);
  keypad.tell("gone", "failed", {}, 0);
  show(buttons);
  assert.deepEqual([text(1, "title"), text(1, "detail"), text(1, "name")], ["back", "2 yours", "B, 3 more, failed: No target"]);
  assert.deepEqual(container.children.map((node) => node.hasAttribute("data-taped")), [false, true]);
});

test("what became of a trigger stays a while, until the game tells more", async (t) => {
  const { keypad, show, text, container } = await keys(t);
  const buttons = [button("a")];
  keypad.tell("a", "sent", { presses: 5 }, 0);
  show(buttons);
  keypad.tell("a", "sent", { presses: 5 }, 0);
  assert.equal(show(buttons), 2_000);
  assert.deepEqual([text(0, "title"), text(0, "detail")], ["sent", "5 spent"]);
  keypad.tell("a", "done", { reason: null }, 1_000);
  assert.equal(show(buttons, false, 1_000), 3_500);
  assert.equal(container.children[0].dataset.state, "done");
  show(buttons, false, 3_500);
  assert.equal(container.children[0].dataset.state, "more");
  keypad.tell("a", "sent", {}, 6_000);
  keypad.tell("a", null, {}, 6_000);
  show(buttons, false, 6_000);
  assert.equal(container.children[0].dataset.state, "more");
});

test("a button that fires again and again shows its count between", async (t) => {
  const { keypad, show, container } = await keys(t);
  const state = (now) => {
    keypad.tell("a", "sent", {}, now);
    show([button("a")], false, now);
    return container.children[0].dataset.state;
  };
  show([button("a")]);
  assert.deepEqual([0, 2_000, 5_999, 6_000].map(state), ["sent", "more", "more", "sent"]);
});

test("a key whose presses come back shakes its head, unless somebody wants less motion", async (t) => {
  for (const [media, shakes] of [[[], 1], [[CALM], 0]]) {
    const { keypad, show, container, part } = await keys(t, { media });
    show([button("a")]);
    keypad.tell("a", "done", {}, 0);
    keypad.tell("a", "failed", {}, 0);
    assert.equal(part(container.children[0], "face").animations.length, shakes);
  }
});

test("a button that is off is disabled, and a pause lets all rest", async (t) => {
  const { show, container, text } = await keys(t);
  show([button("a", { enabled: false }), button("b")], true);
  assert.equal(container.children[0].disabled, true);
  assert.deepEqual([text(0, "title"), text(1, "title")], ["asleep", "resting"]);
  show([button("a"), button("b")]);
  assert.deepEqual(container.children.map(({ dataset }) => dataset.state), ["more", "more"]);
});

test("before a round begins its keys rest, and count the seconds", async (t) => {
  const { show, container, text } = await keys(t);
  const buttons = [button("a")];
  assert.equal(show(buttons, false, 0, 2_500), 500);
  assert.deepEqual([text(0, "number"), container.children[0].getAttribute("aria-disabled")], ["3", "true"]);
  show(buttons, false, 2_500, 2_500);
  assert.equal(container.children[0].getAttribute("aria-disabled"), "false");
});

test("a key is drawn again with another state, or when its time has come", async (t) => {
  const { show, text } = await keys(t);
  const cooling = button("a", { cooldownUntil: 4_500, readyAt: 4_500 });
  assert.equal(show([cooling], false, 0), 500);
  assert.equal(text(0, "count"), "5");
  assert.equal(show([cooling], false, 499), 500);
  assert.equal(show([cooling], false, 500), 1_500);
  assert.equal(text(0, "count"), "4");
  assert.equal(show([button("a"), button("b")], false, 600), Infinity);
});

test("an effect that lasts counts down, and what is left of it shrinks", async (t) => {
  const { show, text, part, container } = await keys(t);
  const effects = [{ epoch: 1, seq: 1, viewerName: null, endsAt: 10_000 }];
  show([button("a", { effects })], false, 0);
  assert.equal(text(0, "number"), "10");
  assert.equal(part(container.children[0], "time").style.transform, "scaleX(0.9)");
  assert.equal(text(0, "name"), "A, 3 more, lasts");
});

test("keys keep their nodes, in the room's order, and those of buttons that are gone go", async (t) => {
  const { show, container, text } = await keys(t);
  show([button("a"), button("b")]);
  const [a, b] = container.children;
  show([button("b"), button("c"), button("a")]);
  assert.deepEqual([container.children[0] === b, container.children[2] === a], [true, true]);
  assert.equal(container.children.length, 3);
  show([button("b")]);
  show([button("a"), button("b")]);
  assert.notEqual(container.children[0], a);
  assert.equal(text(0, "hint"), "1");
});

test("a press pops where the finger is, and counts those that come close to it", async (t) => {
  const { show, container, part, pressed, vibrated } = await keys(t);
  show([button("a")]);
  const [node] = container.children;
  t.mock.method(performance, "now", () => 1_000);
  const at = { pointerId: 1, button: 0, pointerType: "mouse", clientX: 15, clientY: 27 };
  happen(node, "pointerdown", at);
  happen(node, "pointerup", at);
  const pop = part(node, "pop");
  assert.deepEqual([pressed, vibrated], [["a"], [8]]);
  assert.deepEqual([pop.textContent, pop.style.left, pop.style.top], ["+1", "5px", "7px"]);
  performance.now.mock.mockImplementation(() => 1_699);
  node.click();
  assert.deepEqual([pop.textContent, pop.style.left, pop.style.top], ["+2", "50%", "50%"]);
  performance.now.mock.mockImplementation(() => 2_399);
  node.click();
  assert.deepEqual([pop.textContent, pop.animations.length, pop.animations[0].duration], ["+1", 3, 700]);
});

test("a press that the room does not take shows nothing", async (t) => {
  const { show, container, part, vibrated } = await keys(t, { takes: false });
  show([button("a")]);
  container.children[0].click();
  assert.deepEqual([part(container.children[0], "pop").textContent, vibrated], ["", []]);
});

test("a press before the round begins shows nothing and is not sent, also where no frame has shown the count", async (t) => {
  const { show, container, pressed, vibrated } = await keys(t, { startsAt: performance.now() + 3_000 });
  show([button("a")]);
  container.children[0].click();
  assert.deepEqual([pressed, vibrated], [[], []]);
});

test("the first nine buttons have a key of the keyboard", async (t) => {
  const { page, container, pressed, show, text } = await keys(t);
  show(Array.from({ length: 10 }, (_, n) => button(`b${n + 1}`)));
  assert.deepEqual([text(0, "hint"), text(8, "hint"), text(9, "hint")], ["1", "9", ""]);
  assert.equal(container.children[1].getAttribute("aria-keyshortcuts"), "2");
  assert.equal(container.children[9].hasAttribute("aria-keyshortcuts"), false);
  const type = (key, values) => happen(page, "keydown", { key, ...values });
  for (const key of ["1", "9", "0", "x"]) type(key);
  for (const held of ["repeat", "altKey", "ctrlKey", "metaKey"]) type("1", { [held]: true });
  assert.deepEqual(pressed, ["b1", "b9"]);
  page.body.append(make("dialog", { open: "" }));
  type("1");
  assert.equal(pressed.length, 2);
});

test("number keys press nothing that rests, is not there, or is hidden", async (t) => {
  const { page, container, pressed, show } = await keys(t);
  show([button("a", { available: false }), button("b", { enabled: false }), button("c")]);
  for (const key of ["1", "2", "4"]) happen(page, "keydown", { key });
  container.hidden = true;
  happen(page, "keydown", { key: "3" });
  assert.deepEqual(pressed, []);
});

test("number keys can be switched off, which is stored, and a phone has none", async (t) => {
  const { page, box, pressed, show, text } = await keys(t);
  show([button("a")]);
  assert.equal(box.checked, true);
  box.checked = false;
  happen(box, "change");
  happen(page, "keydown", { key: "1" });
  assert.deepEqual([text(0, "hint"), pressed, localStorage.getItem("streamario:number_keys_off")], ["", [], "1"]);
  box.checked = true;
  happen(box, "change");
  assert.deepEqual([text(0, "hint"), localStorage.getItem("streamario:number_keys_off")], ["1", null]);
  const stored = await keys(t, { stored: { "streamario:number_keys_off": "1" } });
  assert.equal(stored.box.checked, false);
  const phone = await keys(t, { media: [] });
  phone.show([button("a")]);
  happen(phone.page, "keydown", { key: "1" });
  assert.deepEqual([phone.text(0, "hint"), phone.pressed], ["", []]);
});

test("a key's picture goes before its icon, which comes back where the picture does not load", async (t) => {
  const { show, container, part } = await keys(t);
  show([button("a", { image: "id" })]);
  const icon = part(container.children[0], "icon");
  const [picture] = icon.children;
  assert.deepEqual([picture.src, icon.textContent], ["/api/media/id", ""]);
});

test("whoever is on a key with a keyboard stays there when others come or go", async (t) => {
  const { show, container, page } = await keys(t);
  show([button("a"), button("b")]);
  const [, key] = container.children;
  const focused = [];
  key.focus = () => focused.push("b");
  page.activeElement = key;
  show([button("b"), button("c")]);
  assert.deepEqual([focused, container.children[0] === key], [["b"], true]);
  show([button("c")]);
  assert.deepEqual(focused, ["b"]);
});

test("a press pops up and is gone; what came back shakes to both sides and rests", async (t) => {
  const { keypad, show, container, part } = await keys(t);
  show([button("a")]);
  container.children[0].click();
  const [{ frames }] = part(container.children[0], "pop").animations;
  assert.deepEqual(frames.map(({ opacity, offset }) => [opacity, offset]), [[1, undefined], [1, 0.25], [0, undefined]]);
  keypad.tell("a", "failed", {}, 0);
  const [shake] = part(container.children[0], "face").animations;
  const ways = shake.frames.map(({ transform }) => Number.parseInt(transform.slice("translateX(".length), 10));
  assert.deepEqual([ways[0], ways.at(-1), Math.min(...ways), Math.max(...ways), shake.duration], [0, 0, -8, 7, 400]);
  assert.ok(ways.slice(1, -2).every((way, n) => Math.sign(way) !== Math.sign(ways[n + 2]) && Math.abs(way) > Math.abs(ways[n + 2])));
});

test("whoever wants less motion sees a press fade where it is", async (t) => {
  const { show, container, part } = await keys(t, { media: [CALM] });
  show([button("a")]);
  container.children[0].click();
  assert.deepEqual(part(container.children[0], "pop").animations.map(({ frames }) => frames), [[{ opacity: 1 }, { opacity: 0 }]]);
});

test("a countdown of two digits has room to be large, one of three has not", async (t) => {
  const { show, container, part } = await keys(t);
  const isLong = (endsAt) => {
    show([button("a", { effects: [{ epoch: 1, seq: endsAt, viewerName: null, endsAt }] })]);
    return part(container.children[0], "number").hasAttribute("data-long");
  };
  assert.deepEqual([isLong(99_000), isLong(100_000)], [false, true]);
});

test("once an effect is over nothing of it is left on its key", async (t) => {
  const { show, part, container } = await keys(t);
  const effects = [{ epoch: 1, seq: 1, viewerName: null, endsAt: 10_000 }];
  show([button("a", { effects })], false, 0);
  show([button("a")], false, 10_000);
  assert.equal(part(container.children[0], "time").style.transform, "scaleX(1)");
  assert.equal(container.children[0].hasAttribute("data-taped"), false);
});

test("a key is drawn again once a pause begins or the round gets a start", async (t) => {
  const { show, container } = await keys(t);
  const buttons = [button("a")];
  show(buttons);
  show(buttons, true);
  assert.equal(container.children[0].dataset.state, "paused");
  show(buttons, false, 0, 2_000);
  assert.equal(container.children[0].dataset.state, "starting");
});

test("before it is known that there is a keyboard no button names a key of one", async (t) => {
  const { container, text, show } = await keys(t);
  const { Keys } = await import("../../../api_service/pages/web/play/keys.js");
  show([]);
  new Keys(container, {}, TEXTS).show({ buttons: [button("a")], paused: false }, captionOf, 0);
  assert.deepEqual([text(0, "hint"), container.children[0].hasAttribute("aria-keyshortcuts")], ["", false]);
});
