/**
 * A Streamario room on one viewer's device: a press shows at once, counts exactly once, and survives lost answers,
 * lost networks and reloads. For browsers, and Node from 20. streamario.d.ts has the types and their documentation.
 *
 *   Room         the class that a page uses         Outbox      unsent and unanswered presses, in numbered batches
 *   MergedState  the known state of the room        Gathering   how long presses are gathered into a batch
 *   Board        the buttons as shown               Sender      sends batches and retries
 *   Watch        polls the room                     Viewer      the viewer's identity
 *   Feed         the viewers' socket                Attendance  joins the room, so that the viewer counts
 *   Api          JSON over HTTP                     Earned      the viewer's counted presses
 *   Lasting      the effects that last in the game  Shelf       storage that survives the page
 *   Countdown    the 3-2-1 of a round               Listeners   the page's, of the room's events
 */
import { Api } from "./streamario/api.js";
import { Feed } from "./streamario/feed.js";
import { Gathering } from "./streamario/gathering.js";
import { Listeners } from "./streamario/listeners.js";
import { MergedState } from "./streamario/merged_state.js";
import { Outbox } from "./streamario/outbox.js";
import { Sender } from "./streamario/sender.js";
import { Shelf } from "./streamario/shelf.js";
import { Alarm, now, sleep } from "./streamario/timing.js";
import { Earned, Viewer } from "./streamario/viewer.js";
import { Attendance, Watch, followPage } from "./streamario/watch.js";

export { StreamarioError } from "./streamario/api.js";
export { labelOf } from "./streamario/board.js";

const MOST_PENDING = 200; // waiting presses of one button; more are not accepted
const LIMITED_FOR = 1_500; // ms at least
const CLOSE_WITHIN = 3_000; // ms
const SUMMED_UP_IN = 1_000; // ms, usually, from a round's end until its results exist

export class Room {
  #id;
  #path;
  #isViewer;
  #api;
  #gathering;
  #outbox;
  #earned;
  #merged;
  #viewer;
  #feed;
  #attendance;
  #watch;
  #sender;
  #listeners = new Listeners();
  #state = null; // the state last reported; null once something changed
  #limitedUntil = 0;
  #limitAlarm = new Alarm(() => this.#unlimit());
  #closing = new AbortController();
  #forgetPage = () => {};

  constructor(roomId, options = {}) {
    const { viewer = true, baseUrl = globalThis.location?.origin } = options;
    if (!baseUrl) throw new TypeError("Outside a web page, a room needs its baseUrl");
    this.#id = roomId;
    this.#path = `/api/rooms/${encodeURIComponent(roomId)}`;
    this.#isViewer = viewer;
    this.#remember(baseUrl.replace(/\/+$/, ""), options);
    this.#connect(options);
  }

