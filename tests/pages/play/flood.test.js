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
function counting(t) {
  const opened = open(t);
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
