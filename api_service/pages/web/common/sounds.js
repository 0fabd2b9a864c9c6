/**
 * The sounds of buttons and of a round's beats: made by Web Audio from tones and noise, so that there is
 * nothing to download.
 *
 * A voice sounds from `at` on and `lasts` so long (s), from one pitch `to` another (Hz); `loud` is its
 * gain where it is loudest. They are set so that all sounds of buttons are about as loud. Those of beats are
 * softer, the more so the more often they come.
 */
const tone = (wave, from, at, lasts, loud, to = from) => ({ wave, from, to, at, lasts, loud });
const hiss = (from, at, lasts, loud, to = from) => tone("noise", from, at, lasts, loud, to);

const VOICES = {
  chime: [
    tone("sine", 1047, 0, 1.2, 0.3),
    tone("sine", 1568, 0.09, 1.2, 0.25),
    tone("sine", 2637, 0.09, 0.5, 0.06),
  ],
  zap: [tone("sawtooth", 1800, 0, 0.6, 0.7, 60), tone("square", 2400, 0, 0.2, 0.2, 300)],
  boom: [tone("sine", 150, 0, 1, 0.8, 34), hiss(500, 0, 0.7, 0.6, 60)],
  coin: [tone("square", 988, 0, 0.09, 0.3), tone("square", 1319, 0.08, 0.6, 0.3)],
  fanfare: [
    ...[523, 659, 784].map((pitch, n) => tone("sawtooth", pitch, n * 0.12, 0.25, 0.4)),
    ...[523, 784, 1047].map((pitch) => tone("sawtooth", pitch, 0.36, 1, 0.22)),
  ],
  drum: [0, 0.16].flatMap((at) => [
    tone("sine", 190, at, 0.35, 0.7, 48),
    hiss(1800, at, 0.09, 0.3),
  ]),
  whoosh: [{ ...hiss(250, 0, 0.8, 1.8, 3200), rises: 0.35 }],
};
const VOICES_OF_BEATS = {
  arrive: [tone("sine", 620, 0, 0.12, 0.12, 930)],
  tick: [tone("triangle", 740, 0, 0.16, 0.3)],
  go: [tone("triangle", 1480, 0, 0.7, 0.35), tone("sine", 2220, 0, 0.4, 0.12)],
  close: [0, 0.09].map((at) => tone("sine", 990, at, 0.1, 0.14)),
  burst: [
    { ...hiss(400, 0, 0.3, 0.7, 2600), rises: 0.08 },
    ...[523, 784, 1047].map((pitch) => tone("triangle", pitch, 0.1, 0.9, 0.2)),
  ],
  done: [660, 880].map((pitch, n) => tone("sine", pitch, n * 0.11, 0.4, 0.22)),
  failed: [440, 311].map((pitch, n) => tone("triangle", pitch, n * 0.14, 0.4, 0.22)),
  finale: [
    ...[392, 523, 659, 784].map((pitch, n) => tone("triangle", pitch, n * 0.14, 0.4, 0.25)),
    ...[523, 659, 784, 1047].map((pitch) => tone("triangle", pitch, 0.56, 1.4, 0.14)),
  ],
};
const RISES = 0.004; // s from nothing to the full loudness
const FADED = 0.001; // what is not heard any more

/** The names of those that buttons may have, and of the beats. */
export const BUILT_INS = Object.keys(VOICES);
export const BEATS = Object.keys(VOICES_OF_BEATS);

/** Play a built-in sound or a beat from `at` on (s, by the context's clock); gives when it ends. */
export function synthesise(context, output, name, at) {
  const voices = VOICES[name] ?? VOICES_OF_BEATS[name];
  for (const voice of voices) sing(context, output, voice, at + voice.at);
  return at + Math.max(...voices.map((voice) => voice.at + voice.lasts));
}

/**
 * What keeps a crowd of sounds from hurting: a compressor, and then a limit that nothing exceeds. Gives
 * the node for sounds to play to; the loudest of what leaves is `volume` (0 to 1).
 */
export function limiter(context, volume) {
  const compressor = new DynamicsCompressorNode(context, { threshold: -9, knee: 6, ratio: 12 });
  const limit = new WaveShaperNode(context, { curve: [-1, 0, 1] }); // a straight line, cut off at 1
  const gain = new GainNode(context, { gain: volume });
  compressor.connect(limit).connect(gain).connect(context.destination);
  return compressor;
}

function sing(context, output, voice, begin) {
  const { lasts, loud, rises = RISES } = voice;
  const end = begin + lasts;
  const envelope = new GainNode(context, { gain: 0 });
  envelope.gain.setValueAtTime(0, begin);
  envelope.gain.linearRampToValueAtTime(loud, begin + rises);
  envelope.gain.exponentialRampToValueAtTime(FADED, end);
  envelope.connect(output);
  const { source, pitch, last } = voice.wave === "noise" ? noise(context) : oscillator(context, voice);
  pitch.setValueAtTime(voice.from, begin);
  pitch.exponentialRampToValueAtTime(voice.to, end);
  last.connect(envelope);
  source.start(begin);
  source.stop(end);
}

function oscillator(context, { wave }) {
  const source = new OscillatorNode(context, { type: wave });
  return { source, pitch: source.frequency, last: source };
}

/** White noise, of which a filter leaves what is near the pitch. */
function noise(context) {
  const { sampleRate } = context;
  const buffer = new AudioBuffer({ length: sampleRate, sampleRate });
  buffer.copyToChannel(Float32Array.from({ length: sampleRate }, () => Math.random() * 2 - 1), 0);
  const source = new AudioBufferSourceNode(context, { buffer, loop: true });
  const filter = new BiquadFilterNode(context, { type: "bandpass" });
  source.connect(filter);
  return { source, pitch: filter.frequency, last: filter };
}
