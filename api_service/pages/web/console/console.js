/** The streamer's console: a start screen, then the desk of one room. */
import { render } from "lit-html";
import { perFrame } from "../common/elements.js";
import { inPhrases, spokenOf } from "../common/languages.js";
import { Desk } from "./desk.js";
import { Start } from "./start/start.js";
import { roomAtDesk, storeAtDesk } from "./storage.js";
import { en } from "./texts/en.js";
import { ja } from "./texts/ja.js";

const language = spokenOf(navigator.languages);
const texts = inPhrases({ en, ja }[language]);
const languages = [language, ...navigator.languages];
const redraw = perFrame((now) => {
  render(screen.view(now), document.body);
  return screen.nextAt;
});
const page = { texts, language, languages, redraw };

/** From the start screen to the desk of this room, as the storage has it. */
function enter(room) {
  storeAtDesk(room.room_id);
  screen = new Desk(room, page);
  screen.open();
  redraw();
}

document.documentElement.lang = language;
document.title = texts.console;
window.addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

let screen = new Start({ ...page, enter });
const room = roomAtDesk();
if (room) enter(room);
redraw();
