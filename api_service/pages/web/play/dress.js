import { onChange } from "../common/elements.js";
import { imageOf, themeOf } from "../common/look.js";

const BARS = [...document.querySelectorAll('meta[name="theme-color"]')]; // the browser's own
const OWN = BARS.map(({ content }) => content);

/** The page in the room's theme, down to the browser's own bars. */
export class Dress {
  #logo = document.getElementById("logo");
  #title = document.getElementById("title");
  #setLogo = imageOf(this.#logo);
  #setTheme = themeOf(document.documentElement);
  #paintBars = onChange((color) => {
    for (const [n, bar] of BARS.entries()) bar.content = color || OWN[n];
  });

  show({ theme, title }) {
    this.#setTheme(theme);
    this.#setLogo(theme.logo);
    this.#paintBars(theme.backdrop);
    // The logo stands for a title that is missing, which is read out all the same.
    this.#title.classList.toggle("unseen", !title && !this.#logo.hidden);
  }
}
