import { StreamarioError } from "../streamario.js";
import { openRoom, RoomApi } from "./api.js";
import { KeptRooms } from "./kept_rooms.js";
import { paced } from "./pace.js";
import { say } from "./parts.js";
import { keepGameKey, keptGameKey } from "./storage.js";

/** What the default buttons sound like in rooms that are opened here. */
const SOUNDS = {
  ...{ skill1: "chime", skill2: "zap", skill3: "fanfare" },
  ...{ enemy1: "whoosh", enemy2: "boom", enemy3: "drum" },
};

const byId = (id) => document.getElementById(id);

/** Open a room, or go on with one kept from before. */
export class StartScreen {
  #texts;
  #onRoom;
  #busy = false;

  /** `onRoom(room)` is called once, with the room as it is kept. */
  constructor(texts, onRoom) {
    this.#texts = texts;
    this.#onRoom = onRoom;
  }

  open() {
    byId("start").hidden = false;
    new KeptRooms(byId("kept"), {
      texts: this.#texts,
      onRoom: (room) => this.#leaveFor(room),
    }).show();
    byId("game-key").value = keptGameKey();
    byId("game-key-row").hidden = keptGameKey() === "";
    byId("open-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#openRoom();
    });
  }

  async #openRoom() {
    if (this.#busy) return;
    this.#busy = true;
    say(byId("open-refusal"), "");
    const title = byId("title").value.trim();
    const key = byId("game-key").value;
    try {
      const { settings, ...room } = await openRoom(title ? { title } : {}, key);
      if (key) keepGameKey(key);
      await equip(room, settings);
      this.#leaveFor({ ...room, title: settings.title });
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

/** Rooms that are run from here begin with a pace and sounds. Where that fails, the desk can still set them. */
async function equip({ room_id: roomId, room_token: token }, { buttons }) {
  try {
    const changed = paced(buttons).map((button) => ({ ...button, sound: SOUNDS[button.event_type] ?? "" }));
    await new RoomApi(roomId, token).changeSettings({ buttons: changed });
  } catch (refusal) {
    if (!(refusal instanceof StreamarioError)) throw refusal;
  }
}
