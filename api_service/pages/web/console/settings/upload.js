import { StreamarioError } from "../../streamario.js";

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
    }
    if (choice !== this.#choice) return;
    this.isUnderWay = false;
    this.changed();
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

  #sentenceOn(refusal) {
    if (refusal instanceof FileRefused) return this.texts.file_problems[refusal.code];
    if (refusal instanceof StreamarioError) return this.texts.refused(refusal);
    throw refusal;
  }
}
