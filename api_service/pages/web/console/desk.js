import { onChange, perFrame } from "../common/elements.js";
import { Room } from "../streamario.js";
import { RoomApi } from "./api.js";
import { Blocked } from "./people/blocked.js";
import { BlockedList } from "./people/blocked_list.js";
import { RoundBoard } from "./live/board.js";
import { Buttons } from "./live/buttons.js";
import { Chart } from "./live/chart.js";
import { ClockOffset } from "./game/clock.js";
import { confirmed } from "./confirm.js";
import { isDead } from "./game/ends.js";
import { TriggerFeed } from "./live/feed.js";
import { sum } from "./live/figures.js";
import { Game } from "./game/game.js";
import { PressBins } from "./live/press_bins.js";
import { TestPresses } from "./live/test_presses.js";
import { Hotkeys } from "./hotkeys.js";
import { Moderators } from "./people/moderators.js";
import { NamesSwitch } from "./people/names_switch.js";
import { OverlayBuilder } from "./share/overlay_builder.js";
import { OverlayUrl } from "./share/overlay_url.js";
import { Person } from "./people/person.js";
import { phaseOf } from "./game/phases.js";
import { RoundResults } from "./results/results.js";
import { RoomStudio } from "./studio/room_studio.js";
import { SettingsEditor } from "./settings/settings_editor.js";
import { Share } from "./share/share.js";
import { storeDesk, storeRoom, storedDesk, storedRoom } from "./storage.js";
import { SoundSwitch } from "./live/sound_switch.js";
import { Tabs } from "./tabs.js";
import { Timer } from "./live/timer.js";
import { Viewers } from "./people/viewers.js";

const byId = (id) => document.getElementById(id);

/**
 * One room, run from this page. It is the room's game (`Game`: triggers, round) and one who watches
 * it (`Room`: counts, status); what the two tell is shown by the parts of the page.
 */
export class Desk {
  #entry;
  #texts;
  #languages;
  #api;
  #room;
  #game;
  #clock = new ClockOffset();
  #presses;
  #blocked;
  #board;
  #timer;
  #names;
  #share;
  #overlayUrl;
  #testPresses;
  #buttons;
  #chart;
  #feed;
  #viewers;
  #blockedList;
  #moderators;
  #results;
  #settings;
  #studio;
  #tabs;
  #shownButtons = ""; // what parts show of the buttons
  #followRound = onChange((running) => running && this.#roundStarted());
  #render = perFrame((now) => this.#show(now));

