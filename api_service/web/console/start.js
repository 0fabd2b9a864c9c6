import { openRoom } from "./api.js";
import { confirmed } from "./confirm.js";
import { partsOf, say } from "./parts.js";
import { forgetRoom, keepGameKey, keptGameKey, keptRoom } from "./storage.js";

const byId = (id) => document.getElementById(id);

/** Open a room, or go on with the one kept from before. */
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
    this.#offerKept();
    byId("game-key").value = keptGameKey();
    byId("game-key-row").hidden = keptGameKey() === "";
    byId("open-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#openRoom();
    });
  }

  #offerKept() {
    const room = keptRoom();
    if (!room) return;
    const parts = partsOf(byId("kept"));
    byId("kept").hidden = false;
    parts.title.textContent = room.title || this.#texts.untitled;
    parts["room-id"].textContent = room.room_id;
    parts["go-on"].addEventListener("click", () => this.#leaveFor(room));
    parts.forget.addEventListener("click", () => this.#forget());
  }

  async #forget() {
    const { forget, forget_question: question, forget_explanation: explanation } = this.#texts;
    if (!(await confirmed(question, explanation, forget))) return;
    forgetRoom();
    byId("kept").hidden = true;
    byId("title").focus();
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
      forgetRoom(); // and what was shown of it
      this.#leaveFor({ ...room, title: settings.title });
    } catch (refusal) {
      this.#refuse(refusal, key);
    } finally {
      this.#busy = false;
    }
  }

  #refuse(refusal, key) {
    const asksForKey = refusal.code === "invalid_game_key";
    const sentence = asksForKey && !key ? this.#texts.needs_game_key : this.#texts.refused(refusal);
    say(byId("open-refusal"), sentence);
    if (!asksForKey) return;
    byId("game-key-row").hidden = false;
    byId("game-key").focus();
  }

  #leaveFor(room) {
    byId("start").hidden = true;
    this.#onRoom(room);
  }
}