  get state() {
    this.#state ??= {
      roomId: this.#id,
      status: this.#merged.status,
      round: this.#merged.round,
      open: this.#merged.openRound > 0,
      paused: this.#merged.isPaused,
      stopped: this.#merged.isStopped,
      roundEndsAt: this.#merged.roundEndsAt,
      roundLeftMs: this.#merged.roundLeftMs,
      roundLimitMs: this.#merged.roundLimitMs,
      startsAt: this.#merged.countdown.endsAt,
      title: this.#merged.board.title,
      showsNames: this.#merged.board.showsNames,
      theme: this.#merged.board.theme,
      triggersPerMinute: this.#merged.board.triggersPerMinute,
      buttons: this.#merged.board.views(this.#outbox, this.#merged.lasting, this.#merged.isStopped),
      viewerCount: this.#merged.viewerCount,
      code: this.#merged.code,
      invitation: this.#merged.invitation,
      nextRoomId: this.#merged.nextRoomId,
      connection: this.#connection,
      viewer: this.#viewer.view,
      mine: this.#earned.total,
      place: this.#merged.rankOf(this.#earned.total),
      tipped: this.#earned.tipped,
      limitedUntil: this.#limitedUntil,
      pending: this.#outbox.total,
      gatherMs: this.#gathering.ms,
    };
    return this.#state;
  }

  on(event, listener) {
    return this.#listeners.on(event, listener);
  }

  async open() {
    this.#forgetPage = followPage({
      leave: () => this.#sender.leave(),
      wake: () => this.#watch.wake(),
      reconnect: () => this.#watch.reconnect(),
    });
    await this.#watch.beat();
    await this.#watch.firstAnswer;
    if (this.#isViewer && !this.#isClosed) await this.#adopt();
  }

  async close() {
    if (this.#isClosed) return;
    this.#closing.abort();
    this.#watch.stop();
    const deadline = setTimeout(() => this.#api.cut(), CLOSE_WITHIN);
    await this.#sender.close();
    clearTimeout(deadline);
    this.#api.cut();
    this.#limitAlarm.stop();
    this.#merged.lasting.stop();
    this.#merged.countdown.stop();
    this.#outbox.close();
    this.#forgetPage();
    this.#watch.end();
  }

  press(eventType, times = 1) {
    if (!this.#mayPress || !this.#merged.board.isUsable(eventType)) return 0;
    const wanted = Math.max(0, Math.trunc(times) || 0);
    const taken = Math.min(wanted, Math.max(0, MOST_PENDING - this.#outbox.pressesOf(eventType)));
    if (taken < wanted) this.#limit();
    this.#outbox.add(eventType, taken, this.#merged.openRound);
    if (this.#gathering.isLong) this.#outbox.save();
    this.#sender.schedule();
    this.#changed();
    return taken;
  }

  flush() {
    return this.#sender.flush();
  }

  async setName(name) {
    const set = await this.#viewer.setName(name);
    if (this.#isViewer && this.#merged.status !== "in_game") this.#attendance.renew().catch(() => {}); // the next beat tries again
    return set;
  }

  async results(round) {
    // All viewers see the round end at the same time: jitter spreads their requests.
    const askedAt = this.#merged.endedAt + SUMMED_UP_IN * (1 + Math.random());
    if (askedAt > now()) await sleep(askedAt - now(), this.#closing.signal);
    const query = new URLSearchParams();
    if (this.#viewer.publicId) query.set("viewer_id", this.#viewer.publicId);
    if (round !== undefined) query.set("round", round);
    return this.#api.askPatiently(`${this.#path}/results?${query}`, this.#closing.signal);
  }

  get #isClosed() {
    return this.#closing.signal.aborted;
  }

  get #mayPress() {
    return this.#isViewer && !this.#isClosed && this.#merged.openRound > 0;
  }

  get #connection() {
    if (!this.#watch.isReachable) return "offline";
    return this.#feed.isLive ? "live" : "polling";
  }

  /** Create the parts that hold state. */
  #remember(baseUrl, { storage, fetch, gatherMs }) {
    const shelf = new Shelf(storage);
    this.#gathering = new Gathering(gatherMs);
    this.#outbox = new Outbox(shelf, `streamario:presses:${baseUrl}:${this.#id}`, this.#gathering);
    this.#earned = new Earned(shelf, `streamario:mine:${baseUrl}`, this.#id);
    this.#api = new Api(baseUrl, fetch ?? globalThis.fetch, (isReachable) => this.#watch.reached(isReachable));
    this.#viewer = new Viewer({
      api: this.#api,
      shelf,
      key: `streamario:viewer:${baseUrl}`,
      changed: () => this.#changed(),
      identified: () => this.#sender.schedule(),
    });
    this.#merged = new MergedState({
      roundBegan: (round) => this.#begin(round),
      roundOver: () => this.#outbox.retain((batch) => this.#isWanted(batch)),
      configured: () => this.#outbox.strip((eventType) => this.#merged.board.has(eventType)),
      paced: (ms) => this.#gathering.setGatherMs(ms),
      counted: () => this.#sender.reconsider(),
      triggered: (trigger) => this.#listeners.tell("trigger", trigger),
      answered: (effect) => this.#listeners.tell("effect", effect),
      arrived: (viewers) => this.#listeners.tell("arrived", viewers),
      previewed: (button) => this.#listeners.tell("preview", button),
      forgot: () => this.#listeners.tell("forget"),
      doubted: () => this.#watch.doubt(),
      changed: () => this.#changed(),
    });
  }

  /** Create the parts that communicate. */
  #connect({ WebSocket, preview: showsPreviews = false }) {
    const room = { api: this.#api, path: this.#path, viewer: this.#viewer, merged: this.#merged };
    const changed = () => this.#changed();
    this.#feed = new Feed(WebSocket ?? globalThis.WebSocket, {
      take: (message) => this.#hear(message),
      changed: () => this.#watch.feedChanged(),
      showsPreviews,
    });
    this.#attendance = new Attendance({ ...room, changed });
    this.#watch = new Watch({
      ...room,
      feed: this.#feed,
      enter: async () => (this.#isViewer ? this.#attendance.enter() : null),
      attend: async () => this.#isViewer && this.#attendance.attend(),
      changed,
      resumed: () => this.#sender.resume(),
    });
    this.#sender = new Sender({
      ...room,
      outbox: this.#outbox,
      gathering: this.#gathering,
      effects: {
        counted: (answer, round, requestedAt) => this.#counted(answer, round, requestedAt),
        failed: (error) => this.#listeners.tell("error", error),
        limited: (ms) => this.#limit(ms),
        changed,
        poll: () => this.#watch.poll(true),
      },
    });
  }

  /** Take over the batches that closed pages, such as this one before a reload, left in the storage. */
  async #adopt() {
    await this.#outbox.open((batch) => this.#isWanted(batch));
    this.#sender.schedule();
    this.#changed();
  }

  /** Whether the batch can still count or, if its round has ended, may have counted. */
  #isWanted({ round, isTried }) {
    const { status, round: last, openRound } = this.#merged;
    return round === openRound || (round === last && status === "ended" && isTried);
  }

  #changed() {
    this.#state = null;
    if (!this.#isClosed) this.#listeners.tell("change", this.state);
  }

  #hear(message) {
    this.#merged.hear(message);
    this.#changed();
  }

  #begin(round) {
    this.#earned.begin(round);
    this.#outbox.retain((batch) => batch.round === round);
  }

  /** Handle the answer to a batch of that round; after the round's end it has the viewer's summary. */
  #counted(answer, round, requestedAt) {
    if (answer.game_over) return this.#settle(answer.viewer_summary, round, requestedAt);
    this.#attendance.seen();
    if (!this.#merged.takeCounted(answer, requestedAt)) return;
    this.#credit(answer);
    if (answer.rejected_by.rate + answer.rejected_by.clamp > 0) this.#limit();
  }

  /** Add what was counted to the viewer's own, and tell which triggers these presses tipped. */
  #credit({ accepted, event_results: results }) {
    const triggers = results.reduce((sum, { triggers_fired: times }) => sum + times, 0);
    this.#earned.add(accepted, triggers);
    this.#state = null;
    for (const { event_type: eventType, triggers_fired: times, last_seq: lastSeq } of results) {
      if (times > 0) this.#listeners.tell("tipped", { eventType, times, lastSeq });
    }
  }

  /** That round has ended and its total is final: drop all batches. */
  #settle({ total }, round, requestedAt) {
    if (!this.#merged.takeEnd(round, requestedAt)) return;
    this.#earned.settle(total);
    this.#outbox.clear();
  }

  /** Show that the viewer presses faster than the server counts. */
  #limit(ms = 0) {
    const lasting = Math.max(ms, LIMITED_FOR);
    this.#limitedUntil = now() + lasting;
    this.#limitAlarm.stop();
    this.#limitAlarm.in(lasting);
    this.#changed();
  }

  #unlimit() {
    this.#limitedUntil = 0;
    this.#changed();
  }
}
