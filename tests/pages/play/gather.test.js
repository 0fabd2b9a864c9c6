import assert from "node:assert/strict";
import { test } from "node:test";

import { CALM, make, openDocument, partIn } from "../dom.js"; // first: modules ask for the device's media as they load
import { PhoneGather } from "../../../api_service/pages/web/play/gather.js";

const PARTS = ["soon", "crowd", "people", "names", "look", "rename", "card", "icon", "name", "others", "buttons"];
const TEXTS = {
  ...{ waitingSoon: (title) => `${title} soon`, waitingNameless: "your name" },
  ...{ addName: "add", waitingName: "change" },
  ...{ waitingOthers: (others) => `and ${others}` },
};
const button = (eventType, values) => ({ eventType, icon: "🎁", image: "", color: "#ffb01f", enabled: true, ...values });
const STATE = {
  ...{ title: "Duel", buttons: [button("a"), button("b"), button("c", { enabled: false })] },
  ...{ viewerCount: 87, viewer: { name: "Me" }, showsNames: true },
};

/** The screen before a round, showing `STATE` with these values. */
function screen(t, media = []) {
  const nodes = PARTS.map((part) => make("p", { "data-part": part }));
  const node = make("section", {}, ...nodes);
  openDocument(t, { nodes: [node], media });
  const gather = new PhoneGather(node, TEXTS, ({ eventType }) => eventType.toUpperCase());
  const show = (values, now = 0) => gather.show({ ...STATE, ...values }, now);
  const part = (name) => partIn(node, name);
  const names = () => part("names").children.map(({ textContent }) => textContent);
  return { gather, show, part, names };
}

test("a viewer sees who is here, its own name as on the stream, and the buttons that are on", (t) => {
  const { show, part } = screen(t);
  assert.equal(show(), Infinity);
  const texts = ["soon", "people", "name", "others"].map((name) => part(name).textContent);
  assert.deepEqual(texts, ["Duel soon", "87", "Me", "and 86"]);
  assert.deepEqual(part("buttons").children.map(({ textContent }) => textContent), ["🎁A", "🎁B"]);
  assert.equal(part("card").style["--color"], "rgb(255 176 31)");
});

test("before it is known how many are here, none are shown", (t) => {
  const { show, part } = screen(t);
  show({ viewerCount: 0 });
  assert.deepEqual([part("crowd").hidden, part("people").textContent], [true, ""]);
  show({ viewerCount: 1_234 });
  assert.deepEqual([part("crowd").hidden, part("people").hasAttribute("data-long")], [false, true]);
});

test("the number rolls when it is another, and only then", (t) => {
  const { show, part } = screen(t);
  for (const viewerCount of [87, 87, 88]) show({ viewerCount });
  assert.equal(part("people").animations.length, 2);
});

test("whoever has no name is asked for one, unless no names are shown", (t) => {
  const { show, part } = screen(t);
  show({ viewer: null });
  assert.deepEqual([part("name").textContent, part("look").hidden], ["your name", false]);
  assert.equal(part("rename").textContent, "add");
  show();
  assert.equal(part("rename").textContent, "change");
  show({ showsNames: false });
  assert.equal(part("look").hidden, true);
});

test("names pop in one after the other, the newest first, one's own marked", (t) => {
  const { gather, show, part, names } = screen(t);
  gather.arrive(["Aki", "Me"]);
  assert.equal(show({}, 1_000), 1_200);
  assert.equal(show({}, 1_199), 1_200);
  assert.deepEqual(names(), ["Aki"]);
  assert.equal(show({}, 1_200), Infinity);
  assert.deepEqual(names(), ["Me", "Aki"]);
  assert.deepEqual(part("names").children.map((node) => node.hasAttribute("data-me")), [true, false]);
});

test("a name that is there already does not come again, and eight are kept", (t) => {
  const { gather, show, names } = screen(t);
  gather.arrive(["Aki", "Aki"]);
  show({}, 0);
  gather.arrive(["Aki", ..."12345678"]);
  for (let now = 200; now <= 1_800; now += 200) show({}, now);
  assert.deepEqual(names(), [..."87654321"]);
});

