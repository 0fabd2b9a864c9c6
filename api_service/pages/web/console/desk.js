import { html, nothing } from "lit-html";
import { invitationAfter } from "../common/urls.js";
import { labelOf, Room } from "../streamario.js";
import { ServerClock } from "../streamario/timing.js";
import { fetchTelling, RoomApi } from "./api.js";
import { Announcer, Bar } from "./bar.js";
import { confirmed } from "./parts.js";
import { GameAttendance } from "./game/attendance.js";
import { Hotkeys } from "./keys.js";
import { Live } from "./live/live.js";
import { PressBins } from "./live/press_bins.js";
import { SoundSwitch } from "./live/feed_list.js";
import { Lobby } from "./lobby/lobby.js";
import { Nav } from "./nav.js";
import { Blocked, Names } from "./people/viewers.js";
import { People } from "./people/people.js";
import { record } from "./results/history.js";
import { Results } from "./results/results.js";
import { Commands } from "./round/commands.js";
import { phaseOf, Rounds } from "./round/round.js";
import { Settings } from "./settings/settings.js";
import { playedRoom, storePlayed, storeRoom, storeSettings, storedDesk, storedRoom } from "./storage.js";

const DOCK = "(max-width: 520px) and (pointer: fine)"; // beside a game or in OBS; a phone has the tabs

/** One room, run from this page. Its parts get the desk, hold what they show, and draw it with `view()`. */
export class Desk {
  #dock = matchMedia(DOCK);
  tab = "live"; // live, settings, viewers, results
  refusal = ""; // what was asked for and not done, in words
  nextAt = Infinity; // when it must be drawn again though nothing changes (ms on `performance.now()`)
  now = performance.now(); // of this drawing
  invitation; // where people join the room: what the server said last, and until then what is stored
  stopped = null; // what the last stop threw away, while it lasts and if this window did it: `{total, counts}`
  #page;
  #attendance;
  #clock = new ServerClock();
  #rounds = new Rounds();
  #wasStopped = false;
  #wasLost = false;
  #isRecorded = false;

  /**
   * `entry` is the room as the storage has it. `page` has the texts and what is not of this room: `redraw`, `open`
   * (another room with these settings), `leave`, `speak` (another language).
   */
  constructor(entry, page) {
    const { texts, language, languages, redraw, speak } = page;
    Object.assign(this, { entry, texts, language, languages, redraw, speak });
    this.#page = page;
    this.invitation = { url: entry.web_url, lasts: true };
    this.api = new RoomApi(entry.room_id, entry.room_token, storeSettings);
    this.#attendance = this.#attend();
    // Of what everybody may read the settings lack the words that the streamer masks.
    const hear = ({ settings, ...room }) => this.#attendance.hear(room);
    this.room = new Room(entry.room_id, { viewer: false, fetch: fetchTelling(hear) });
    this.blocked = new Blocked(entry.blocked, this.api);
    this.blocked.onChange = (blocked) => this.store({ blocked });
    this.presses = new PressBins(storedDesk(entry.room_id)?.presses);
    this.commands = new Commands(this);
    this.names = new Names(this);
    this.hotkeys = new Hotkeys(this.#keys());
    this.#furnish();
  }

  #furnish() {
    this.bar = new Bar(this);
    this.nav = new Nav(this);
    this.announcer = new Announcer(this);
    this.lobby = new Lobby(this);
    this.live = new Live(this);
    this.settings = new Settings(this);
    this.viewers = new People(this);
    this.results = new Results(this);
    this.sounds = new SoundSwitch(this);
  }