  /** `entry` is the room as the storage has it; `open(settings)` leaves it for a new one with these. */
  constructor(entry, { texts, languages, open }) {
    this.#entry = entry;
    this.#texts = texts;
    this.#languages = languages;
    this.#api = new RoomApi(entry.room_id, entry.room_token);
    this.#room = new Room(entry.room_id, { viewer: false });
    const cursor = "epoch" in entry ? { epoch: entry.epoch, seq: entry.last_seq } : null;
    this.#game = new Game({
      url: entry.ws_url,
      roomId: entry.room_id,
      token: entry.room_token,
      cursor,
      whyRefused: () => this.#api.whyRefused(),
    });
    this.#furnish();
    this.#studio = new RoomStudio({
      ...{ texts, languages, api: this.#api, open },
      isDirty: () => this.isDirty,
      recorded: () => this.#overlayUrl.refresh(),
    });
  }

  /** Take the room, and stay up to date until the page goes. */
  open() {
    storeRoom(this.#entry);
    byId("desk").hidden = byId("leave").hidden = false;
    this.#share.show(this.#entry);
    this.#tabs.open("live");
    this.#listen();
    this.#room.open();
    this.#game.open();
    window.addEventListener("pagehide", () => this.#game.close());
  }

  /** The focus is nobody's: it goes to the button that runs the round. */
  takeFocus() {
    this.#board.takeFocus();
  }

  /** Whether settings were edited and not saved. */
  get isDirty() {
    return this.#settings.isDirty;
  }

  /** Whether to leave, asked where that would cost something. */
  async mayLeave() {
    const { leave, leave_question: question, leave_running: running, leave_unsaved } = this.#texts;
    const costs = [];
    if (this.#room.state.status === "in_game" && this.#game.isOpen) costs.push(running);
    if (this.isDirty) costs.push(leave_unsaved);
    return costs.length === 0 || confirmed(question, costs.join(" "), leave);
  }

  /** Load the page again, for another room or none; edits are given up, and the browser does not ask. */
  leave() {
    this.#settings.discard();
    location.reload(); // what the desk listens to goes with the page
  }

  /** The browser's studio is another now. */
  showStudio() {
    this.#tabs.open("settings");
    this.#overlayUrl.refresh();
    this.#studio.adopted();
  }

  #furnish() {
    const desk = storedDesk(this.#entry.room_id);
    const speaking = { texts: this.#texts, languages: this.#languages };
    this.#presses = new PressBins(desk?.presses);
    const api = this.#api;
    const blocked = new Blocked(this.#entry.blocked, api);
    this.#blocked = blocked;
    const settings = {
      isDirty: () => this.isDirty,
      changed: () => this.#tabs.opened === "settings" && this.#settings.open(),
    };
    this.#board = new RoundBoard(byId("board"), {
      ...{ ...speaking, api, game: this.#game, stopped: this.#entry.stopped },
      storeStopped: (round) => this.#store({ stopped: round }),
      settings,
    });
    this.#timer = new Timer(byId("timer"), { ...speaking, api });
    this.#names = new NamesSwitch(byId("board"), {
      ...{ ...speaking, api },
      refuse: (sentence) => this.#board.refuse(sentence),
      changed: settings.changed,
    });
    this.#share = new Share(byId("share"), this.#texts);
    const showOverlay = () => this.#share.showOverlay(this.#overlayUrl);
    this.#overlayUrl = new OverlayUrl(this.#entry.room_id, showOverlay);
    showOverlay();
    new OverlayBuilder(byId("set-up-overlay"), {
      ...{ ...speaking, room: this.#room, roomId: this.#entry.room_id },
      url: this.#overlayUrl,
      changed: showOverlay,
    });
    this.#testPresses = new TestPresses(byId("presses"), { ...speaking, api });
    const onTest = (button) => this.#testPresses.test(button);
    this.#buttons = new Buttons(byId("buttons"), { ...speaking, onTest });
    this.#chart = new Chart(byId("chart"), { ...speaking, presses: this.#presses });
    const person = new Person({
      ...{ ...speaking, api, blocked },
      hideNames: () => this.#names.set(true),
      onBlocked: (trigger) => this.#feed.blocked(trigger),
    });
    this.#feed = new TriggerFeed(byId("feed"), {
      ...{ ...speaking, clock: this.#clock, stored: desk?.feed },
      onPerson: (trigger) => person.open(trigger),
    });
    new SoundSwitch(byId("feed-sounds"), this.#room);
    this.#viewers = new Viewers(byId("pressers"), { ...speaking, api, blocked, hasSearch: true });
    this.#blockedList = new BlockedList({ ...speaking, api, blocked });
    this.#blockedList.node.classList.add("narrow");
    byId("viewers").append(this.#blockedList.node);
    const roomId = this.#entry.room_id;
    this.#moderators = new Moderators(byId("viewers"), { ...speaking, api, roomId });
    this.#results = new RoundResults(byId("results"), {
      ...{ ...speaking, room: this.#room, blocked, names: this.#names },
      onBooked: () => this.#studio.roundBooked(),
    });
    this.#settings = new SettingsEditor(byId("settings-form"), {
      ...{ ...speaking, api },
      saved: () => this.#studio.storeSettings(),
    });
    this.#tabs = new Tabs(byId("tabs"), (id) => this.#opened(id));
    new Hotkeys(byId("keys"), {
      p: () => this.#board.press("pause", "resume"),
      x: () => this.#board.press("stop"),
      t: () => this.#testSelected(),
    });
  }

  /** The answer shows beside the buttons. */
  #testSelected() {
    this.#tabs.open("live");
    this.#buttons.testSelected();
  }

  #listen() {
    const game = this.#game;
    this.#room.on("change", (state) => this.#take(state));
    this.#room.on("effect", (effect) => this.#feed.answered(effect));
    game.on("connection", (connection) => this.#connection(connection));
    game.on("ready", (ready) => this.#attached(ready));
    game.on("trigger", (event) => this.#feed.take(event));
    game.on("summary", (summary) => this.#ended(summary));
    game.on("gap", ({ last_seq: seq }) => this.#feed.note(this.#texts.gap(seq)));
    game.on("missing", ({ from, to }) => this.#feed.note(this.#texts.missing(from, to)));
    game.on("refused", (error) => this.#board.refuse(this.#texts.refused(error)));
    game.on("roundTrip", (ms) => this.#feed.showRoundTrip(ms));
    game.on("settle", (cursor) => this.#settle(cursor));
    this.#blocked.onChange = (ids) => {
      this.#store({ blocked: ids });
      this.#results.redraw();
    };
  }

  #connection(connection) {
    this.#board.showConnection(connection);
    this.#timer.showConnection(connection);
    // Nothing can be changed any more in a room that is not this page's to run, and never will be.
    if (isDead(connection.reason)) this.#tabs.withdraw(["settings", "viewers"], "live");
  }

  #attached(ready) {
    this.#api.token = ready.room_token;
    this.#store({ room_token: ready.room_token, web_url: ready.web_url });
    this.#share.show(this.#entry);
    this.#studio.attached(this.#entry);
    if (!ready.recovered) this.#feed.note(this.#texts.not_recovered);
    this.#compareClocks();
  }

  async #compareClocks() {
    try {
      await this.#clock.compare(async () => (await this.#api.stats()).time);
    } catch {
      return; // the API is away: latencies are by the browser's own clock until it is back
    }
    this.#feed.showMeasured();
  }

  #take(state) {
    this.#presses.take(state, Date.now());
    this.#timer.show(state);
    this.#names.follow(state.showsNames);
    const { status, title, round } = state;
    if (status === "ended") this.#results.expect(round);
    else if (status === "in_game") this.#results.expect(round - 1);
    this.#followRound(status === "in_game" ? round : 0);
    if (status !== "loading" && title !== this.#entry.title) this.#store({ title });
    this.#render();
  }

  /** Gives when an effect's countdown must be shown again. */
  #show(now) {
    const { state } = this.#room;
    byId("room-title").textContent = state.title;
    this.#board.show(state);
    this.#share.showCode(state.code);
    this.#share.showTheme(state.theme);
    this.#testPresses.show(state);
    const next = this.#buttons.show(state.buttons, phaseOf(state) === "running", now);
    const fired = sum(state.buttons.map(({ level }) => level));
    this.#feed.setFired(state.status === "in_game" ? fired : 0);
    this.#recognise(state);
    this.#settings.setViewerCount(state.viewerCount);
    return next;
  }

  /** Buttons and teams that look otherwise than before are drawn anew wherever they are named. */
  #recognise({ buttons, theme }) {
    const shown = JSON.stringify([
      theme.team_names,
      ...buttons.map(({ eventType, icon, labels, color }) => [eventType, icon, labels, color]),
    ]);
    if (shown === this.#shownButtons) return;
    this.#shownButtons = shown;
    for (const part of [this.#feed, this.#chart, this.#results]) part.setButtons(buttons);
  }

  /** Whoever read the last one's results sees this one. */
  #roundStarted() {
    if (this.#tabs.opened === "results") this.#tabs.open("live");
  }

  #ended(summary) {
    this.#feed.endRound(summary.round);
    this.#results.show(summary);
    if (this.#tabs.opened === "live") this.#tabs.open("results");
  }

  /** Show what came, and store it with the cursor that covers it. */
  #settle(cursor) {
    this.#feed.flush();
    storeDesk(this.#entry.room_id, { feed: this.#feed.snapshot(), presses: this.#presses.snapshot() });
    if (cursor) this.#store({ epoch: cursor.epoch, last_seq: cursor.seq });
  }

  /**
   * Store what is new of the room, while it is this page's: what another window has stored since it
   * took the room is not overwritten, and what was forgotten stays so.
   */
  #store(changes) {
    this.#entry = { ...this.#entry, ...changes };
    if (storedRoom(this.#entry.room_id) && this.#game.isOpen) storeRoom(this.#entry);
  }

  #opened(id) {
    if (id === "live") this.#chart.open();
    else this.#chart.close();
    if (id === "settings") this.#settings.open();
    this.#studio.opened(id, this.#entry.title);
    const isShown = id === "viewers";
    for (const list of [this.#viewers, this.#blockedList]) list[isShown ? "open" : "close"]();
    if (isShown) this.#moderators.open();
  }
}
