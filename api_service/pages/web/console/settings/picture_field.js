import { element } from "../../common/elements.js";
import { imageOf } from "../../common/look.js";
import { StreamarioError } from "../../streamario.js";
import { say } from "../parts.js";
import { PictureRefused, shrunk } from "./shrink.js";
import { studio } from "../studio/studio.js";

/**
 * A picture of the settings, bound to `owner[key]`, its media id. It comes by the file picker, by
 * drop or by paste, is made small and uploaded at once; what is wrong with it is said here.
 *
 * `kind` is what `shrunk` takes; `edited` is called after each change.
 */
export class PictureField {
  #owner;
  #key;
  #kind;
  #texts;
  #edited;
  #takes = 0; // files so far: an earlier one that is still uploaded does not replace a later one
  #input = element("input", "unseen");
  #status = element("p", "soft small");
  #refusal = element("p", "refusal");
  #remove;
  #setPicture;
  node;

  constructor(label, path, owner, key, { kind, texts, edited }) {
    this.#owner = owner;
    this.#key = key;
    this.#kind = kind;
    this.#texts = texts;
    this.#edited = edited;
    this.node = element("div", "labelled picture-field", element("span", "picture-label", label));
    this.node.append(this.#dropZone(label), this.#actions(label, path), this.#status, this.#refusal);
    this.#status.setAttribute("role", "status");
    this.#listen();
    this.show();
  }

  /** Show the picture that the draft has. */
  show() {
    const mediaId = this.#owner[this.#key] ?? "";
    this.#setPicture(mediaId);
    this.#remove.hidden = !mediaId;
  }

  /** Where a picture is dropped or pasted; it takes the focus for that. */
  #dropZone(label) {
    const image = element("img", { alt: "" });
    this.#setPicture = imageOf(image);
    const zone = element("div", "picture-place", image, element("span", "hint", this.#texts.drop_picture));
    zone.tabIndex = 0;
    zone.setAttribute("role", "group");
    zone.setAttribute("aria-label", `${label}: ${this.#texts.drop_picture}`);
    return zone;
  }

  #actions(label, path) {
    const input = this.#input;
    Object.assign(input, { type: "file", accept: "image/*" });
    input.id = `field ${path}`.replaceAll(/[^a-z0-9_]+/gi, "-");
    input.dataset.field = path;
    this.#refusal.id = `${input.id}-refusal`;
    this.#refusal.hidden = true;
    input.setAttribute("aria-label", `${this.#texts.choose_picture}: ${label}`);
    input.setAttribute("aria-describedby", this.#refusal.id);
    const choose = element("label", "button small", this.#texts.choose_picture, input);
    this.#remove = element("button", "button small", this.#texts.remove);
    this.#remove.type = "button";
    this.#remove.setAttribute("aria-label", this.#texts.action_on(this.#texts.remove, label));
    return element("p", "actions", choose, this.#remove);
  }

  #listen() {
    this.#input.addEventListener("change", () => this.#takeFirst(this.#input.files));
    this.#remove.addEventListener("click", () => {
      this.#set("");
      this.#input.focus();
    });
    this.node.addEventListener("paste", ({ clipboardData }) => this.#takeFirst(clipboardData.files));
    this.node.addEventListener("dragover", (event) => event.preventDefault());
    this.node.addEventListener("drop", (event) => {
      event.preventDefault(); // the browser would leave the page for the file
      this.#takeFirst(event.dataTransfer.files);
    });
  }

  #takeFirst([file]) {
    if (file) this.#take(file);
  }

  async #take(file) {
    this.#takes += 1;
    const take = this.#takes;
    this.#refuse("");
    this.#status.textContent = this.#texts.uploading;
    try {
      const mediaId = await studio.upload(await shrunk(file, this.#kind));
      if (take === this.#takes) this.#set(mediaId);
    } catch (refusal) {
      if (take === this.#takes) this.#refuse(this.#sentenceOf(refusal));
    } finally {
      if (take === this.#takes) this.#end();
    }
  }

  /** The same file can be chosen again. */
  #end() {
    this.#status.textContent = "";
    this.#input.value = "";
  }

  #set(mediaId) {
    this.#takes += 1;
    this.#owner[this.#key] = mediaId;
    this.#refuse("");
    this.#end();
    this.show();
    this.#edited();
  }

  #sentenceOf(refusal) {
    if (refusal instanceof PictureRefused) return this.#texts.picture_problems[refusal.code];
    if (refusal instanceof StreamarioError) return this.#texts.refused(refusal);
    throw refusal;
  }

  #refuse(sentence) {
    say(this.#refusal, sentence);
    if (sentence) this.#input.setAttribute("aria-invalid", "true");
    else this.#input.removeAttribute("aria-invalid");
  }
}
