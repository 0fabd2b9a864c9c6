/** The streamer's console: a start screen, then the desk of one room. */
import { spokenOf, translate } from "../common/languages.js";
import { Desk } from "./desk.js";
import { StartScreen } from "./start.js";
import { isAtDesk, keepAtDesk, keptRoom } from "./storage.js";
import { en } from "./texts/en.js";
import { ja } from "./texts/ja.js";

const language = spokenOf(navigator.languages);
const texts = { en, ja }[language];
const languages = [language, ...navigator.languages];

translate(texts, language);

function openDesk(room) {
  keepAtDesk(true);
  new Desk(room, texts, languages).open();
}

document.getElementById("leave").addEventListener("click", () => {
  keepAtDesk(false);
  location.reload(); // what the desk listens to goes with the page
});
window.addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

const kept = keptRoom();
if (isAtDesk() && kept) openDesk(kept);
else new StartScreen(texts, openDesk).open();
