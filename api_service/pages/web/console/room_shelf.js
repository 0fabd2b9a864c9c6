import { RoomSetups } from "./setups/saving.js";
import { keepSettings } from "./storage.js";

/** What a room's desk shows of the streamer's shelf: setups with the settings. */
export class RoomShelf {
  #api;
  #setups;

  /** `isDirty()`: settings have edits that the room does not have; `open(settings)` opens a room. */
  constructor({ texts, languages, api, isDirty, open }) {
    this.#api = api;
    const root = document.getElementById("room-setups");
    this.#setups = new RoomSetups(root, { texts, languages, api, isDirty, open });
  }

  /** A tab was opened. */
  opened(id, title) {
    if (id === "settings") this.#setups.show(title);
  }

  /** Keep the room's settings, for the next room to begin with. */
  async keepSettings() {
    try {
      keepSettings((await this.#api.look()).settings);
    } catch {
      // The board says that the server is away; what was kept before is as good.
    }
  }
}
