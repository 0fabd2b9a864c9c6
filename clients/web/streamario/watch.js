/** Keeping up with a room: looking at it, fewer while the socket tells, and being seen there. */
import { isPassing, StreamarioError } from "./api.js";
import { moment } from "./board.js";
import { Alarm, Backoff, now, shared } from "./timing.js";

const isHidden = () => globalThis.document?.visibilityState === "hidden";

/**
 * Call `leave()` when the page may be gone in a moment, `wake()` when it is back or offline, and `reconnect()` when it
 * has a network again. Answers what ends that. Outside a page nothing is called.
 */
export function followPage({ leave, wake, reconnect }) {
  const endings = [
    listen(globalThis.document, "visibilitychange", () => (isHidden() ? leave() : wake())),
    listen(globalThis, "pagehide", () => leave()),
    // Only where it comes back: each page is shown once as it opens, too.
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

const JOIN_AFTER = 12_000; // ms without a press, noticed at the next look; after 30 s a viewer counts as gone

/** Being seen in a room: only viewers who are active there count for its thresholds. */
export class Attendance {
  #api;
  #path;
  #viewer;
  #picture;
  #changed;
  #seenAt = -Infinity;

  constructor({ api, path, viewer, picture, changed }) {
    this.#api = api;
    this.#path = path;
    this.#viewer = viewer;
    this.#picture = picture;
    this.#changed = changed;
  }

  /** The server has just heard of this viewer. */
  seen() {
    this.#seenAt = now();
  }

  /** Be somebody, and be seen where the last time is too long ago. */
  attend = shared(async () => {
    if (this.#picture.status === "missing") return;
    if (!this.#viewer.id) await this.#viewer.identify();
    if (this.#isDue) await this.#join();
  });

  get #isDue() {
    const isWanted = this.#picture.openRound > 0 || this.#seenAt === -Infinity;
    return isWanted && !isHidden() && now() - this.#seenAt > JOIN_AFTER;
  }

  async #join() {
    try {
      const { viewer_count } = await this.#api.ask(`${this.#path}/join`, { viewer_id: this.#viewer.id });
      this.seen();
      this.#picture.viewerCount = viewer_count;
      this.#changed();
    } catch (error) {
      if (error.status !== 401) throw error;
      await this.#viewer.identify();
    }
  }
}

const PACES = { live: 10_000, missing: 10_000, ended: 5_000, hidden: 15_000, other: 2_000 }; // ms between looks
const DOUBT = 1_000; // ms until what contradicts itself is asked about

/** Looks at the room, and judges whether the socket still tells. */
export class Watch {
  isReachable = true;
  #api;
  #path;
  #feed;
  #picture;
  #attend;
  #changed;
  #resumed;
  #looksInPlay = 0;
  #isStopped = false;
  #backoff = new Backoff(1_000, 15_000);
  #nextBeat = new Alarm(() => this.beat());
  #doubt = new Alarm(() => this.#picture.isDoubtful && this.beat(true));
  #answered; // resolves firstAnswer

  /** Resolves once the server has said something of the room, or at the end. */
  firstAnswer = new Promise((resolve) => {
    this.#answered = resolve;
  });

  /** `attend()` has this viewer seen; `resumed()` is called when what waited for the server may go on. */
  constructor({ api, path, feed, picture, attend, changed, resumed }) {
    this.#api = api;
    this.#path = path;
    this.#feed = feed;
    this.#picture = picture;
    this.#attend = attend;
    this.#changed = changed;
    this.#resumed = resumed;
  }

  /** Look and be seen, and again after a while. */
  async beat(isWhole = false) {
    this.#nextBeat.stop();
    this.#doubt.stop();
    const outcomes = await Promise.allSettled([this.look(isWhole), this.#attend()]);
    if (this.#isStopped) return;
    const errors = outcomes.map(({ reason }) => reason).filter(Boolean);
    this.#nextBeat.in(Math.max(this.#pace(), ...errors.map(({ retryAfter }) => retryAfter ?? 0)));
    const bug = errors.find((error) => !(error instanceof StreamarioError));
    if (bug) throw bug;
  }

  /** See how the room is: whole, or what the socket does not tell. */
  async look(isWhole = false) {
    const isSilent = this.#feed.isSilent;
    const isAll = isWhole || isSilent || this.#picture.status === "loading" || this.#picture.awaitsGame;
    if (this.#feed.isLive && !isAll) return;
    const before = this.#picture.progress;
    await this.#see(isAll);
    if (isSilent && this.#feed.isSilent) this.#judgeFeed(before === this.#picture.progress);
    this.#changed();
  }

  /** What was told contradicts what is known: look, unless it clears up by itself. */
  doubt() {
    if (!this.#isStopped) this.#doubt.in(DOUBT);
  }

  /** The page has a network again, perhaps another one, in which the socket leads nowhere. */
  reconnect() {
    if (this.#isStopped) return;
    this.#feed.drop();
    this.wake();
  }

  /** The page is looked at again, or has lost its network. */
  wake() {
    if (this.#isStopped) return;
    this.#feed.suspect();
    this.#resume();
    this.beat(true);
  }

  /** Whether the server answers. */
  reached(isReachable) {
    if (this.#isStopped || isReachable === this.isReachable) return;
    this.isReachable = isReachable;
    this.#changed();
    if (isReachable) this.#resume();
    else this.#beatSoon();
  }

  /** The socket began to tell, or was lost. */
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

  /** Nothing waits for an answer any more. */
  end() {
    this.#answered();
  }

  /** Where a server went, not everybody asks in the same moment. */
  #beatSoon() {
    this.#nextBeat.in(Math.random() * PACES.other);
  }

  /** Whatever waited for the server goes on. */
  #resume() {
    this.#backoff.reset();
    this.#resumed();
    this.#feed.hurry();
  }

  /** ms until the next look. */
  #pace() {
    if (!this.isReachable) return this.#backoff.next();
    const unfed = isHidden() ? PACES.hidden : (PACES[this.#picture.status] ?? PACES.other);
    const isTold = this.#feed.isLive && !this.#picture.awaitsGame;
    return (isTold ? PACES.live : unfed) * (0.75 + Math.random() / 2);
  }

  async #see(isAll) {
    const asked = moment();
    const [room, stats] = await this.#askFor(isAll).catch((error) => this.#unseen(error));
    if (room) this.#takeRoom(room, asked);
    if (stats) this.#picture.takeStats(stats, asked);
  }

  /** Room and counts, as far as they are wanted: in play the counts, and with every other look the room. */
  #askFor(isAll) {
    const isPlaying = this.#picture.status === "in_game";
    const isRoomWanted = isAll || !isPlaying || this.#looksInPlay++ % 2 === 0;
    return Promise.all([
      isRoomWanted && this.#api.ask(this.#path),
      (isAll || isPlaying) && this.#api.ask(`${this.#path}/stats`),
    ]);
  }

  #takeRoom(room, asked) {
    this.#picture.takeRoom(room, asked);
    if (!this.#isStopped) this.#feed.find(room.ws_viewer_url);
    this.#answered();
  }

  #unseen(error) {
    if (error.status !== 404 || isPassing(error)) throw error;
    this.#picture.miss();
    this.#answered();
    return [];
  }

  /** A socket that said nothing while something happened leads nowhere. */
  #judgeFeed(isQuiet) {
    if (isQuiet) this.#feed.trust();
    else this.#feed.drop();
  }
}
