import assert from "node:assert/strict";
import { test } from "node:test";

import { optionsOf, withSamples } from "../../../api_service/pages/web/overlay/options.js";

test("an address without options asks for everything as it is", () => {
  const options = optionsOf("", ["ja", "en"]);
  const { hidden, shown, ...rest } = options;
  assert.deepEqual([hidden.size, shown.size], [0, 0]);
  assert.deepEqual(rest, {
    ...{ position: "bottom", style: "burst", buttons: [], isSilent: false, volume: 1 },
    ...{ languages: ["ja", "en"], isPreview: false, scale: 1 },
  });
});

test("an address may ask for all of it", () => {
  const query =
    "?position=right&style=plain&buttons=a,,b&hide=bars,timer&show=qr&sound=0&volume=0.25&lang=en&scale=1.5&preview=1";
  const { hidden, shown, ...rest } = optionsOf(query, ["ja"]);
  assert.deepEqual([[...hidden], [...shown]], [["bars", "timer"], ["qr"]]);
  assert.deepEqual(rest, {
    ...{ position: "right", style: "plain", buttons: ["a", "b"], isSilent: true, volume: 0.25 },
    ...{ languages: ["en", "ja"], isPreview: true, scale: 1.5 },
  });
});

test("the styles of older addresses are bursts", () => {
  assert.deepEqual(["burst", "banner"].map((style) => optionsOf(`?style=${style}`, []).style), ["burst", "burst"]);
});

test("what is not known, or too large, is not taken", () => {
  const options = (query) => optionsOf(query, []);
  assert.deepEqual([options("?position=middle").position, options("?style=loud").style], ["bottom", "burst"]);
  assert.deepEqual([options("?sound=1").isSilent, options("?preview=0").isPreview], [false, false]);
  const volumes = ["2", "-1", "0", "x"].map((volume) => options(`?volume=${volume}`).volume);
  assert.deepEqual(volumes, [1, 0, 0, 1]);
  const scales = ["9", "0.1", "0", "x", "4", "0.5"].map((scale) => options(`?scale=${scale}`).scale);
  assert.deepEqual(scales, [4, 0.5, 1, 1, 4, 0.5]);
});

const STATE = { viewerCount: 0, roundEndsAt: null, roundLeftMs: null, roundLimitMs: 0, title: "T" };

test("a preview shows sample figures where there are none yet", () => {
  assert.deepEqual(withSamples(STATE), { ...STATE, viewerCount: 24, roundLeftMs: 300_000 });
  assert.equal(withSamples({ ...STATE, roundLimitMs: 60_000 }).roundLeftMs, 60_000);
});

test("real figures stay", () => {
  const paused = { ...STATE, viewerCount: 3, roundLeftMs: 700, roundLimitMs: 60_000 };
  assert.deepEqual(withSamples(paused), paused);
  const running = { ...STATE, viewerCount: 3, roundEndsAt: 900, roundLimitMs: 60_000 };
  assert.deepEqual(withSamples(running), running);
});
