import { onChange, shownIf, textOf } from "../common/elements.js";
import { imageOf, themeOf } from "../common/look.js";

const UNTITLED = "Streamario"; // the title of a room that has none

/** The page's head: the room's logo and title, and how many are here; all of the page in the room's theme. */
export class Head {
  #texts;
  #logo = document.getElementById("logo");
  #title = document.getElementById("title");
  #set;

  constructor(texts) {
    this.#texts = texts;
    const viewers = document.getElementById("viewers");
    this.#set = {
      theme: themeOf(document.documentElement),
      barColor: barColor(),
      logo: imageOf(this.#logo),
      title: textOf(this.#title),
      shown: shownIf(viewers),
      viewers: textOf(viewers),
      connection: onChange((connection) => (viewers.dataset.connection = connection)),
    };
  }

  show({ theme, title, viewerCount, status, connection }) {
    this.#set.theme(theme);
    this.#set.barColor(theme.backdrop);
    this.#set.logo(theme.logo);
    this.#set.title(title || UNTITLED);
    // The logo stands for a title that is missing, which is read out all the same.
    this.#title.classList.toggle("unseen", !title && !this.#logo.hidden);
    this.#set.shown(status !== "loading" && status !== "missing");
    this.#set.viewers(viewerCount > 0 ? this.#texts.viewers(viewerCount) : "");
    this.#set.connection(connection);
  }
}

/** A setter of the colour of the browser's own bars, which without one have the page's. */
function barColor() {
  const bars = [...document.querySelectorAll('meta[name="theme-color"]')];
  const own = bars.map(({ content }) => content);
  return onChange((color) => {
    for (const [n, bar] of bars.entries()) bar.content = color || own[n];
  });
}

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

  show({ title, status }) {
    const isStart = status === "in_game" && ["active", "ended"].includes(this.#status);
    if (status !== this.#status) this.#hasBegun = isStart;
    this.#status = status;
    this.#title = title || UNTITLED;
    this.#write();
  }

  #write() {
    this.#hasBegun &&= document.hidden;
    const title = this.#hasBegun ? this.#texts.begun(this.#title) : this.#title;
    if (document.title !== title) document.title = title;
  }
}
