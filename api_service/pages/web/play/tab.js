/** The title of the page's tab, which says that the round has begun to whoever looks at another. */
export class Tab {
  #texts;
  #title = document.title;
  #status = "loading";
  #hasBegun = false; // while nobody looked

  constructor(texts) {
    this.#texts = texts;
    document.addEventListener("visibilitychange", () => this.#write());
  }

  show(title, { status }) {
    const isStart = status === "in_game" && ["active", "ended"].includes(this.#status);
    if (status !== this.#status) this.#hasBegun = isStart;
    this.#status = status;
    this.#title = title;
    this.#write();
  }

  #write() {
    this.#hasBegun &&= document.hidden;
    const title = this.#hasBegun ? this.#texts.begun(this.#title) : this.#title;
    if (document.title !== title) document.title = title;
  }
}
