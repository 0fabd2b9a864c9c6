/** Files of a streamer: made ready, on their way, and taken. Names no element of the page. */
import { StreamarioError } from "../../streamario.js";

const MOST_PICTURE = 65_536; // bytes
const MOST_SOUND = 204_800;
const LARGEST_FILE = 20_000_000;
const QUALITIES = [0.85, 0.6, 0.35];
const SMALLER = 0.9; // at least, where no quality suffices
const ANIMATED = 2; // the flag in a WebP file's byte 20
/** How sounds of each kind begin. */
const KINDS = {
  "audio/mpeg": /^(ID3|\xff[\xe2-\xff])/,
  "audio/ogg": /^OggS/,
  "audio/wav": /^RIFF.{4}WAVE/s,
};

/** A file is of no use; `code` says why, by the name of a sentence. */
export class FileRefused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** A file on its way into a setting, and what was wrong with it. A later choice replaces what is under way. */
export class Upload {
  isUnderWay = false;
  refusal = ""; // a sentence
  #choice = 0;

  /**
   * `prepare(file)` makes it a Blob to upload, `upload(blob)` gives its media id, and `take(id)` sets it; what either
   * throws is told by `texts`. `changed()`: the upload is to be drawn anew.
   */
  constructor({ prepare, upload, take, texts, changed }) {
    Object.assign(this, { prepare, upload, take, texts, changed });
  }

  async send(file) {
    const choice = this.#begin(true);
    try {
      const id = await this.upload(await this.prepare(file));
      if (choice === this.#choice) this.take(id);
    } catch (refusal) {
      const sentence = this.#sentenceOn(refusal);
      if (choice === this.#choice) this.refusal = sentence;
    } finally {
      if (choice === this.#choice) this.#end();
    }
  }

  /** Something else was chosen. */
  set(id) {
    this.#begin(false);
    this.take(id);
    this.changed();
  }

  #begin(isUnderWay) {
    this.refusal = "";
    this.isUnderWay = isUnderWay;
    this.changed();
    this.#choice += 1;
    return this.#choice;
  }

  #end() {
    this.isUnderWay = false;
    this.changed();
  }

  #sentenceOn(refusal) {
    if (refusal instanceof FileRefused) return this.texts.file_problems[refusal.code];
    if (refusal instanceof StreamarioError) return this.texts.refused(refusal);
    throw refusal;
  }
}

/** All files on their way into one draft. */
export class Uploads {
  #all = new WeakMap(); // by the object of the draft that a file is for
  #underWay = new Set();
  #waiting = []; // what to call once none is under way

  /** `upload`, `texts` and `changed` are as an `Upload` has them. */
  constructor({ upload, texts, changed }) {
    Object.assign(this, { upload, texts, changed });
  }

  get areUnderWay() {
    return this.#underWay.size > 0;
  }

  /** What brings files into `owner[key]`; `take` and `prepare` are as an `Upload` has them. */
  of(owner, key, { prepare, take }) {
    const uploads = this.#all.get(owner) ?? {};
    this.#all.set(owner, uploads);
    uploads[key] ??= this.#made(prepare, take);
    return uploads[key];
  }

  /** Resolves once none is under way. */
  async settled() {
    if (this.areUnderWay) await new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** What is under way goes into a draft that is no more. */
  forget() {
    this.#underWay.clear();
    this.#follow();
  }

  #made(prepare, take) {
    const { upload, texts } = this;
    const made = new Upload({ ...{ prepare, take, upload, texts }, changed: () => this.#follow(made) });
    return made;
  }

  #follow(changed) {
    if (changed?.isUnderWay) this.#underWay.add(changed);
    else this.#underWay.delete(changed);
    if (!this.areUnderWay) for (const proceed of this.#waiting.splice(0)) proceed();
    this.changed();
  }
}

// Pictures, made small enough to be stored: WebP.

/**
 * A file's picture as a Blob to upload, its longer side at most `longest` px. With `mayMove`, an
 * animated WebP stays as it is. Throws FileRefused: `no_picture`, `large_file`, `large_animation` or `no_webp`.
 */
export async function shrunk(file, { longest, mayMove = false }) {
  if (file.size > LARGEST_FILE) throw new FileRefused("large_file");
  const picture = await decoded(file);
  try {
    if (mayMove && (await isAnimation(file))) return animation(file);
    return await small(picture, Math.min(1, longest / Math.max(picture.width, picture.height)));
  } finally {
    picture.close();
  }
}

async function decoded(file) {
  try {
    return await createImageBitmap(file);
  } catch {
    throw new FileRefused("no_picture");
  }
}

/** RIFF container, WebP, extended form: https://developers.google.com/speed/webp/docs/riff_container. */
async function isAnimation(file) {
  const head = new Uint8Array(await file.slice(0, 21).arrayBuffer());
  const name = String.fromCharCode(...head.slice(8, 16));
  return name === "WEBPVP8X" && (head[20] & ANIMATED) !== 0;
}

function animation(file) {
  if (file.size > MOST_PICTURE) throw new FileRefused("large_animation");
  return new Blob([file], { type: "image/webp" });
}

async function small(picture, scale) {
  const canvas = drawn(picture, scale);
  let blob;
  for (const quality of QUALITIES) {
    blob = await encoded(canvas, quality);
    if (blob.size <= MOST_PICTURE) return blob;
  }
  // The bytes of a picture grow with its area.
  return small(picture, scale * Math.min(SMALLER, Math.sqrt(MOST_PICTURE / blob.size)));
}

function drawn(picture, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function encoded(canvas, quality) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/webp", quality));
  // Browsers that cannot make WebP make PNG.
  if (blob?.type !== "image/webp") throw new FileRefused("no_webp");
  return blob;
}

// Sounds.

/**
 * A file's sound as a Blob to upload: as what it is, whatever it is called. Throws FileRefused: `no_sound`,
 * `large_sound` or `broken_sound`.
 */
export async function soundIn(file) {
  const bytes = await file.arrayBuffer();
  const head = String.fromCharCode(...new Uint8Array(bytes, 0, Math.min(12, bytes.byteLength)));
  const kind = Object.keys(KINDS).find((type) => KINDS[type].test(head));
  if (!kind) throw new FileRefused("no_sound");
  if (bytes.byteLength > MOST_SOUND) throw new FileRefused("large_sound");
  try {
    await new OfflineAudioContext(1, 1, 44_100).decodeAudioData(bytes.slice());
  } catch {
    throw new FileRefused("broken_sound");
  }
  return new Blob([bytes], { type: kind });
}
