import assert from "node:assert/strict";
import { test } from "node:test";

import { BEATS, BUILT_INS, limiter, synthesise } from "../../../api_service/pages/web/common/sounds.js";

/** Web Audio that notes what it is told: `sung` are the voices, `chain` what the limiter is made of. */
function audio(t) {
  const sung = [];
  const chain = [];
  const parameter = (steps) => ({
    setValueAtTime: (value, at) => steps.push(["set", value, at]),
    linearRampToValueAtTime: (value, at) => steps.push(["linear", value, at]),
    exponentialRampToValueAtTime: (value, at) => steps.push(["exponential", value, at]),
  });
  class AudioPart {
    constructor(_, options) {
      this.options = options;
      this.steps = [];
      this.gain = this.frequency = parameter(this.steps);
      chain.push([this.constructor.name, options]);
    }

    connect(to) {
      this.to = to;
      return to;
    }

    start(at) {
      const filter = this.to.steps && this.to.constructor.name === "BiquadFilterNode" ? this.to : this;
      sung.push({ wave: this.options.type ?? "noise", pitch: filter.steps, loud: filter.to.steps, from: at });
    }

    stop(at) {
      sung.at(-1).until = at;
    }
  }
  const names = ["GainNode", "OscillatorNode", "AudioBufferSourceNode", "BiquadFilterNode", "DynamicsCompressorNode"];
  for (const name of [...names, "WaveShaperNode"]) globalThis[name] = { [name]: class extends AudioPart {} }[name];
  globalThis.AudioBuffer = class {
    copyToChannel(samples, channel) {
      assert.equal(channel, 0); // the only one
      this.samples = samples;
    }
  };
  t.after(() => {
    for (const name of [...names, "WaveShaperNode", "AudioBuffer"]) delete globalThis[name];
  });
  return { sung, chain, context: { sampleRate: 100, destination: "ears" } };
}

test("a sound ends with its last voice", (t) => {
  const { context } = audio(t);
  const ends = BUILT_INS.map((name) => [name, Number(synthesise(context, {}, name, 10).toFixed(2))]);
  assert.deepEqual(Object.fromEntries(ends), {
    ...{ chime: 11.29, zap: 10.6, boom: 11, coin: 10.68, fanfare: 11.36, drum: 10.51, whoosh: 10.8 },
  });
});

test("a beat is as short as it comes often", (t) => {
  const { context } = audio(t);
  const ends = BEATS.map((name) => [name, Number(synthesise(context, {}, name, 10).toFixed(2))]);
  assert.deepEqual(Object.fromEntries(ends), {
    ...{ arrive: 10.12, tick: 10.16, go: 10.7, close: 10.19 },
    ...{ burst: 11, done: 10.51, failed: 10.54, finale: 11.96 },
  });
});

test("no beat is as loud as a button's sound", (t) => {
  const { sung, context } = audio(t);
  const loudest = (names) => {
    sung.length = 0;
    return names.map((name) => {
      sung.length = 0;
      synthesise(context, {}, name, 0);
      return Math.max(...sung.filter(({ wave }) => wave !== "noise").map(({ loud }) => loud[1][1]));
    });
  };
  const [beats, buttons] = [loudest(BEATS), loudest(BUILT_INS.filter((name) => name !== "whoosh"))];
  assert.ok(Math.max(...beats) <= 0.35 && Math.min(...buttons) >= 0.3, `${beats} ${buttons}`);
});

test("a voice rises, fades out, and goes from one pitch to another", (t) => {
  const { sung, context } = audio(t);
  synthesise(context, {}, "zap", 10);
  const [{ wave, pitch, loud, from, until }, second] = sung;
  assert.deepEqual([wave, from, until, sung.length, second.wave], ["sawtooth", 10, 10.6, 2, "square"]);
  assert.deepEqual(pitch, [
    ["set", 1_800, 10],
    ["exponential", 60, 10.6],
  ]);
  assert.deepEqual(loud, [
    ["set", 0, 10],
    ["linear", 0.7, 10.004],
    ["exponential", 0.001, 10.6],
  ]);
});

test("a voice that names no second pitch stays on its first", (t) => {
  const { sung, context } = audio(t);
  synthesise(context, {}, "coin", 0);
  assert.deepEqual(sung[0].pitch.map(([, pitch]) => pitch), [988, 988]);
});

/** Gives the pitches of a sound's voices, and when each begins. */
function singing(t) {
  const { sung, context } = audio(t);
  return (name) => {
    sung.length = 0;
    synthesise(context, {}, name, 0);
    return sung.map(({ pitch, from }) => [pitch[0][1], Number(from.toFixed(2))]);
  };
}

test("a chime and a coin rise from voice to voice", (t) => {
  const voicesOf = singing(t);
  assert.deepEqual(voicesOf("chime"), [[1_047, 0], [1_568, 0.09], [2_637, 0.09]]); // C6 G6 E7
  assert.deepEqual(voicesOf("coin"), [[988, 0], [1_319, 0.08]]); // B5 E6
});

test("a fanfare rises to a chord", (t) => {
  const [C, E, G, HIGH_C] = [523, 659, 784, 1_047];
  const chord = [C, G, HIGH_C].map((pitch) => [pitch, 0.36]);
  assert.deepEqual(singing(t)("fanfare"), [[C, 0], [E, 0.12], [G, 0.24], ...chord]);
});

