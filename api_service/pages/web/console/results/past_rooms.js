import { element } from "../../common/elements.js";
import { shared } from "../../streamario/timing.js";
import { Attempts } from "../studio/attempts.js";
import { actionButton } from "../parts.js";
import { confirmed } from "../confirm.js";
import { say } from "../parts.js";
import { studio } from "../studio/studio.js";
import { showRound } from "./round.js";
import { times } from "./times.js";

const PAGE = 50; // rooms that the server lists at once

/** The rooms of this streamer with their rounds, the newest first. */
export class PastRooms {
  #texts;
  #languages;
  #open;
  #isListed;
  #list = element("ol", "studio-list");
  #empty = element("p", "soft");
  #attempts;
  #more;
  #oldest = null;

  /** `open(settings)` opens a room with them; `isListed(room)`: whether this one is listed. */
  constructor(root, { texts, languages, open, isListed = () => true }) {
    this.#texts = texts;
    this.#languages = languages;
    this.#open = open;
    this.#isListed = isListed;
    this.#attempts = new Attempts(texts);
    const run = shared(() => this.#attempts.to(() => this.#add(this.#oldest)));
    this.#more = actionButton({ name: "more", caption: texts.earlier_rooms, run });
    this.#more.hidden = true;
    root.append(this.#empty, this.#list, this.#attempts.node, element("p", "actions", this.#more));
  }

  /** List the newest. */
  show() {
    return this.#attempts.to(async () => {
      const rooms = await studio.rooms();
      this.#list.replaceChildren();
      this.#append(rooms);
      say(this.#empty, this.#list.childElementCount === 0 ? this.#texts.no_rooms : "");
    });
  }

  async #add(before) {
    this.#append(await studio.rooms(before));
  }

  #append(rooms) {
    this.#list.append(...rooms.filter(this.#isListed).map((room) => this.#entry(room)));
    this.#oldest = rooms.at(-1)?.room_id;
    this.#more.hidden = rooms.length < PAGE;
  }

  #entry(room) {
    const { texts, languages } = { texts: this.#texts, languages: this.#languages };
    const title = room.title || texts.untitled;
    const what = element(
      "p",
      "what",
      element("strong", "", title),
      element("span", "soft small", times(languages).moment(room.opened_at)),
    );
    const again = this.#action("room_again", title, () => this.#again(room));
    const forget = this.#action("take_off", title, () => this.#forget(room, title));
    const entry = element("li", "", what, element("p", "actions", again, forget), this.#rounds(room, title));
    entry.dataset.room = room.room_id;
    return entry;
  }

  #rounds({ room_id: roomId, rounds }, title) {
    if (rounds.length === 0) return element("p", "soft small wide", this.#texts.no_rounds);
    return element("ul", "rounds wide", ...rounds.map((round) => this.#round(roomId, round, title)));
  }

  #round(roomId, round, title) {
    const caption = this.#texts.round_number(round.round);
    const run = () => this.#show(roomId, round, title);
    const open = actionButton({ name: "round", caption, run });
    open.setAttribute("aria-haspopup", "dialog");
    open.setAttribute("aria-label", this.#texts.round_of(round.round, title));
    const facts = this.#texts.round_facts(round, times(this.#languages).lasted(round));
    return element("li", "", open, element("span", "soft small figures", facts));
  }

  #action(text, title, run) {
    const button = actionButton({ name: text, caption: this.#texts[text], run });
    button.setAttribute("aria-label", this.#texts.action_on(this.#texts[text], title));
    return button;
  }

  #show(roomId, { round }, title) {
    return this.#attempts.to(() =>
      showRound({ roomId, round, title }, { texts: this.#texts, languages: this.#languages }),
    );
  }

  #again({ room_id: roomId }) {
    return this.#attempts.to(async () => this.#open((await studio.room(roomId)).settings));
  }

  async #forget({ room_id: roomId }, title) {
    const { take_off: yes, forget_room: question, forget_room_explanation: explanation } = this.#texts;
    if (!(await confirmed(question(title), explanation, yes))) return;
    await this.#attempts.to(async () => {
      await studio.forgetRoom(roomId);
      this.#list.querySelector(`[data-room="${roomId}"]`).remove();
      this.#list.querySelector("button")?.focus();
      say(this.#empty, this.#list.childElementCount === 0 ? this.#texts.no_rooms : "");
    });
  }
}
