import assert from "node:assert/strict";
import { test } from "node:test";

import { FileRefused, soundIn, Upload, Uploads } from "../../../api_service/pages/web/console/settings/files.js";
import { StreamarioError } from "../../../clients/web/streamario.js";

const TEXTS = { file_problems: { large: "too large" }, refused: ({ code }) => `refused: ${code}` };

/** A promise that ends when the test says so. */
function held() {
  const ends = {};
  const promise = new Promise((resolve, reject) => Object.assign(ends, { resolve, reject }));
  return { promise, ...ends };
}

/** An upload of files that are promises of their ids, and what it did. */
function uploads() {
  const taken = [];
  let draws = 0;
  const upload = new Upload({
    ...{ texts: TEXTS, prepare: async (file) => file, upload: async (blob) => blob },
    ...{ take: (id) => taken.push(id), changed: () => (draws += 1) },
  });
  return { upload, taken, draws: () => draws };
}

test("a file is made ready, uploaded and taken", async () => {
  const steps = [];
  assert.equal(uploads().upload.isUnderWay, false);
  const upload = new Upload({
    texts: TEXTS,
    prepare: async (file) => `${file} made ready`,
    upload: async (blob) => steps.push(blob) && "id",
    take: (id) => steps.push(id),
    changed: () => steps.push(upload.isUnderWay),
  });
  await upload.send("file");
  assert.deepEqual(steps, [true, "file made ready", "id", false]);
});

test("why a file was refused is said, until the next one", async () => {
  const { upload, taken } = uploads();
  await upload.send(Promise.reject(new FileRefused("large")));
  assert.deepEqual([upload.refusal, upload.isUnderWay], ["too large", false]);
  await upload.send(Promise.reject(new StreamarioError("overloaded", "")));
  assert.equal(upload.refusal, "refused: overloaded");
  const next = upload.send("id");
  assert.deepEqual([upload.refusal, upload.isUnderWay], ["", true]);
  await next;
  assert.deepEqual(taken, ["id"]);
});

test("a later choice replaces a file that is under way", async () => {
  const { upload, taken, draws } = uploads();
  const { promise, resolve } = held();
  const first = upload.send(promise);
  await upload.send("second");
  upload.set("third");
  assert.equal(draws(), 5); // two files begin, one is there, and a choice begins and is made
  const drawn = draws();
  resolve("first");
  await first;
  assert.deepEqual([taken, draws(), upload.isUnderWay], [["second", "third"], drawn, false]);
});

test("why an earlier file was refused is not said of a later one", async () => {
  const { upload } = uploads();
  const { promise, reject } = held();
  const first = upload.send(promise);
  upload.set("");
  reject(new FileRefused("large"));
  await first;
  assert.equal(upload.refusal, "");
});

test("a bug is no refusal: it is thrown", async () => {
  const { upload } = uploads();
  await assert.rejects(upload.send(Promise.reject(new TypeError("bug"))), /bug/);
  assert.equal(upload.isUnderWay, false);
});

/** Where files of a draft come from: `sends(key, file)` sends one, `draws()` counts. */
function draftOf() {
  let draws = 0;
  const all = new Uploads({ texts: TEXTS, upload: async (blob) => blob, changed: () => (draws += 1) });
  const owner = {};
  const at = (key) => all.of(owner, key, { prepare: (file) => file, take: (id) => (owner[key] = id) });
  return { all, owner, at, sends: (key, file) => at(key).send(file), draws: () => draws };
}

test("whoever leaves or saves learns of files under way, until all are there", async () => {
  const { all, owner, at, sends, draws } = draftOf();
  assert.equal(at("logo"), at("logo"));
  assert.notEqual(at("logo"), at("background"));
  assert.equal(all.areUnderWay, false);
  const [logo, background] = [held(), held()];
  const sent = [sends("logo", logo.promise), sends("background", background.promise)];
  assert.deepEqual([all.areUnderWay, draws()], [true, 2]);
  let isSettled = false;
  const settled = all.settled().then(() => (isSettled = true));
  logo.resolve("l");
  await sent[0];
  assert.deepEqual([all.areUnderWay, isSettled], [true, false]);
  background.reject(new FileRefused("large"));
  await Promise.all([...sent, settled]);
  assert.deepEqual([all.areUnderWay, isSettled, owner, draws()], [false, true, { logo: "l" }, 4]);
  await all.settled();
});

test("a file for a draft that was discarded is not waited for", async () => {
  const { all, sends } = draftOf();
  const { promise, resolve } = held();
  const sent = sends("logo", promise);
  const settled = all.settled();
  all.forget();
  assert.equal(all.areUnderWay, false);
  await settled;
  resolve("l");
  await sent;
  assert.equal(all.areUnderWay, false);
});

/** A browser that can play a sound, or none. */
function player(t, isPlayable = true) {
  globalThis.OfflineAudioContext = class {
    async decodeAudioData() {
      if (!isPlayable) throw new Error("broken");
    }
  };
  t.after(() => delete globalThis.OfflineAudioContext);
}

const file = (head, size = 20) => {
  const bytes = new Uint8Array(size);
  bytes.set(Buffer.from(head, "latin1").subarray(0, size));
  return new Blob([bytes], { type: "text/plain" });
};

test("a sound is what it is, whatever it is called", async (t) => {
  player(t);
  const heads = ["ID3", "\xff\xfb", "OggS", "RIFF\n123WAVE"];
  const types = await Promise.all(heads.map(async (head) => (await soundIn(file(head))).type));
  assert.deepEqual(types, ["audio/mpeg", "audio/mpeg", "audio/ogg", "audio/wav"]);
  assert.equal((await soundIn(file("OggS", 204_800))).size, 204_800);
});

test("what is no sound, too large or broken is refused", async (t) => {
  player(t);
  for (const head of ["", "RIFF1234WEBP", " OggS", "\xff\xdf"]) {
    await assert.rejects(soundIn(file(head)), { code: "no_sound" });
  }
  await assert.rejects(soundIn(file("OggS", 204_801)), { code: "large_sound" });
  await assert.rejects(soundIn(file("", 0)), { code: "no_sound" });
  player(t, false);
  await assert.rejects(soundIn(file("OggS")), { code: "broken_sound" });
});