test("a finale rises to a chord above", (t) => {
  const [G, C, E, HIGH_G, HIGH_C] = [392, 523, 659, 784, 1_047];
  const chord = [C, E, HIGH_G, HIGH_C].map((pitch) => [pitch, 0.56]);
  assert.deepEqual(singing(t)("finale"), [[G, 0], [C, 0.14], [E, 0.28], [HIGH_G, 0.42], ...chord]);
});

test("a result that is good rises, and a bad one falls", (t) => {
  const voicesOf = singing(t);
  assert.deepEqual(voicesOf("done"), [[660, 0], [880, 0.11]]); // E5 A5
  assert.deepEqual(voicesOf("failed"), [[440, 0], [311, 0.14]]); // A4 D#4
});

test("a burst is a chord of noise and three tones, and a go-ahead an octave above the ticks", (t) => {
  const voicesOf = singing(t);
  assert.deepEqual(voicesOf("burst"), [[400, 0], [523, 0.1], [784, 0.1], [1_047, 0.1]]);
  assert.deepEqual([voicesOf("tick"), voicesOf("go")], [[[740, 0]], [[1_480, 0], [2_220, 0]]]);
});

test("noise is filtered around its pitch, and may rise slowly", (t) => {
  const { sung, context } = audio(t);
  synthesise(context, {}, "whoosh", 0);
  const [{ wave, pitch, loud }] = sung;
  assert.equal(wave, "noise");
  assert.deepEqual(pitch.map(([, at]) => at), [250, 3_200]);
  assert.deepEqual(loud[1], ["linear", 1.8, 0.35]);
});

test("noise is white: a second of samples on both sides of 0", (t) => {
  const { chain, context } = audio(t);
  synthesise(context, {}, "whoosh", 0);
  const [, { buffer, loop }] = chain.find(([name]) => name === "AudioBufferSourceNode");
  const { samples } = buffer;
  assert.deepEqual([samples.length, loop], [100, true]);
  const [lowest, highest] = [Math.min(...samples), Math.max(...samples)];
  assert.ok(lowest >= -1 && lowest < -0.5 && highest > 0.5 && highest <= 1, `${lowest} ${highest}`);
});

test("what of a crowd of sounds is louder than 9 dB below the limit is pressed together", (t) => {
  const { chain, context } = audio(t);
  limiter(context, 0.5);
  const [[, { threshold, knee, ratio }]] = chain;
  const loudest = threshold + (0 - threshold) / ratio; // dB, of what goes in as loud as the limit
  assert.deepEqual([threshold, knee, loudest], [-9, 6, -8.25]);
});

test("nothing is louder than the volume", (t) => {
  const { chain, context } = audio(t);
  const first = limiter(context, 0.5);
  assert.deepEqual(
    chain.map(([name]) => name),
    ["DynamicsCompressorNode", "WaveShaperNode", "GainNode"],
  );
  assert.deepEqual(chain[1][1].curve, [-1, 0, 1]);
  assert.deepEqual([first.to.to.options.gain, first.to.to.to], [0.5, "ears"]);
});

/** The frequency of a note, such as C6 or F#5, in equal temperament. */
function frequencyOf(note) {
  const [, name, octave] = /^([A-G]#?)(\d)$/.exec(note);
  const semitones = "C C# D D# E F F# G G# A A# B".split(" ").indexOf(name) + 12 * (Number(octave) - 4) - 9;
  return 440 * 2 ** (semitones / 12);
}

test("beats are notes", (t) => {
  const voicesOf = singing(t);
  const notes = {
    ...{ tick: "F#5 0", go: "F#6 0, C#7 0", close: "B5 0, B5 0.09", burst: "C5 0.1, G5 0.1, C6 0.1" },
    ...{ done: "E5 0, A5 0.11", failed: "A4 0, D#4 0.14", arrive: "D#5 0" },
  };
  for (const [name, score] of Object.entries(notes)) {
    const sung = voicesOf(name).slice(name === "burst" ? 1 : 0); // which begins with noise
    const wanted = score.split(", ").map((each) => each.split(" "));
    assert.equal(sung.length, wanted.length, name);
    for (const [n, [note, at]] of wanted.entries()) {
      assert.ok(Math.abs(sung[n][0] / frequencyOf(note) - 1) < 0.004, `${name}: ${sung[n][0]} is no ${note}`);
      assert.equal(sung[n][1], Number(at), name);
    }
  }
});

/** From which pitch to which each voice of a sound goes. */
function sweeping(t) {
  const { sung, context } = audio(t);
  return (name) => {
    sung.length = 0;
    synthesise(context, {}, name, 0);
    return sung.map(({ pitch }) => pitch.map(([, hertz]) => hertz));
  };
}

test("a zap, a boom and a drum fall to where they are felt, a whoosh and a burst rise", (t) => {
  const sweepsOf = sweeping(t);
  assert.deepEqual(sweepsOf("zap"), [[1_800, 60], [2_400, 300]]);
  assert.deepEqual(sweepsOf("boom"), [[150, 34], [500, 60]]);
  assert.deepEqual(sweepsOf("drum"), [[190, 48], [1_800, 1_800], [190, 48], [1_800, 1_800]]);
  assert.deepEqual(sweepsOf("whoosh"), [[250, 3_200]]);
  assert.deepEqual(sweepsOf("burst")[0], [400, 2_600]);
});

test("somebody who arrives is heard to come nearer: by a fifth", (t) => {
  const [[from, to]] = sweeping(t)("arrive");
  assert.equal(to / from, 1.5);
});
