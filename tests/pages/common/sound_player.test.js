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
  const requests = [];
  const speaker = { context: null, gain: null };
  const parameter = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
  class AudioPart {
    gain = parameter;
    frequency = parameter;

    constructor(_, options) {
      this.options = options;
      if (typeof options?.gain === "number" && options.gain > 0) speaker.gain = options.gain;
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
      speaker.context = this;
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
    requests.push(url);
    const answer = answers[url.split("/").at(-1)];
    if (answer instanceof Error) throw answer;
    await speaker.slow;
    return new Response("x", { status: answer ?? 200 });
  });
  const player = new SoundPlayer(0.5);
  const touch = async () => {
    value.userActivation.hasBeenActive = true;
    happen(page, "pointerup");
    await settled();
  };
  return Object.assign(speaker, { player, played, requests, touch, passes, answers });
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
  const speaker = audio(t);
  await speaker.player.turnOn();
  speaker.player.turnOff();
  await speaker.touch();
  assert.equal(speaker.context.state, "suspended");
});

test("the same sound comes no sooner than after 80 ms, another one at once", async (t) => {
  const speaker = audio(t);
  await speaker.player.turnOn();
  await speaker.player.play("drum");
  const { length } = speaker.played;
  speaker.context.currentTime = 0.079;
  await speaker.player.play("drum");
  assert.equal(speaker.played.length, length);
  await speaker.player.play("coin");
  assert.equal(speaker.played.length, length + 2);
  speaker.context.currentTime = 0.08;
  await speaker.player.play("drum");
  assert.equal(speaker.played.length, 2 * length + 2);
});

test("one beat of a kind comes in 150 ms, and only while sounds are on", async (t) => {
  const speaker = audio(t);
  speaker.player.beat("tick");
  await speaker.player.turnOn();
  speaker.player.beat("tick");
  speaker.context.currentTime = 0.149;
  speaker.player.beat("tick");
  assert.deepEqual(speaker.played, [0]);
  speaker.player.beat("arrive");
  speaker.context.currentTime = 0.15;
  speaker.player.beat("tick");
  assert.deepEqual(speaker.played, [0, 0.149, 0.15]);
});

test("a trigger sounds as its button does, or as the beat", async (t) => {
  const speaker = audio(t);
  await speaker.player.turnOn();
  await speaker.player.burst("coin");
  assert.deepEqual(speaker.played, [0, 0.08]);
  speaker.player.burst("");
  assert.equal(speaker.played.length, 2 + 4);
});

test("six sounds play at once, and more when one has ended", async (t) => {
  const speaker = audio(t);
  await speaker.player.turnOn();
  const sounds = ["chime", "zap", "boom", "coin", "fanfare", "drum"];
  for (const sound of sounds) await speaker.player.play(sound);
  const { length } = speaker.played;
  await speaker.player.play("whoosh");
  assert.equal(speaker.played.length, length);
  speaker.context.currentTime = 0.51;
  await speaker.player.play("whoosh");
  assert.ok(speaker.played.length > length);
});

test("sounds that are turned off break off, and do not count any more", async (t) => {
  const speaker = audio(t);
  await speaker.player.turnOn();
  for (const sound of ["chime", "zap", "boom", "coin", "fanfare", "drum"]) await speaker.player.play(sound);
  speaker.player.turnOff();
  assert.deepEqual([speaker.player.isOn, speaker.context.state], [false, "suspended"]);
  assert.equal(speaker.played.at(-1), "cut off");
  const { context } = speaker;
  await speaker.player.turnOn();
  await speaker.player.play("whoosh");
  assert.notEqual(speaker.played.at(-1), "cut off");
  assert.deepEqual([speaker.context === context, speaker.gain], [true, 0.5]);
});

test("an uploaded sound is loaded once, and played for ten seconds at most", async (t) => {
  const speaker = audio(t);
  speaker.player.prepare(["id"]);
  assert.deepEqual(speaker.requests, []);
  await speaker.player.turnOn();
  speaker.player.prepare(["id", "", "coin"]);
  await speaker.player.play("id");
  assert.deepEqual([speaker.requests, speaker.played], [["/api/media/id"], ["file of 20"]]);
  for (const sound of ["chime", "zap", "boom", "coin", "fanfare"]) await speaker.player.play(sound);
  const { length } = speaker.played;
  speaker.context.currentTime = 9.99;
  for (const sound of ["chime", "zap", "boom", "coin", "fanfare"]) await speaker.player.play(sound);
  await speaker.player.play("drum");
  assert.equal(speaker.played.length > length, true);
});

test("a sound that took a second to load is not played", async (t) => {
  const speaker = audio(t);
  await speaker.player.turnOn();
  let load;
  speaker.slow = new Promise((resolve) => (load = resolve));
  const [late, early] = [speaker.player.play("late"), speaker.player.play("early")];
  speaker.context.currentTime = 1;
  load();
  await Promise.all([late, early]);
  assert.deepEqual(speaker.played, []);
  speaker.context.currentTime = 1.5;
  await speaker.player.play("late");
  assert.deepEqual(speaker.played, ["file of 20"]);
});

test("what only failed is asked for again, ever more slowly, and what is not there never", async (t) => {
  const speaker = audio(t, { answers: { busy: 503, gone: 404, lost: new TypeError("offline") } });
  await speaker.player.turnOn();
  for (const id of ["busy", "gone"]) await speaker.player.play(id);
  assert.deepEqual(speaker.played, []);
  const of = (id) => speaker.requests.filter((url) => url.endsWith(id)).length;
  await speaker.passes(450);
  assert.equal(of("busy"), 1);
  await speaker.passes(100);
  assert.equal(of("busy"), 2);
  await speaker.passes(900);
  assert.equal(of("busy"), 2);
  speaker.answers.busy = 200;
  await speaker.passes(200);
  speaker.context.currentTime = 1;
  await speaker.player.play("busy");
  assert.deepEqual([of("busy"), of("gone"), speaker.played], [3, 1, ["file of 20"]]);
  await speaker.player.play("lost");
  await speaker.passes(600);
  assert.equal(of("lost"), 2);
});
