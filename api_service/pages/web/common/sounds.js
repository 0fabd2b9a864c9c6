/**
 * The built-in sounds: made by Web Audio from tones and noise, so that there is nothing to download.
 *
 * A voice sounds from `at` on and `lasts` so long (s), from one pitch `to` another (Hz); `loud` is its
 * gain where it is loudest. They are set so that all sounds are about as loud.
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
const RISES = 0.004; // s from nothing to the full loudness
const FADED = 0.001; // what is not heard any more

/** Their names. */
export const BUILT_INS = Object.keys(VOICES);

/** Play a built-in sound from `at` on (s, by the context's clock); gives when it ends. */
export function synthesise(context, output, name, at) {
  for (const voice of VOICES[name]) sing(context, output, voice, at + voice.at);
  return at + Math.max(...VOICES[name].map((voice) => voice.at + voice.lasts));
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
