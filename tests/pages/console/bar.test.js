import assert from "node:assert/strict";
import { test } from "node:test";

import {
  countOf,
  endOf,
  faceOf,
  Guard,
  lastedSeconds,
  moodIn,
  moodsOf,
  nextSecondOf,
  placeOfKey,
  RoundTime,
} from "../../../api_service/pages/web/console/bar/face.js";
import { en } from "../../../api_service/pages/web/console/texts/en.js";
import { stopTime } from "../time.js";

const HERE = { isLost: false, keptStop: false };

/** What the places do; with "!" what does nothing now. */
const shown = ({ left, stop, right }) =>
  [left, stop, right].map((place) => (place ? `${place.isOff ? "!" : ""}${place.does}` : "")).join(" ");

test("each phase has its places, and Go on is never where Stop was", () => {
  const faces = {
    loading: "  ",
    missing: "  ",
    active: "  start",
    starting: "notYet  count",
    running: "pause stop end",
    paused: "resume stop end",
    stopped: "resume !stop end",
    ended: "  start",
  };
  for (const [phase, places] of Object.entries(faces)) {
    const face = faceOf({ phase, ...HERE });
    assert.deepEqual([face.state, shown(face.places)], [phase, places]);
  }
});

test("while the server is away only Stop works", () => {
  const away = { isLost: true, keptStop: false };
  const faces = { active: "  !start", starting: "!notYet stop !count", running: "!pause stop !end", stopped: "!resume !stop !end" };
  for (const [phase, places] of Object.entries(faces)) {
    const face = faceOf({ phase, ...away });
    assert.deepEqual([face.state, shown(face.places)], ["lost", places]);
  }
  assert.equal(faceOf({ phase: "missing", ...away }).state, "missing");
});

test("a stop that is not answered yet can be taken back, and is not called done", () => {
  for (const isLost of [true, false]) {
    const face = faceOf({ phase: "running", isLost, keptStop: true });
    assert.deepEqual([face.state, shown(face.places)], ["stopping", "resume !stop !end"]);
  }
  assert.equal(shown(faceOf({ phase: "starting", isLost: true, keptStop: true }).places), "resume !stop !count");
});

test("p pauses and goes on; x stops, and takes back what has just begun: nothing else", () => {
  const pressed = (phase, values) => {
    const { places } = faceOf({ phase, ...HERE, ...values });
    return ["p", "x"].map((key) => places[placeOfKey(key, places)]?.does ?? null);
  };
  const keys = {
    loading: [null, null],
    active: [null, null],
    starting: [null, "notYet"],
    running: ["pause", "stop"],
    paused: ["resume", "stop"],
    stopped: ["resume", null],
    ended: [null, null],
  };
  for (const [phase, does] of Object.entries(keys)) assert.deepEqual(pressed(phase), does, phase);
  assert.deepEqual(pressed("starting", { isLost: true }), [null, "stop"]);
  assert.deepEqual(pressed("running", { keptStop: true }), ["resume", null]);
});

test("a place that has changed takes no click for 600 ms; what it did from the beginning, at once", () => {
  const guard = new Guard();
  assert.equal(guard.takes("left", 0), true);
  guard.show({ left: { does: "pause" }, stop: null }, 1_000);
  assert.equal(guard.takes("left", 1_000), true);
  guard.show({ left: { does: "pause" }, stop: null }, 2_000);
  guard.show({ left: { does: "resume" }, stop: { does: "stop" } }, 3_000);
  guard.show({ left: { does: "resume" }, stop: { does: "stop" } }, 3_500);
  for (const name of ["left", "stop"]) {
    assert.deepEqual([3_000, 3_599, 3_600].map((now) => guard.takes(name, now)), [false, false, true]);
  }
});

test("a room has three moods to choose from, and a fourth where its number is another", () => {
  const chosen = (perMinute) => moodsOf(perMinute).map(({ name, isChosen }) => (isChosen ? name.toUpperCase() : name));
  assert.deepEqual(chosen(12), ["calm", "LIVELY", "wild"]);
  assert.deepEqual(chosen(60), ["calm", "lively", "WILD"]);
  assert.deepEqual(chosen(20), ["calm", "lively", "wild", "OWN"]);
  assert.deepEqual(moodsOf(20).map(({ perMinute }) => perMinute), [4, 12, 60, 20]);
});

test("a mood is told by its name and number, any other by its number alone", () => {
  const words = (perMinute) => moodIn(en, perMinute);
  assert.deepEqual([words(60), words(20), words(1), words(0)], ["Wild 60", "20 a min", "1 a min", "no limit"]);
});

