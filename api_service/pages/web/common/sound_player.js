import { Backoff } from "../streamario/timing.js";
import { mediaUrl } from "./urls.js";
import { BUILT_INS, limiter, synthesise } from "./sounds.js";

const MOST_AT_ONCE = 6; // sounds
const APART = 0.08; // s between two of the same
const BEATS_APART = 0.15; // s
const TOO_LATE = 1; // s after a trigger: a sound that took longer to load would mislead
const LONGEST = 10; // s of an uploaded sound that are played
const AGAIN_AFTER = [1_000, 60_000]; // ms until what did not load is asked for again, growing

/**
 * Plays the sounds of triggers: of a burst a few at once, the same one not too often, and never louder
 * than the volume (0 to 1). Where the browser wants a touch before a page may sound, it is silent until
 * then.
 */
export class SoundPlayer {
  #volume;
  #context = null;
  #output = null;
  #isOn = false;
  #ends = []; // of what plays, in s of the context's clock
  #lastAt = new Map();
  #media = new Map(); // promises of buffers by media id; null for what cannot be played
  #backoff = new Backoff(...AGAIN_AFTER);

  constructor(volume = 1) {
    this.#volume = volume;
    for (const touch of ["pointerup", "keydown"]) {
      document.addEventListener(touch, () => this.#touched(), { passive: true });
    }
  }

  get isOn() {
    return this.#isOn;
  }

  /** Resolves once the browser lets the page sound; whoever plays at once waits for that. */
  turnOn() {
    this.#isOn = true;
    this.#context ??= new AudioContext();
    this.#output ??= limiter(this.#context, this.#volume);
    return this.#wake();
  }

  /** At once: what plays breaks off, and does not go on when sounds are turned on again. */
  turnOff() {
    this.#isOn = false;
    this.#output?.disconnect();
    this.#output = null;
    this.#ends = [];
    this.#context?.suspend();
  }

  /** Load what is not built in, so that it plays without delay. */
  prepare(sounds) {
    if (!this.#isOn) return;
    for (const sound of sounds) if (sound && !BUILT_INS.includes(sound)) this.#load(sound);
  }

  /** Play one of `BEATS`. */
  beat(name) {
    if (!this.#mayPlay(name, BEATS_APART)) return;
    const { currentTime } = this.#context;
    this.#lastAt.set(name, currentTime);
    this.#ends.push(synthesise(this.#context, this.#output, name, currentTime));
  }

  /** What a trigger sounds like: as its button does, where it has a sound. */
  burst(sound) {
    return sound ? this.play(sound) : this.beat("burst");
  }

  /** Play a built-in sound or an uploaded one, by its name or media id; "" is none. */
  async play(sound) {
    if (!sound || !this.#mayPlay(sound, APART)) return;
    const requestedAt = this.#context.currentTime;
    this.#lastAt.set(sound, requestedAt);
    const perform = BUILT_INS.includes(sound) ? this.#synthesised(sound) : await this.#loaded(sound);
    const now = this.#context.currentTime;
    if (perform && now < requestedAt + TOO_LATE && this.#canPlay()) this.#ends.push(perform(now));
  }

  #mayPlay(sound, apart) {
    if (!this.#canPlay()) return false;
    const now = this.#context.currentTime;
    return !(now - this.#lastAt.get(sound) < apart);
  }

  /** Whether the browser lets the page sound, and there is room for one more. */
  #canPlay() {
    if (!this.#isOn || this.#context.state !== "running") return false;
    const now = this.#context.currentTime;
    this.#ends = this.#ends.filter((end) => end > now);
    return this.#ends.length < MOST_AT_ONCE;
  }

  #touched() {
    if (this.#isOn && this.#context.state !== "running") this.#wake();
  }

  /** Browsers allow it in a touch, or ever after one; before it they would only complain. */
  async #wake() {
    if (navigator.userActivation?.hasBeenActive ?? true) await this.#context.resume();
  }

  #synthesised(sound) {
    return (at) => synthesise(this.#context, this.#output, sound, at);
  }

  async #loaded(id) {
    const buffer = await this.#load(id);
    return buffer && ((at) => this.#start(buffer, at));
  }

  #start(buffer, at) {
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(this.#output);
    source.start(at, 0, LONGEST);
    return at + Math.min(buffer.duration, LONGEST);
  }

  #load(id) {
    if (!this.#media.has(id)) this.#media.set(id, this.#decoded(id));
    return this.#media.get(id);
  }

  /** Null for what there is not or what is no sound, and for what only failed, until that is there. */
  async #decoded(id) {
    try {
      const answer = await fetch(mediaUrl(id));
      if (answer.ok) return await this.#buffer(answer);
      if (answer.status !== 404) this.#loadLater(id);
    } catch (failure) {
      if (failure instanceof TypeError) this.#loadLater(id);
    }
    return null;
  }

  async #buffer(answer) {
    const file = await answer.arrayBuffer();
    this.#backoff.reset();
    return this.#context.decodeAudioData(file);
  }

  #loadLater(id) {
    const again = () => {
      this.#media.delete(id);
      this.prepare([id]);
    };
    setTimeout(again, this.#backoff.next());
  }
}
