import { element } from "../common/elements.js";
import { RoomApi } from "./api.js";
import { confirmed } from "./confirm.js";
import { forgetRoom, storedRooms } from "./storage.js";
import { times } from "./results/times.js";

/** The rooms that this browser can run, to go on with or to forget. */
export class StoredRooms {
  #root;
  #list;
  #texts;
  #languages;
  #onRoom;

  /** `onRoom(room)` is called with the one chosen. */
  constructor(root, { texts, languages, onRoom }) {
    this.#root = root;
    this.#list = root.querySelector("ul");
    this.#texts = texts;
    this.#languages = languages;
    this.#onRoom = onRoom;
  }

  show() {
    const rooms = storedRooms();
    this.#root.hidden = rooms.length === 0;
    this.#list.replaceChildren(...rooms.map((room) => this.#entryOf(room)));
  }

  #entryOf(room) {
    const title = room.title || this.#texts.untitled;
    const what = element(
      "p",
      "what",
      element("strong", "", title),
      element("span", "soft small", times(this.#languages).moment(room.used_at)),
    );
    const goOn = this.#button("primary", "go_on", title, () => this.#onRoom(room));
    const forget = this.#button("", "forget", title, () => this.#forget(room));
    const entry = element("li", { "data-room": room.room_id }, what, element("p", "actions", goOn, forget));
    this.#mark(room, what, goOn);
    return entry;
  }

  /** A room that would not be given to this page is marked, and can only be forgotten. */
  async #mark(room, what, goOn) {
    const code = await new RoomApi(room.room_id, room.room_token).whyRefused();
    if (!code) return;
    what.append(element("span", "refusal", this.#texts.refused({ code })));
    goOn.remove();
  }

  #button(kind, text, title, run) {
    const button = element("button", `button small ${kind}`, this.#texts[text]);
    button.type = "button";
    button.setAttribute("aria-label", this.#texts.action_on(this.#texts[text], title));
    button.addEventListener("click", run);
    return button;
  }

  async #forget({ room_id: roomId, title }) {
    const { forget, forget_question: question, forget_explanation: explanation } = this.#texts;
    if (!(await confirmed(question(title || this.#texts.untitled), explanation, forget))) return;
    forgetRoom(roomId);
    this.#list.querySelector(`[data-room="${roomId}"]`).remove();
    this.#root.hidden = this.#list.childElementCount === 0;
    (this.#list.querySelector("button") ?? document.getElementById("title")).focus();
  }
}