test("names that must not be shown go, those that wait, too", (t) => {
  const { gather, show, names } = screen(t);
  gather.arrive(["Aki", "Bo"]);
  show({}, 0);
  gather.forgetNames();
  show({}, 1_000);
  assert.deepEqual(names(), []);
});

test("whoever wants less motion sees names fade in", (t) => {
  const { gather, show, part } = screen(t, [CALM]);
  gather.arrive(["Aki"]);
  show();
  const [{ frames }] = part("names").children[0].animations;
  assert.deepEqual(Object.keys(frames[0]), ["opacity"]);
});

test("buttons are drawn again only where they look different", (t) => {
  const { show, part } = screen(t);
  show();
  const [first] = part("buttons").children;
  show({ buttons: [button("a", { count: 3 }), button("b")] });
  assert.equal(part("buttons").children[0], first);
  show({ buttons: [button("a", { color: "#4b93ff" })] });
  assert.notEqual(part("buttons").children[0], first);
});

test("of those who came while nobody looked only the last pop in", (t) => {
  const { gather, show, names } = screen(t);
  for (let n = 1; n <= 100; n += 1) gather.arrive([`p${n}`]);
  let now = 0;
  for (let next = show(); next < Infinity; next = show({}, now)) now = next;
  assert.deepEqual(names(), ["p100", "p99", "p98", "p97", "p96", "p95", "p94", "p93"]);
  assert.ok(now < 2_000);
});

test("what pops in and what rolls is seen at its end, and moves a moment", (t) => {
  const { gather, show, part } = screen(t);
  gather.arrive(["Aki"]);
  show();
  const movesOf = (node) => node.animations.map(({ frames, duration }) => [frames.map(({ opacity }) => opacity), frames.at(-1).transform, duration]);
  assert.deepEqual(movesOf(part("names").children[0]), [[[0, 1, 1], "none", 320]]);
  assert.deepEqual(movesOf(part("people")), [[[0.2, 1], "none", 180]]);
  assert.equal(part("names").children[0].animations[0].frames[1].offset, 0.6);
});

test("whoever wants less motion sees no rolling, but what is new fade in", (t) => {
  const { show, part } = screen(t, [CALM]);
  show();
  assert.deepEqual(part("people").animations.map(({ frames }) => frames), [[{ opacity: 0 }, { opacity: 1 }]]);
});

test("a room whose buttons are all off shows no name as on the stream; one button alone lends its colour", (t) => {
  const { show, part } = screen(t);
  show({ buttons: [button("a", { enabled: false })] });
  assert.equal(part("look").hidden, true);
  show({ buttons: [button("a", { color: "#4b93ff" })] });
  assert.deepEqual([part("look").hidden, part("card").style["--color"]], [false, "rgb(75 147 255)"]);
});

test("of several buttons the last but one lends its colour and icon", (t) => {
  const { show, part } = screen(t);
  show({ buttons: [button("a"), button("b", { color: "#4b93ff", icon: "🦊" }), button("c")] });
  assert.deepEqual([part("card").style["--color"], part("icon").textContent], ["rgb(75 147 255)", "🦊"]);
});

test("a name that waits for its turn does not come twice", (t) => {
  const { gather, show, names } = screen(t);
  gather.arrive(["Aki", "Bo"]);
  gather.arrive(["Bo"]);
  for (let now = 0; now <= 1_000; now += 200) show({}, now);
  assert.deepEqual(names(), ["Bo", "Aki"]);
});

test("three digits have room to be large, more have not", (t) => {
  const { show, part } = screen(t);
  show({ viewerCount: 999 });
  assert.equal(part("people").hasAttribute("data-long"), false);
  show({ viewerCount: 1_000 });
  assert.equal(part("people").hasAttribute("data-long"), true);
});
