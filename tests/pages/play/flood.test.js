import assert from "node:assert/strict";
import { test } from "node:test";

import { CALM, make, openDocument } from "../dom.js"; // first: modules ask for the device's media as they load
import { Burst, StartCount } from "../../../api_service/pages/web/play/flood.js";

const TEXTS = {
  ...{ thumbs: "thumbs", hint: "press", youBurst: "YOU", what: (caption) => `${caption}!` },
  withOthers: (others) => (others > 0 ? `+ ${others}` : "alone"),
  withStreamer: "+ streamer",
  share: (own, presses) => ({ part: `${own}/${presses}`, after: " yours" }),
};
const BOX = { left: 10, top: 20, width: 100, height: 100 };
const button = (eventType, color) => ({ eventType, color, icon: "🎁", image: "", enabled: true });
const BUTTONS = [button("a", "#4b93ff"), button("b", "#86cc36"), button("c", "#ff6450")];
const COLORS = ["rgb(75 147 255)", "rgb(134 204 54)", "rgb(255 100 80)"];

/** A page whose animations end once the test lets them. */
function open(t, media = [CALM]) {
  const page = openDocument(t, { nodes: [make("div", { id: "board" })], media });
  Object.assign(globalThis, { innerWidth: 390, innerHeight: 844 });
  t.after(() => {
    delete globalThis.innerWidth;
    delete globalThis.innerHeight;
  });
  const flood = () => page.body.querySelector(".flood");
  const text = (name) => page.body.querySelector(`.${name}`).textContent;
  return { page, flood, text };
}

/** Let what has been resolved go on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Before a round: what sounds, and a way to show the room at a time; the round begins at 3,000 ms. */
function counting(t, media) {
  const opened = open(t, media);
  const beats = [];
  const count = new StartCount(TEXTS, () => BOX, (beat) => beats.push(beat));
  const show = (now, values) => count.show({ open: true, buttons: BUTTONS, startsAt: 3_000, ...values }, now);
  return { ...opened, beats, show };
}

test("each second before a round has its digit and the colour of a button", (t) => {
  const { show, flood, text, beats } = counting(t);
  const seen = [0, 1_000, 2_000].map((now) => {
    const next = show(now);
    return [text("flood-digit"), flood().style["--color"], next];
  });
  assert.deepEqual(seen, [
    ["3", COLORS[0], 1_000],
    ["2", COLORS[1], 2_000],
    ["1", COLORS[2], 3_000],
  ]);
  assert.deepEqual([flood().hidden, beats], [false, ["tick", "tick", "tick"]]);
});

test("as the round begins the colour goes", async (t) => {
  const { show, flood, beats } = counting(t);
  show(2_500);
  assert.equal(show(3_000), Infinity);
  await settled();
  assert.deepEqual([flood().hidden, beats], [true, ["tick", "go"]]);
});

test("where the round ends meanwhile, or nobody looked as it began, the colour goes in silence", async (t) => {
  for (const [now, values] of [[2_600, { open: false, startsAt: 0 }], [9_000, {}]]) {
    const { show, flood, beats } = counting(t);
    show(2_500);
    show(now, values);
    await settled();
    assert.deepEqual([flood().hidden, beats], [true, ["tick"]]);
  }
});

test("without a countdown, or outside a round, nothing is counted", (t) => {
  const { show, flood, beats } = counting(t);
  assert.equal(show(1_000, { startsAt: 0 }), Infinity);
  show(1_000, { startsAt: undefined });
  show(1_000, { open: false });
  show(1_000, { buttons: [] });
  assert.deepEqual([flood().hidden, beats.length], [true, 0]);
});

test("a countdown of one button keeps its colour", (t) => {
  const { show, flood } = counting(t);
  const [, only] = BUTTONS;
  for (const now of [0, 1_000, 2_000]) {
    show(now, { buttons: [{ ...BUTTONS[0], enabled: false }, only] });
    assert.equal(flood().style["--color"], COLORS[1]);
  }
});

/** A burst, and a way to show a trigger; timers run when the test says so. */
function bursting(t, media) {
  const opened = open(t, media);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const burst = new Burst(TEXTS, ({ eventType }) => eventType.toUpperCase(), () => BOX);
  const trigger = { button: BUTTONS[0], seq: 1, people: 87, presses: 100, own: 12 };
  const show = (values, now = 0) => burst.show({ ...trigger, ...values }, now);
  return { ...opened, show };
}

test("a burst says whose it was, and which share was one's own", async (t) => {
  const { show, flood, text, page } = bursting(t);
  assert.equal(show(), true);
  assert.deepEqual(["flood-you", "flood-others", "flood-what"].map(text), ["YOU", "+ 86", "A!"]);
  assert.equal(text("flood-share"), "12/100 yours");
  assert.equal(page.body.querySelector(".flood-strip").children[0].style.width, "12%");
  assert.equal(flood().hidden, false);
  t.mock.timers.tick(1_119);
  await settled();
  assert.equal(flood().hidden, false);
  t.mock.timers.tick(1);
  await settled();
  assert.equal(flood().hidden, true);
});

