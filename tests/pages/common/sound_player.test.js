import assert from "node:assert/strict";
import { test } from "node:test";

import { SoundPlayer } from "../../../api_service/pages/web/common/sound_player.js";
import { happen, openDocument } from "../dom.js";
import { fixChance, settled, stopTime } from "../time.js";

/** Web Audio of a browser that lets the page sound after a touch, or at once; `played` is what it plays. */
function audio(t, { isTouched = true, answers = {} } = {}) {
  const passes = stopTime(t);
  fixChance(t, 0);
  const page = openDocument(t);
  const value = { userActivation: { hasBeenActive: isTouched } };
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value, configurable: true });
  t.after(() => (before ? Object.defineProperty(globalThis, "navigator", before) : delete globalThis.navigator));
  const played = [];
  const asked = [];
  const made = { context: null, gain: null };
  const parameter = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
  class AudioPart {
    gain = parameter;
    frequency = parameter;

    constructor(_, options) {
      this.options = options;
      if (typeof options?.gain === "number" && options.gain > 0) made.gain = options.gain;
    }

    connect = (to) => to;
    disconnect = () => played.push("cut off");
    start = (...times) => played.push(times.length > 1 ? `file of ${this.options.buffer.duration}` : times[0]);
    stop() {}
  }
  const names = ["GainNode", "OscillatorNode", "AudioBufferSourceNode", "BiquadFilterNode", "DynamicsCompressorNode"];
  for (const name of [...names, "WaveShaperNode"]) globalThis[name] = AudioPart;
  globalThis.AudioBuffer = class {
    copyToChannel() {}
  };
  globalThis.AudioContext = class {
    currentTime = 0;
    state = "suspended";
    destination = {};
    sampleRate = 10;

    constructor() {
      made.context = this;
    }

    async resume() {
      this.state = "running";
    }

    suspend() {
      this.state = "suspended";
    }

    decodeAudioData = async () => ({ duration: 20 });
  };
  t.mock.method(globalThis, "fetch", async (url) => {
    asked.push(url);
    const answer = answers[url.split("/").at(-1)];
    if (answer instanceof Error) throw answer;
    await made.slow;
    return new Response("x", { status: answer ?? 200 });
  });
  const player = new SoundPlayer(0.5);
  const touch = async () => {
    value.userActivation.hasBeenActive = true;
    happen(page, "pointerup");
    await settled();
  };
  return Object.assign(made, { player, played, asked, touch, passes, answers });
}

test("nothing sounds until sounds are on", async (t) => {
  const { player, played } = audio(t);
  assert.equal(player.isOn, false);
  await player.play("coin");
  assert.deepEqual(played, []);
  await player.turnOn();
  await player.play("coin");
  await player.play("");
  assert.deepEqual([player.isOn, played], [true, [0, 0.08]]);
});

test("a page that was not touched yet is silent until it is", async (t) => {
  const { player, played, touch } = audio(t, { isTouched: false });
  await player.turnOn();
  await player.play("coin");
  assert.deepEqual(played, []);
  await touch();
  await player.play("coin");
  assert.equal(played.length, 2);
});

test("a touch wakes no sounds that are off", async (t) => {
  const made = audio(t);
  await made.player.turnOn();
  made.player.turnOff();
  await made.touch();
  assert.equal(made.context.state, "suspended");
});

test("the same sound comes no sooner than after 80 ms, another one at once", async (t) => {
  const made = audio(t);
  await made.player.turnOn();
  await made.player.play("drum");
  const { length } = made.played;
  made.context.currentTime = 0.079;
  await made.player.play("drum");
  assert.equal(made.played.length, length);
  await made.player.play("coin");
  assert.equal(made.played.length, length + 2);
  made.context.currentTime = 0.08;
  await made.player.play("drum");
  assert.equal(made.played.length, 2 * length + 2);
});

test("six sounds play at once, and more when one has ended", async (t) => {
  const made = audio(t);
  await made.player.turnOn();
  const sounds = ["chime", "zap", "boom", "coin", "fanfare", "drum"];
  for (const sound of sounds) await made.player.play(sound);
  const { length } = made.played;
  await made.player.play("whoosh");
  assert.equal(made.played.length, length);
  made.context.currentTime = 0.51;
  await made.player.play("whoosh");
  assert.ok(made.played.length > length);
});

test("sounds that are turned off break off, and do not count any more", async (t) => {
  const made = audio(t);
  await made.player.turnOn();
  for (const sound of ["chime", "zap", "boom", "coin", "fanfare", "drum"]) await made.player.play(sound);
  made.player.turnOff();
  assert.deepEqual([made.player.isOn, made.context.state, made.played.at(-1)], [false, "suspended", "cut off"]);
  const { context } = made;
  await made.player.turnOn();
  await made.player.play("whoosh");
  assert.notEqual(made.played.at(-1), "cut off");
  assert.deepEqual([made.context === context, made.gain], [true, 0.5]);
});

test("an uploaded sound is loaded once, and played for ten seconds at most", async (t) => {
  const made = audio(t);
  made.player.prepare(["id"]);
  assert.deepEqual(made.asked, []);
  await made.player.turnOn();
  made.player.prepare(["id", "", "coin"]);
  await made.player.play("id");
  assert.deepEqual([made.asked, made.played], [["/api/media/id"], ["file of 20"]]);
  for (const sound of ["chime", "zap", "boom", "coin", "fanfare"]) await made.player.play(sound);
  const { length } = made.played;
  made.context.currentTime = 9.99;
  for (const sound of ["chime", "zap", "boom", "coin", "fanfare"]) await made.player.play(sound);
  await made.player.play("drum");
  assert.equal(made.played.length > length, true);
});

test("a sound that took a second to load is not played", async (t) => {
  const made = audio(t);
  await made.player.turnOn();
  let load;
  made.slow = new Promise((resolve) => (load = resolve));
  const [late, early] = [made.player.play("late"), made.player.play("early")];
  made.context.currentTime = 1;
  load();
  await Promise.all([late, early]);
  assert.deepEqual(made.played, []);
  made.context.currentTime = 1.5;
  await made.player.play("late");
  assert.deepEqual(made.played, ["file of 20"]);
});

test("what only failed is asked for again, ever more slowly, and what is not there never", async (t) => {
  const made = audio(t, { answers: { busy: 503, gone: 404, lost: new TypeError("offline") } });
  await made.player.turnOn();
  for (const id of ["busy", "gone"]) await made.player.play(id);
  assert.deepEqual(made.played, []);
  const of = (id) => made.asked.filter((url) => url.endsWith(id)).length;
  await made.passes(450);
  assert.equal(of("busy"), 1);
  await made.passes(100);
  assert.equal(of("busy"), 2);
  await made.passes(900);
  assert.equal(of("busy"), 2);
  made.answers.busy = 200;
  await made.passes(200);
  made.context.currentTime = 1;
  await made.player.play("busy");
  assert.deepEqual([of("busy"), of("gone"), made.played], [3, 1, ["file of 20"]]);
  await made.player.play("lost");
  await made.passes(600);
  assert.equal(of("lost"), 2);
});