  /** Take the room, and stay up to date until the page goes. */
  begin() {
    storeRoom(this.entry);
    this.room.on("change", (state) => this.#follow(state));
    this.room.on("trigger", (trigger) => this.live.takeTrigger(trigger));
    this.room.on("effect", (effect) => this.live.takeEffect(effect));
    this.room.on("arrived", (arrived) => this.lobby.takeArrived(arrived));
    this.room.open();
    this.#attendance.open();
    this.#part.opened?.();
  }

  /** What everybody may know of the room (`RoomState` of the web client). */
  get state() {
    return this.room.state;
  }

  /** "loading", "missing", "active" (no round yet), "starting" (3-2-1), "running", "paused", "stopped" or "ended". */
  get phase() {
    return this.commands.phaseOf(phaseOf(this.state, this.now));
  }

  /** When the running round began (ms on `performance.now()`); null until that is known. */
  get startedAt() {
    return this.#rounds.startOf(this.state.round);
  }

  /** Whether the server does not answer. */
  get isLost() {
    return (this.state.connection === "offline" || this.#attendance.isAway) && this.state.status !== "loading";
  }

  /** "on": a game or this page is connected as the game; "wait": it has been away, or nobody knows; "no": there is none. */
  get gameLight() {
    return this.isLost ? "wait" : this.#attendance.light;
  }

  get isGame() {
    return this.#attendance.isGame;
  }

  /** Since when a game that was there is away: ms since 1970, or null. */
  get gameAwaySince() {
    return this.#attendance.awaySince;
  }

  /** A time of the server's clock (ms since 1970) on this page's, once they have been compared. */
  onOwnClock(ms) {
    const at = this.#clock.at(ms);
    return Number.isFinite(at) ? Math.round(Date.now() - performance.now() + at) : ms;
  }

  captionOf(eventType) {
    const button = this.state.buttons.find((each) => each.eventType === eventType);
    return button ? labelOf(button, this.languages) : eventType;
  }

  openTab(tab) {
    if (tab !== this.tab) {
      this.#part.closed?.();
      this.tab = tab;
      this.#part.opened?.();
    }
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

  /** Store what is new of the room. What another window has stored of it stays, and so does that it was forgotten. */
  store(changes) {
    this.entry = { ...this.entry, ...changes };
    const stored = storedRoom(this.entry.room_id);
    if (stored) storeRoom({ ...stored, ...changes });
  }

  /** A stop of this window has thrown so much away: `{round, total, counts}`. */
  takeStopped(stopped) {
    this.stopped = stopped;
    this.#attendance.hurry();
    this.live.takeStopped(stopped);
  }

  /** Nobody wants to see the results of this round. */
  skipResults(round) {
    this.#rounds.skip(round);
    this.results.passOver(round);
  }

  /** Leave for a new room with these settings, or for the one that `settings` is a promise of. Throws StreamarioError. */
  open(settings) {
    return this.#page.open(settings);
  }

  /** Read the room now; resolves when that is done. Where it fails, it is read soon enough. */
  refresh() {
    return this.api.readRoom().then((room) => this.#attendance.hear(room), () => {});
  }

  /** The browser's studio is another now, which does not know of the room. */
  adopted() {
    this.#record();
    this.openTab("settings");
    this.settings.openSection("setups");
  }

  async leave() {
    if (await this.mayLeave()) this.#page.leave();
  }

  /** Whether to leave, asked where that would cost something. */
  async mayLeave() {
    const { leave, leave_question: question, leave_running: running, leave_unsaved: unsaved } = this.texts;
    const costs = [];
    if (this.state.status === "in_game" && this.isGame) costs.push(running);
    if (this.settings.isDirty) costs.push(unsaved);
    return costs.length === 0 || confirmed(question, costs.join(this.texts.space), leave);
  }

  view(now) {
    this.now = now;
    this.nextAt = Infinity;
    return html`${this.bar.view()}
      ${this.refusal ? html`<p class="refused" role="alert">${this.refusal}</p>` : nothing}
      ${this.nav.view()}${this.announcer.view()}
      <main class="panel" id=${this.tab} role="tabpanel" aria-labelledby="tab-${this.tab}">${this.#part.view()}</main>`;
  }

  /** Whether this is a dock, which has no tabs while it shows what is live. */
  get isDock() {
    return this.#dock.matches;
  }

  get #part() {
    return this.tab === "live" && this.isBetween ? this.lobby : this[this.tab];
  }

  /** Whether no round runs, so that viewers gather. */
  get isBetween() {
    return ["loading", "active", "starting", "ended"].includes(this.phase);
  }

  #attend() {
    const { ws_url: url, room_id: roomId, room_token: token } = this.entry;
    return new GameAttendance({
      game: { url, roomId, token, whyRefused: () => this.api.whyRefused() },
      api: this.api,
      heard: (room) => this.#hear(room),
      attached: (ready) => this.#attached(ready),
      wasGame: playedRoom() === roomId,
      closed: (isGame) => storePlayed(isGame ? roomId : null),
      over: (code) => this.refuse(this.texts.refused({ code })),
      changed: () => this.#reached(),
    });
  }

  #keys() {
    const marks = [1, 2, 3, 4, 5, 6].map((n) => [n, () => this.live.mark(n - 1)]);
    const keys = { p: () => this.bar.key("p"), x: () => this.bar.key("x"), f: () => this.live.fireMarked() };
    return { ...keys, ...Object.fromEntries(marks), escape: () => this.refuse("") };
  }

  /** The room as the API tells it: what the viewers' socket does not know. */
  #hear(room) {
    this.#clock.adjust(room.time);
    this.#rounds.hear(room, performance.now());
    if (room.settings) storeSettings(room.settings); // for the next room to begin with
    if (room.invitation) this.#takeInvitation(room.invitation);
    if (!this.#isRecorded) this.#record();
  }

  /** Until the server has told one, that is what was stored. */
  #takeInvitation(told) {
    const before = this.invitation;
    const { invitation, isNews } = invitationAfter(before.reach ? before : null, told);
    this.invitation = invitation;
    if (invitation.url === before.url) return;
    this.store({ web_url: invitation.url });
    this.lobby.invite.changed(isNews);
  }

  #record() {
    this.#isRecorded = true;
    record(this.entry, () => this.lobby.roomRecorded());
  }

  #attached({ room_token: token }) {
    this.api.token = token;
    this.store({ room_token: token });
  }

  #follow(state) {
    this.presses.take(state, Date.now());
    this.names.follow(state);
    if ((this.#wasStopped && !state.stopped) || this.stopped?.round !== state.round) this.stopped = null;
    this.#wasStopped = state.stopped;
    if (state.status !== "loading") this.#entitle(state.title);
    this.#turn(state);
    this.#reached();
  }

  /** The server answers, or does not; or the game is another. */
  #reached() {
    if (this.#wasLost && !this.isLost) this.commands.reached();
    this.#wasLost = this.isLost;
    this.redraw();
  }

  #entitle(title) {
    document.title = title || this.texts.console;
    if (title !== this.entry.title) this.store({ title });
  }

  /**
   * Whoever looks at the round sees its results when it ends, and whoever read results sees the next round. A dock is
   * there for the round alone.
   */
  #turn(state) {
    const turn = this.#rounds.follow(state);
    if (turn === "began") this.refresh();
    if (turn === "began" && (this.isDock || this.tab === "results")) this.openTab("live");
    if (turn === "ended" && this.tab === "live" && !this.isDock) this.openTab("results");
  }
}
