/** Stays up to date with a room: polls it, less often while the socket is live, and joins it. */
import { isPassing, StreamarioError } from "./api.js";
import { logicalNow } from "./board.js";
import { Alarm, Backoff, now, shared } from "./timing.js";

const isHidden = () => globalThis.document?.visibilityState === "hidden";

/**
 * Call `leave()` when the page may be closed at any moment, `wake()` when it is visible again or offline, and
 * `reconnect()` when it is online again. Returns a function that stops this. Outside a page nothing is called.
 */
export function followPage({ leave, wake, reconnect }) {
  const endings = [
    listen(globalThis.document, "visibilitychange", () => (isHidden() ? leave() : wake())),
    listen(globalThis, "pagehide", () => leave()),
    // Only if the page is restored from the cache: browsers also send pageshow when a page opens.
    listen(globalThis, "pageshow", ({ persisted }) => persisted && wake()),
    listen(globalThis, "offline", () => wake()),
    listen(globalThis, "online", () => reconnect()),
  ];
  return () => {
    for (const end of endings) end();
  };
}

function listen(target, event, action) {
  target?.addEventListener?.(event, action);
  return () => target?.removeEventListener?.(event, action);
}

const JOIN_AFTER = 12_000; // ms without a press, checked at each poll; after 30 s a viewer no longer counts

/** Keeps the viewer active in the room: only active viewers count for its thresholds. */
export class Attendance {
  #api;
  #path;
  #viewer;
  #merged;
  #changed;
  #seenAt = -Infinity;

  constructor({ api, path, viewer, merged, changed }) {
    this.#api = api;
    this.#path = path;
    this.#viewer = viewer;
    this.#merged = merged;
    this.#changed = changed;
  }

  /** The server has just heard of this viewer in the room. */
  seen() {
    this.#seenAt = now();
  }

  /** Get an identity if there is none, and join if the last request is too long ago. */
  attend = shared(async () => {
    if (this.#merged.status === "missing") return;
    if (!this.#viewer.id) await this.#viewer.identify();
    if (this.#isDue) await this.#join();
  });

  /** Join now: the viewer has a name, which pages show of whoever joins. */
  async renew() {
    await this.attend(); // one that is under way may have begun before that
    this.#seenAt = -Infinity;
    await this.attend();
  }

  get #isDue() {
    return !isHidden() && now() - this.#seenAt > JOIN_AFTER;
  }

  /** Join, and get all that a page begins with; null if the page is hidden, or the server is older. */
  async enter() {
    if (isHidden()) return null;
    const answer = await this.#viewer.join(this.#path).catch((error) => {
      // An older server wants an identity that it knows.
      if (error.code === "invalid_body" || error.status === 401) return null;
      throw error;
    });
    if (answer) this.seen();
    return answer?.room ? answer : null;
  }

  async #join() {
    try {
      const { viewer_count } = await this.#api.ask(`${this.#path}/join`, { viewer_id: this.#viewer.id });
      this.seen();
      this.#merged.viewerCount = viewer_count;
      this.#changed();
    } catch (error) {
      if (error.status !== 401) throw error;
      await this.#viewer.identify();
    }
  }
}

const PACES = { live: 10_000, missing: 10_000, ended: 5_000, hidden: 15_000, other: 2_000 }; // ms between polls
const DOUBT = 1_000; // ms until a contradiction makes it poll

/** Polls the room, and detects a socket that no longer sends updates. */
export class Watch {
  isReachable = true;
  #api;
  #path;
  #feed;
  #merged;
  #enter;
  #attend;
  #changed;
  #resumed;
  #pollsInPlay = 0;
  #isStopped = false;
  #backoff = new Backoff(1_000, 15_000);
  #nextBeat = new Alarm(() => this.beat());
  #doubt = new Alarm(() => this.#merged.isDoubtful && this.beat(true));
  #answered; // resolves firstAnswer

  /** Resolves once the server has answered about the room, or at `end`. */
  firstAnswer = new Promise((resolve) => {
    this.#answered = resolve;
  });

  /**
   * `enter()` resolves to the answer that a page begins with, or null: then the room and its state are polled.
   * `attend()` keeps the viewer active; `resumed()` is called when waiting requests may be sent.
   */
  constructor({ api, path, feed, merged, enter, attend, changed, resumed }) {
    this.#api = api;
    this.#path = path;
    this.#feed = feed;
    this.#merged = merged;
    this.#enter = enter;
    this.#attend = attend;
    this.#changed = changed;
    this.#resumed = resumed;
  }

