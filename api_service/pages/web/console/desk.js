import { html } from "lit-html";
import { Room } from "../streamario.js";
import { RoomApi } from "./api.js";
import { Bar } from "./bar.js";
import { phaseOf } from "./game/phases.js";
import { Live } from "./live/live.js";
import { Lobby } from "./lobby/lobby.js";
import { Nav } from "./nav.js";
import { Results } from "./results/results.js";
import { Settings } from "./settings/settings.js";
import { storeRoom, storedRoom } from "./storage.js";
import { People } from "./people/people.js";

/** One room, run from this page. Its parts get the desk, hold what they show, and draw it with `view()`. */
export class Desk {
  tab = "live"; // live, settings, viewers, results
  refusal = ""; // what was asked for and not done, in words
  nextAt = Infinity; // when it must be drawn again though nothing changes (ms on `performance.now()`)
  now = 0; // of this drawing

  /** `entry` is the room as the storage has it. */
  constructor(entry, { texts, language, languages, redraw }) {
    Object.assign(this, { entry, texts, language, languages, redraw });
    this.api = new RoomApi(entry.room_id, entry.room_token);
    this.room = new Room(entry.room_id, { viewer: false });
    this.bar = new Bar(this);
    this.nav = new Nav(this);
    this.lobby = new Lobby(this);
    this.live = new Live(this);
    this.settings = new Settings(this);
    this.viewers = new People(this);
    this.results = new Results(this);
  }

  /** Take the room, and stay up to date until the page goes. */
  open() {
    this.store({});
    this.room.on("change", () => this.redraw());
    this.room.on("trigger", (trigger) => this.live.takeTrigger(trigger));
    this.room.on("effect", (effect) => this.live.takeEffect(effect));
    this.room.on("arrived", (arrived) => this.lobby.takeArrived(arrived));
    this.room.open();
  }

  /** What everybody may know of the room (`RoomState` of the web client). */
  get state() {
    return this.room.state;
  }

  /** "loading", "missing", "active" (no round yet), "starting" (3-2-1), "running", "paused", "stopped" or "ended". */
  get phase() {
    return phaseOf(this.state, { now: this.now, stopped: this.entry.stopped });
  }

  openTab(tab) {
    this.tab = tab;
    this.redraw();
  }

  /** Have it drawn again at this time, though nothing changes: a countdown. */
  redrawAt(at) {
    this.nextAt = Math.min(this.nextAt, at);
  }

  /** Say what was asked for and not done; "" for nothing. */
  refuse(sentence) {
    this.refusal = sentence;
    this.redraw();
  }

  /** Store what is new of the room: what was forgotten stays so. */
  store(changes) {
    this.entry = { ...this.entry, ...changes };
    if (storedRoom(this.entry.room_id) || Object.keys(changes).length === 0) storeRoom(this.entry);
  }

  view(now) {
    this.now = now;
    this.nextAt = Infinity;
    return html`${this.bar.view()}${this.nav.view()}<main class="panel" id=${this.tab}>${this.#panel()}</main>`;
  }

  #panel() {
    const isBefore = ["active", "starting"].includes(this.phase);
    if (this.tab === "live") return (isBefore ? this.lobby : this.live).view();
    return this[this.tab].view();
  }
}
