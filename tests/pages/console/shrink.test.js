import assert from "node:assert/strict";
import { test } from "node:test";

import { shrunk } from "../../../api_service/pages/web/console/settings/files.js";

/** A browser whose pictures are so large; `sizeOf(width, quality)` is how many bytes a picture takes. */
function browser(t, [width, height], sizeOf, type = "image/webp") {
  const drawn = [];
  const canvas = { drawn, closed: 0 };
  globalThis.createImageBitmap = async () => {
    if (width === 0) throw new Error("no picture");
    return { width, height, close: () => (canvas.closed += 1) };
  };
  globalThis.document = {
    createElement: () => ({
      getContext: () => ({ drawImage() {} }),
      toBlob(done, wanted, quality) {
        drawn.push([this.width, this.height, quality]);
        assert.equal(wanted, "image/webp");
        done(new Blob([new Uint8Array(sizeOf(this.width, quality))], { type }));
      },
    }),
  };
  t.after(() => {
    delete globalThis.document;
    delete globalThis.createImageBitmap;
  });
  return canvas;
}

const file = (size = 100) => Object.defineProperty(new Blob(["x"]), "size", { value: size });
const webp = (flags, size = 100) => {
  const bytes = new Uint8Array(size);
  bytes.set(Buffer.from("RIFF....WEBPVP8X....", "latin1"));
  bytes[20] = flags;
  return new Blob([bytes]);
};

test("a picture is made no larger than its longer side may be, and never larger than it is", async (t) => {
  const canvas = browser(t, [1_000, 400], () => 10);
  assert.equal((await shrunk(file(), { longest: 250 })).size, 10);
  await shrunk(file(), { longest: 5_000 });
  assert.deepEqual([canvas.drawn, canvas.closed], [[[250, 100, 0.85], [1_000, 400, 0.85]], 2]);
});

test("a thin picture keeps a pixel", async (t) => {
  const canvas = browser(t, [1_000, 1], () => 10);
  await shrunk(file(), { longest: 100 });
  assert.deepEqual(canvas.drawn, [[100, 1, 0.85]]);
});

test("where it takes too many bytes its quality is less, and then its size", async (t) => {
  const sizeOf = (width, quality) => (width === 1_000 ? 262_144 : quality < 0.7 ? 65_536 : 65_537);
  const canvas = browser(t, [1_000, 1_000], sizeOf);
  const blob = await shrunk(file(), { longest: 1_000 });
  assert.equal(blob.size, 65_536);
  assert.deepEqual(canvas.drawn, [
    [1_000, 1_000, 0.85],
    [1_000, 1_000, 0.6],
    [1_000, 1_000, 0.35],
    [500, 500, 0.85],
    [500, 500, 0.6],
  ]);
});

test("it becomes a tenth smaller at least", async (t) => {
  const canvas = browser(t, [1_000, 1_000], (width) => (width === 1_000 ? 66_000 : 10));
  await shrunk(file(), { longest: 1_000 });
  assert.deepEqual(canvas.drawn.at(-1), [900, 900, 0.85]);
});

test("an animation stays as it is where it may move, and may not be too large", async (t) => {
  const canvas = browser(t, [100, 100], () => 10);
  const blob = await shrunk(webp(2, 65_536), { longest: 50, mayMove: true });
  assert.deepEqual([blob.size, blob.type, canvas.drawn], [65_536, "image/webp", []]);
  await assert.rejects(shrunk(webp(2, 65_537), { longest: 50, mayMove: true }), { code: "large_animation" });
  assert.equal(canvas.closed, 2);
});

test("what does not move, or may not, is drawn", async (t) => {
  const canvas = browser(t, [100, 100], () => 10);
  await shrunk(webp(16), { longest: 50, mayMove: true });
  await shrunk(webp(2), { longest: 50 });
  await shrunk(file(), { longest: 50, mayMove: true });
  assert.equal(canvas.drawn.length, 3);
});

test("a file that is too large, no picture, or that the browser cannot encode is refused", async (t) => {
  browser(t, [100, 100], () => 10);
  await assert.rejects(shrunk(file(20_000_001), { longest: 50 }), { code: "large_file" });
  await shrunk(file(20_000_000), { longest: 50 });
  browser(t, [0, 0], () => 10);
  await assert.rejects(shrunk(file(), { longest: 50 }), { code: "no_picture" });
  const canvas = browser(t, [100, 100], () => 10, "image/png");
  await assert.rejects(shrunk(file(), { longest: 50 }), { code: "no_webp" });
  assert.equal(canvas.closed, 1);
});
