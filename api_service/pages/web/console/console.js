/** The streamer's console: a start screen, then the desk of one room. */
import { spokenOf, translate } from "../common/languages.js";
import { inPhrases } from "../common/phrases.js";
import { Desk } from "./desk.js";
import { opened } from "./opening.js";
import { adopt } from "./studio/adoption.js";
import { StartScreen } from "./start.js";
import { keepAtDesk, keepRoom, keptGameKey, roomAtDesk } from "./storage.js";
import { en } from "./texts/en.js";
import { ja } from "./texts/ja.js";

const language = spokenOf(navigator.languages);
const texts = inPhrases({ en, ja }[language]);
const languages = [language, ...navigator.languages];

translate(texts, language);

function openDesk(room) {
  const desk = new Desk(room, { texts, languages, open: (settings) => moveOn(desk, settings) });
  desk.open();
  document.getElementById("leave").addEventListener("click", () => leave(desk));
  return desk;
}

async function leave(desk) {
  if (!(await desk.mayLeave())) return;
  keepAtDesk(null);
  desk.leave();
}

/** From one room to a new one with these settings. Throws StreamarioError. */
async function moveOn(desk, settings) {
  if (!(await desk.mayLeave())) return;
  const room = await opened(settings, keptGameKey());
  keepRoom(room);
  keepAtDesk(room.room_id);
  desk.leave();
}

/** From the start screen, whose focus goes with it. */
function enter(room) {
  keepAtDesk(room.room_id);
  place = openDesk(room);
  place.takeFocus();
}

window.addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

const room = roomAtDesk();
let place = room ? openDesk(room) : new StartScreen(texts, languages, enter);
if (!room) place.open();

const adoptStudio = () => adopt(texts, () => place.showStudio());
window.addEventListener("hashchange", adoptStudio);
adoptStudio();
