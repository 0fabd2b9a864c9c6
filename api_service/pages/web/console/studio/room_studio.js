import { element } from "../../common/elements.js";
import { PastRooms } from "../results/past_rooms.js";
import { record } from "../results/record.js";
import { RoomSetups } from "./saving.js";
import { storeSettings } from "../storage.js";

const byId = (id) => document.getElementById(id);

/** What a room's desk shows of the streamer's studio: setups with the settings, past rooms with the results. */
export class RoomStudio {
  #api;
  #setups;
  #rooms;
  #recorded;
  #room = null; // as it was when it became this page's

  /**
   * `isDirty()`: settings have edits that the room does not have; `open(settings)` opens a room;
   * `recorded()`: the room is in the history.
   */
  constructor({ texts, languages, api, isDirty, open, recorded }) {
    this.#api = api;
    this.#recorded = recorded;
    this.#setups = new RoomSetups(byId("room-setups"), { texts, languages, api, isDirty, open });
    byId("room-history").append(element("h2", "", texts.history));
    this.#rooms = new PastRooms(byId("room-history"), { texts, languages, open });
  }

  /** The room is this page's. */
  attached(room) {
    this.storeSettings();
    if (this.#room) return;
    this.#room = room;
    this.#record();
  }

  /** The browser's studio is another now, which does not know of the room. */
  adopted() {
    if (this.#room) this.#record();
  }

  /** A tab was opened. */
  opened(id, title) {
    if (id === "settings") this.#setups.show(title);
    if (id === "results") this.#rooms.show();
  }

  /** A round's books are closed: its figures are final. */
  roundBooked() {
    this.#rooms.show();
  }

  #record() {
    record(this.#room, this.#recorded);
  }

  /** Store the room's settings, for the next room to begin with. */
  async storeSettings() {
    try {
      storeSettings((await this.#api.readRoom()).settings);
    } catch {
      // The board says that the server is away; what was stored before is as good.
    }
  }
}