test("a burst that the streamer set off says so", (t) => {
  const { show, text } = bursting(t);
  show({ byStreamer: true });
  assert.equal(text("flood-others"), "+ streamer");
});

test("what becomes known of it later is added", (t) => {
  const { show, flood, text } = bursting(t);
  show({ people: 0, presses: 0 });
  assert.deepEqual([text("flood-others"), flood().hasAttribute("data-shared")], ["alone", false]);
  assert.equal(show({ people: 5 }), false);
  assert.deepEqual([text("flood-others"), flood().hasAttribute("data-shared")], ["+ 4", true]);
});

test("no second one comes before the board has told the first", async (t) => {
  const { show, text } = bursting(t);
  show();
  t.mock.timers.tick(1_120);
  await settled();
  assert.equal(show({ seq: 2, button: BUTTONS[1] }, 3_439), false);
  assert.equal(text("flood-what"), "A!");
  assert.equal(show({ seq: 3, button: BUTTONS[2] }, 3_440), true);
  assert.equal(text("flood-what"), "C!");
});

test("a share is never more than all", (t) => {
  const { show, page } = bursting(t);
  show({ own: 7, presses: 5 });
  assert.equal(page.body.querySelector(".flood-strip").children[0].style.width, "100%");
});

test("its colour grows out of its button and shakes, unless somebody wants less motion", async (t) => {
  for (const [media, grows] of [[[], 1], [[CALM], 0]]) {
    const { show, page } = bursting(t, media);
    show();
    const ground = page.body.querySelector(".flood-ground");
    assert.equal(ground.animations.filter(({ frames }) => frames[0].transform === "scale(0)").length, grows);
    assert.equal(page.body.querySelector(".flood-inside").animations.length > 0, grows === 1);
    t.mock.timers.reset();
  }
});

test("somebody who looks again up to a second late hears that the round has begun", async (t) => {
  for (const [now, heard] of [[3_999, ["tick", "go"]], [4_000, ["tick"]]]) {
    const { show, beats } = counting(t);
    show(2_500);
    show(now);
    await settled();
    assert.deepEqual(beats, heard);
  }
});

test("of many buttons the first, one in the middle and the last lend their colour", (t) => {
  const { show, flood } = counting(t);
  const five = ["#4b93ff", "#000000", "#86cc36", "#000000", "#ff6450"].map((color, n) => button(`b${n}`, color));
  const seen = [0, 1_000, 2_000].map((now) => {
    show(now, { buttons: five });
    return flood().style["--color"];
  });
  assert.deepEqual(seen, COLORS);
});

test("where all buttons are off the first lends its colour", (t) => {
  const { show, flood } = counting(t);
  show(0, { buttons: BUTTONS.map((each) => ({ ...each, enabled: false })) });
  assert.deepEqual([flood().style["--color"], flood().hidden], [COLORS[0], false]);
});

test("each second is stamped while the ground turns, and the last colour shrinks into its button", async (t) => {
  const { show, flood, page } = counting(t, []);
  show(0);
  show(1_000);
  const [digit, rays, inside] = ["flood-digit", "flood-rays", "flood-inside"].map((name) => page.body.querySelector(`.${name}`));
  assert.deepEqual(digit.animations.map(({ frames, duration }) => [frames.at(-1).transform, duration]), [["none", 260], ["none", 260]]);
  assert.deepEqual(rays.animations.map(({ duration, fill }) => [duration, fill]), [[1_000, "forwards"], [1_000, "forwards"]]);
  const shrinking = [];
  flood().animate = (frames, options) => {
    shrinking.push([frames, options.duration, options.fill]);
    return { finished: Promise.resolve(), cancel: () => shrinking.push("cancelled") };
  };
  show(3_000);
  assert.deepEqual(inside.animations.map(({ frames, duration }) => [frames.map(({ opacity }) => opacity), duration]), [[[1, 0], 150]]);
  await settled();
  const into = "translate(10px, 20px) scale(0.2564102564102564, 0.11848341232227488)";
  assert.deepEqual(shrinking, [[[{ transform: "none" }, { transform: into }], 300, "forwards"], "cancelled"]);
  assert.deepEqual([flood().hidden, inside.animations], [true, []]);
});

test("a countdown that is over in silence fades where it is", (t) => {
  const { show, flood } = counting(t, []);
  show(2_500);
  const [before] = [flood().animations.length];
  show(2_600, { open: false, startsAt: 0 });
  const { frames } = flood().animations[before];
  assert.deepEqual(frames.map(({ opacity }) => opacity), [1, 0]);
});

