/** The streamer's console: a start screen, then the desk of one room. */
import { inPhrases, spokenOf, translate } from "../common/languages.js";
import { Desk } from "./desk.js";
import { opened } from "./opening.js";
import { adopt } from "./studio/adoption.js";
import { StartScreen } from "./start.js";
import { storeAtDesk, storeRoom, storedGameKey, roomAtDesk } from "./storage.js";
import { en } from "./texts/en.js";
import { ja } from "./texts/ja.js";

const language = spokenOf(navigator.languages);
const texts = inPhrases({ en, ja }[language]);
const languages = [language, ...navigator.languages];
let isMoving = false; // to another room

translate(texts, language);

function openDesk(room) {
  const desk = new Desk(room, { texts, languages, open: (settings) => moveOn(desk, settings) });
  desk.open();
  document.getElementById("leave").addEventListener("click", () => leave(desk));
  return desk;
}

async function leave(desk) {
  if (!(await desk.mayLeave())) return;
  storeAtDesk(null);
  desk.leave();
}

/** From one room to a new one with these settings, unless that is under way already. Throws StreamarioError. */
async function moveOn(desk, settings) {
  if (isMoving) return;
  isMoving = true;
  try {
    isMoving = await moved(desk, settings);
  } catch (refusal) {
    isMoving = false;
    throw refusal;
  }
}

/** Whether the desk is left for the new room; edits made while it was opened are asked about, too. */
async function moved(desk, settings) {
  if (!(await desk.mayLeave())) return false;
  const wasDirty = desk.isDirty;
  const room = await opened(settings, storedGameKey());
  storeRoom(room);
  if (desk.isDirty && !wasDirty && !(await desk.mayLeave())) return false;
  storeAtDesk(room.room_id);
  desk.leave();
  return true;
}

/** From the start screen, whose focus goes with it. */
function enter(room) {
  storeAtDesk(room.room_id);
  screen = openDesk(room);
  screen.takeFocus();
}

window.addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

const room = roomAtDesk();
let screen = room ? openDesk(room) : new StartScreen(texts, languages, enter);
if (!room) screen.open();

const adoptStudio = () => adopt(texts, () => screen.showStudio());
window.addEventListener("hashchange", adoptStudio);
adoptStudio();
