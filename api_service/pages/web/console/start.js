import { PastRooms } from "./results/past_rooms.js";
import { StoredRooms } from "./stored_rooms.js";
import { opened } from "./opening.js";
import { say } from "./parts.js";
import { SetupChoice } from "./studio/choice.js";
import { Setups } from "./studio/setups.js";
import { storedGameKey } from "./storage.js";

const byId = (id) => document.getElementById(id);

/** Open a room, or go on with one stored before. */
export class StartScreen {
  #texts;
  #languages;
  #onRoom;
  #choice;
  #setups;
  #busy = false;

  /** `onRoom(room)` is called once, with the room as it is stored. */
  constructor(texts, languages, onRoom) {
    this.#texts = texts;
    this.#languages = languages;
    this.#onRoom = onRoom;
  }

  open() {
    byId("start").hidden = false;
    new StoredRooms(byId("stored"), {
      texts: this.#texts,
      languages: this.#languages,
      onRoom: (room) => this.#leaveFor(room),
    }).show();
    byId("game-key").value = storedGameKey();
    byId("game-key-row").hidden = storedGameKey() === "";
    byId("open-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#openRoom(() => this.#choice.settings());
    });
    this.#furnishStudio();
  }

  /** The setups, one of which a room may begin with, and the earlier rooms. */
  #furnishStudio() {
    const open = (settings) => this.#openRoom(() => settings);
    const speaking = { texts: this.#texts, languages: this.#languages };
    this.#choice = new SetupChoice(byId("setup-row"), this.#texts);
    const onList = (setups) => this.#choice.setSetups(setups);
    this.#setups = new Setups(byId("start-setups"), { ...speaking, open, onList });
    this.#setups.show();
    const isListed = ({ status }) => status !== "in_game"; // a room whose round is running is not listed
    const rooms = new PastRooms(byId("start-history"), { ...speaking, open, isListed });
    byId("start-history").addEventListener("toggle", ({ target }) => target.open && rooms.show());
  }

  /** The browser's studio is another now: list it. */
  showStudio() {
    byId("start-setups").open = true;
    this.#setups.show();
  }

  /** `chosen()` gives the settings to begin with. */
  async #openRoom(chosen) {
    if (this.#busy) return;
    this.#busy = true;
    say(byId("open-refusal"), "");
    const title = byId("title").value.trim();
    const key = byId("game-key").value;
    try {
      const settings = await chosen();
      this.#leaveFor(await opened(title ? { ...settings, title } : settings, key));
    } catch (refusal) {
      this.#refuse(refusal, key);
    } finally {
      this.#busy = false;
    }
  }

  #refuse(refusal, key) {
    const asksForKey = refusal.code === "invalid_game_key";
    const code = asksForKey && !key ? "missing_game_key" : refusal.code;
    say(byId("open-refusal"), this.#texts.refused({ code }));
    if (!asksForKey) return;
    byId("game-key-row").hidden = false;
    byId("game-key").focus();
  }

  #leaveFor(room) {
    byId("start").hidden = true;
    this.#onRoom(room);
  }
}