test("whoever wants less motion sees it fade in once and out, and nothing else", (t) => {
  const { show, flood, page } = counting(t);
  const fadings = [];
  const { animate } = flood();
  flood().animate = (frames, duration) => {
    fadings.push(duration);
    return animate.call(flood(), frames, duration);
  };
  show(0);
  show(1_000);
  assert.deepEqual(flood().animations.map(({ frames }) => frames.map(({ opacity }) => opacity)), [[0, 1]]);
  const still = ["flood-digit", "flood-rays"].map((name) => page.body.querySelector(`.${name}`).animations.length);
  assert.deepEqual(still, [0, 0]);
  show(3_000);
  assert.deepEqual(flood().animations[1].frames.map(({ opacity }) => opacity), [1, 0]);
  assert.deepEqual(fadings, [120, 120]);
});

test("a burst's colour is a circle around its button that reaches the farthest corner", async (t) => {
  const { show, page, flood } = bursting(t, []);
  show();
  const ground = page.body.querySelector(".flood-ground");
  const [top, , , left] = ground.style.inset.split(" ").map(Number.parseFloat);
  const radius = Number.parseFloat(ground.style.width) / 2;
  assert.deepEqual([left + radius, top + radius, ground.style.height, ground.style.borderRadius], [60, 70, ground.style.width, "50%"]);
  assert.equal(radius, Math.hypot(390 - 60, 844 - 70));
  assert.deepEqual(ground.animations.map(({ frames, duration }) => [frames[0].transform, frames[1].transform, duration]), [["scale(0)", "none", 220]]);
  await settled();
  assert.equal(Object.keys(ground.style).some((name) => ["inset", "width", "height", "border-radius"].includes(name)), false);
  assert.equal(flood().hidden, false);
});

test("what a burst says comes into sight, and shakes to both sides, once its colour is there", (t) => {
  const { show, page } = bursting(t, []);
  show();
  const [comes, shakes] = page.body.querySelector(".flood-inside").animations;
  assert.deepEqual([comes.frames.map(({ opacity }) => opacity), comes.duration, comes.delay, comes.fill], [[0, 1], 55, 220, "backwards"]);
  const ways = shakes.frames.map(({ transform }) => Number.parseFloat(transform.slice("translateX(".length)));
  assert.deepEqual([ways[0], ways.at(-1), Math.min(...ways), Math.max(...ways)], [0, 0, -6, 6]);
  assert.ok(ways.slice(1, -2).every((way, n) => way === -ways[n + 2]));
  assert.deepEqual([shakes.duration, shakes.delay], [240, 220]);
  const [stamp] = page.body.querySelector(".flood-icon").animations;
  assert.deepEqual([stamp.frames.at(-1).transform, stamp.duration, stamp.delay], ["none", 260, 220]);
});

test("a burst folds into the board", async (t) => {
  const { show, page, flood } = bursting(t, []);
  const folding = [];
  page.body.querySelector("#board").getBoundingClientRect = () => ({ left: 0, top: 84.4, width: 39, height: 84.4 });
  flood().animate = (frames, options) => {
    folding.push([frames[1].transform, options.duration]);
    return { finished: Promise.resolve(), cancel() {} };
  };
  show();
  t.mock.timers.tick(1_120);
  await settled();
  assert.deepEqual(folding, [["translate(0px, 84.4px) scale(0.1, 0.1)", 320]]);
});

test("a burst whose button is nowhere on the screen does not grow", (t) => {
  const opened = open(t, []);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const burst = new Burst(TEXTS, ({ eventType }) => eventType, () => undefined);
  burst.show({ button: BUTTONS[0], seq: 1, people: 1, presses: 1, own: 1 }, 0);
  assert.deepEqual([opened.page.body.querySelector(".flood-ground").animations, opened.flood().hidden], [[], false]);
});

test("where no presses are known to be one's own no share is shown", (t) => {
  for (const values of [{ own: 0 }, { presses: 0 }]) {
    const { show, text, page, flood } = bursting(t);
    show(values);
    assert.deepEqual([text("flood-share"), flood().hasAttribute("data-shared")], ["", false]);
    assert.equal(page.body.querySelector(".flood-strip").children[0].style.width, "0%");
    t.mock.timers.reset();
  }
});

test("what becomes known of a burst that is over changes nothing", async (t) => {
  const { show, text } = bursting(t);
  show({ people: 0 });
  t.mock.timers.tick(1_120);
  await settled();
  show({ people: 9 });
  assert.equal(text("flood-others"), "alone");
});

test("a burst has the colour and the icon of its button", (t) => {
  const { show, flood, text } = bursting(t);
  show({ button: { ...BUTTONS[1], icon: "🦊" } });
  assert.deepEqual([flood().style["--color"], text("flood-icon")], [COLORS[1], "🦊"]);
});

test("a single press of one's own is a share, too", (t) => {
  const { show, text, flood } = bursting(t);
  show({ own: 1, presses: 1 });
  assert.deepEqual([text("flood-share"), flood().hasAttribute("data-shared")], ["1/1 yours", true]);
});