  /** Poll and attend, and schedule the next time. */
  async beat(isWhole = false) {
    this.#nextBeat.stop();
    this.#doubt.stop();
    const outcomes = await this.#requestAll(isWhole);
    if (this.#isStopped) return;
    const errors = outcomes.map(({ reason }) => reason).filter(Boolean);
    this.#nextBeat.in(Math.max(this.#pace(), ...errors.map(({ retryAfter }) => retryAfter ?? 0)));
    const bug = errors.find((error) => !(error instanceof StreamarioError));
    if (bug) throw bug;
  }

  /** What a beat asks for. A new page joins, which answers all; where it does not, the room is polled as ever. */
  async #requestAll(isWhole) {
    if (this.#merged.status !== "loading") return Promise.allSettled([this.poll(isWhole), this.#attend()]);
    const [begun] = await Promise.allSettled([this.#begin()]);
    // A server that is away is asked once a beat.
    if (begun.value || begun.reason?.code === "unreachable") return [begun];
    // Whoever may not join, as one of too many new viewers of an address, sees the room all the same.
    const rest = begun.reason ? [this.poll(true)] : [this.poll(true), this.#attend()];
    return [begun, ...(await Promise.allSettled(rest))];
  }

  /** Whether the room is known now, or known to be missing. */
  async #begin() {
    const requestedAt = logicalNow();
    const answer = await this.#enter().catch((error) => this.#unseen(error));
    if (answer === null) return false;
    this.#takeBoth([answer.room, answer.stats], requestedAt);
    this.#changed();
    return true;
  }

  /** Poll the room: all of it, or only what the socket does not report. */
  async poll(isWhole = false) {
    const isSilent = this.#feed.isSilent;
    const isAll = isWhole || isSilent || this.#merged.status === "loading" || this.#merged.awaitsGame;
    // Where the socket was back before the API, only an answer shows that the API is there, too.
    if (this.#feed.isLive && this.isReachable && !isAll) return;
    const before = this.#merged.progress;
    await this.#see(isAll);
    if (isSilent && this.#feed.isSilent) this.#judgeFeed(before === this.#merged.progress);
    this.#changed();
  }

  /** An update contradicts the known state: poll, unless a later update resolves it. */
  doubt() {
    if (!this.#isStopped) this.#doubt.in(DOUBT);
  }

  /** The page is online again, perhaps in another network, in which the old socket does not work. */
  reconnect() {
    if (this.#isStopped) return;
    this.#feed.drop();
    this.wake();
  }

  /** The page is visible again, or has lost its network. */
  wake() {
    if (this.#isStopped) return;
    this.#feed.suspect();
    this.#resume();
    this.beat(true);
  }

  reached(isReachable) {
    if (this.#isStopped || isReachable === this.isReachable) return;
    this.isReachable = isReachable;
    this.#changed();
    if (isReachable) this.#resume();
    else this.#beatSoon();
  }

  /** The socket became live, or was lost. */
  feedChanged() {
    this.#changed();
    if (!this.#feed.isLive && !this.#isStopped) this.#beatSoon();
  }

  stop() {
    this.#isStopped = true;
    this.#nextBeat.stop();
    this.#doubt.stop();
    this.#feed.close();
  }

  /** The room is closed: resolve `firstAnswer`. */
  end() {
    this.#answered();
  }

  /** Poll soon, with jitter: when a server goes away, all its pages notice at once. */
  #beatSoon() {
    this.#nextBeat.in(Math.random() * PACES.other);
  }

  /** Let everything that waited for the server continue. */
  #resume() {
    this.#backoff.reset();
    this.#resumed();
    this.#feed.hurry();
  }

  /** ms until the next poll. */
  #pace() {
    if (!this.isReachable) return this.#backoff.next();
    const unfed = isHidden() ? PACES.hidden : (PACES[this.#merged.status] ?? PACES.other);
    const isFed = this.#feed.isLive && !this.#merged.awaitsGame;
    return (isFed ? PACES.live : unfed) * (0.75 + Math.random() / 2);
  }

  async #see(isAll) {
    const requestedAt = logicalNow();
    const answers = await this.#askFor(isAll).catch((error) => this.#unseen(error));
    this.#takeBoth(answers, requestedAt);
  }

  #takeBoth([room, stats], requestedAt) {
    if (room) this.#takeRoom(room, requestedAt);
    if (stats) this.#merged.takeStats(stats, requestedAt);
  }

  /** Fetch room and counts: both if `isAll`, else in play the counts, and the room with every second poll. */
  #askFor(isAll) {
    const isPlaying = this.#merged.status === "in_game";
    const isRoomWanted = isAll || !isPlaying || this.#pollsInPlay++ % 2 === 0;
    return Promise.all([
      isRoomWanted && this.#api.ask(this.#path),
      (isAll || isPlaying) && this.#api.ask(`${this.#path}/stats`),
    ]);
  }

  #takeRoom(room, requestedAt) {
    this.#merged.takeRoom(room, requestedAt);
    if (!this.#isStopped) this.#feed.find(room.ws_viewer_url);
    this.#answered();
  }

  #unseen(error) {
    if (error.status !== 404 || isPassing(error)) throw error;
    this.#merged.miss();
    this.#answered();
    return [];
  }

  /** A socket that was silent while the room changed does not work. */
  #judgeFeed(isQuiet) {
    if (isQuiet) this.#feed.trust();
    else this.#feed.drop();
  }
}