const running = (endsAt, values) => ({ round: 1, roundEndsAt: endsAt, roundLeftMs: null, roundLimitMs: 300_000, ...values });

test("a round's time is what is left of what it was set to", () => {
  const time = new RoundTime();
  const state = running(301_000);
  time.follow(state, 1_000);
  assert.deepEqual(time.at(state, null, 1_000), { left: 300_000, whole: 300_000, share: 1 });
  time.follow(state, 151_000);
  assert.deepEqual(time.at(state, null, 151_000), { left: 150_000, whole: 300_000, share: 0.5 });
});

test("a limit that is changed in mid-round changes the whole, and keeps what is over", () => {
  const time = new RoundTime();
  time.follow(running(300_000), 0);
  time.follow(running(300_000), 60_000);
  time.follow(running(360_000), 61_000); // a minute more
  assert.deepEqual(time.at(running(360_000), null, 61_000), { left: 299_000, whole: 360_000, share: 299 / 360 });
  time.follow(running(361_500), 62_000); // a clock that is set right
  assert.equal(time.at(running(361_500), null, 62_000).whole, 360_000);
  time.follow(running(121_500), 62_000); // four minutes less
  assert.equal(time.at(running(121_500), null, 62_000).whole, 120_000);
});

test("a pause changes nothing of it", () => {
  const time = new RoundTime();
  time.follow(running(300_000), 0);
  time.follow(running(300_000), 100_000);
  const paused = running(null, { roundLeftMs: 200_000 });
  time.follow(paused, 100_000);
  time.follow(paused, 150_000);
  assert.deepEqual(time.at(paused, null, 150_000), { left: 200_000, whole: 300_000, share: 2 / 3 });
  time.follow(running(380_000), 180_000);
  time.follow(running(380_000), 200_000);
  assert.equal(time.at(running(380_000), null, 200_000).whole, 300_000);
});

test("what little a limit is off is not told: the whole has steps of five seconds", () => {
  const time = new RoundTime();
  time.follow(running(303_000, { roundLimitMs: 0 }), 0);
  assert.equal(time.at(running(303_000), null, 0).whole, 305_000);
  time.follow(running(306_000, { roundLimitMs: 0 }), 1_500); // 3 s more
  assert.equal(time.at(running(306_000), null, 1_500).whole, 305_000);
  time.follow(running(308_500, { roundLimitMs: 0 }), 2_000); // and 2.5 s more
  assert.equal(time.at(running(308_500), null, 2_000).whole, 310_000);
});

test("no more than all of the time is left", () => {
  const time = new RoundTime();
  time.follow(running(300_000), 0);
  assert.equal(time.at(running(301_000), null, 0).share, 1);
});

test("the next round, and a limit after none, begin anew", () => {
  const time = new RoundTime();
  time.follow(running(360_000), 0);
  time.follow(running(500_000, { round: 2 }), 200_000);
  assert.equal(time.at(running(500_000), null, 200_000).whole, 300_000);
  const endless = running(null, { round: 2 });
  time.follow(endless, 210_000);
  assert.deepEqual(time.at(endless, 200_000, 210_000), { lasted: 10_000 });
  assert.deepEqual([null, 220_000].map((startedAt) => time.at(endless, startedAt, 210_000).lasted), [0, 0]);
  time.follow(running(810_000, { round: 2 }), 210_000);
  assert.equal(time.at(running(810_000, { round: 2 }), null, 210_000).whole, 600_000);
});

test("a round's beginning is counted down from 3, each number for its second", () => {
  const begins = 10_000;
  const at = (now) => Object.values(countOf(begins, now));
  assert.deepEqual([at(7_000), at(7_300), at(8_000), at(9_999)], [[3, 8_000], [3, 8_000], [2, 9_000], [1, 10_000]]);
});

test("before the countdown, and after it, the 3 stands still", () => {
  assert.deepEqual([countOf(10_000, 6_999), countOf(10_000, 10_000)], Array(2).fill({ count: 3, next: Infinity }));
});

test("a round's end is a time of this computer's clock, and a round without an end has none", (t) => {
  stopTime(t);
  assert.equal(endOf({ roundEndsAt: 61_500 }, 1_500) - Date.now(), 60_000);
  assert.equal(endOf({ roundEndsAt: null }, 1_500), null);
});

test("a time is drawn again when its whole seconds are others", () => {
  assert.equal(nextSecondOf({ left: 2_300 }, 100), 400);
  assert.equal(nextSecondOf({ left: 2_000 }, 100), 1_100);
  assert.equal(nextSecondOf({ left: 0 }, 100), Infinity);
  assert.equal(nextSecondOf({ lasted: 2_300 }, 100), 800);
  assert.equal(lastedSeconds(2_900), 2_000);
});
