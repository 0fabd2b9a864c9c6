/** The known state of the room, merged from answers and socket messages, which may arrive late. */
import { Board, logicalNow, SOCKET, Stamp } from "./board.js";
import { Countdown } from "./countdown.js";
import { Lasting } from "./lasting.js";
import { now, ServerClock } from "./timing.js";

const RANKS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 50, 100]; // those that the socket reports

export class MergedState {
  status = "loading";
  round = 0;
  isPaused = false;
  isStopped = false;
  viewerCount = 0;
  code = null; // what people type to get to the room, while it is not over
  invitation = null; // where people join the room
  nextRoomId = null; // the room that follows an ended one
  endedAt = -Infinity; // when this page saw the round end, ms on the monotonic clock
  board = new Board();
  lasting;
  countdown;
  roundLimitMs = 0; // after how long the server ends rounds; 0 = never
  #clock = new ServerClock();
  #ranks = { round: 0, places: [] }; // what others have pressed, by rank
  #lastStatus = {}; // the last status, as the server sent it
  #startsOnPress = false; // the first press starts the round
  #isGameThere = false; // from the API's last answer; the socket does not report it
  #effects;
  #statusStamp = new Stamp();
  #settingsStamp = new Stamp();
  #roundSince = 0; // the logical time at which the round was entered
  #socketRound = 0; // the round of the socket's latest message that told one
  #isContradicted = false; // the last update contradicted the status
  #lastTrigger = { epoch: 0, seq: 0 };

  /**
   * `effects` are callbacks: `roundBegan(round)`, `roundOver()`, `configured()`, `paced(ms)`, `counted()`,
   * `triggered(trigger)`, `answered(effect)`, `arrived(viewers)`, `previewed(button)`, `forgot()`, `doubted()`,
   * `changed()`.
   */
  constructor(effects) {
    this.#effects = effects;
    this.lasting = new Lasting(this.#clock, () => effects.changed());
    this.countdown = new Countdown(this.#clock, () => effects.changed());
  }

  /** The round that a press would count in: the running one, or the one that it starts; 0 if none. */
  get openRound() {
    if (this.status === "in_game") return this.round;
    return this.status === "active" && this.#startsOnPress && this.#isGameThere ? this.round + 1 : 0;
  }

  /** Whether the buttons wait only for the game to connect. */
  get awaitsGame() {
    return this.status === "active" && this.#startsOnPress && !this.#isGameThere;
  }

  /** The rank of so many presses, as far as the socket reported; null if none. */
  rankOf(presses) {
    const { round, places } = this.#ranks;
    if (presses === 0 || round !== this.round || places.length === 0) return null;
    const behind = places.filter(({ count }) => presses < count).at(-1)?.place ?? 0;
    const found = RANKS.find((rank) => rank > behind) ?? null;
    return found <= 10 || places.some(({ place }) => place === found) ? found : null;
  }

  /** When the server ends the running round, ms on the monotonic clock; null if it does not, or not yet known. */
  get roundEndsAt() {
    const at = this.#clock.at(this.#lastStatus.round_ends_at ?? NaN);
    return Number.isFinite(at) ? at : null;
  }

  /** How long (ms) a paused round that the server ends will then go on; null for others. */
  get roundLeftMs() {
    return this.#lastStatus.round_left_ms ?? null;
  }

  /** Whether the last update contradicts the known state. */
  get isDoubtful() {
    return this.#isContradicted || this.board.isDoubtful;
  }

  /** The state that the socket reports, as text to compare. */
  get progress() {
    return [this.status, this.round, this.isPaused, this.isStopped, this.board.progress].join();
  }

  /** Handlers of the socket's messages, by type. */
  #hearing = {
    stats: (message) => {
      this.#adjustClock(message);
      this.lasting.clear();
      this.#forgetNames(); // whoever is blocked may be among them
      this.#takeStatus(message, SOCKET);
      this.#hearStats(message);
    },
    stats_update: (message) => this.#hearStats(message),
    status: (message) => {
      this.#adjustClock(message);
      this.#takeStatus(message, SOCKET);
    },
    settings: ({ settings }) => this.#takeSettings(settings, SOCKET),
    trigger: (message) => this.#takeTrigger(message),
    arrived: ({ names, viewer_count: viewerCount }) => {
      this.viewerCount = viewerCount;
      if (this.board.showsNames) this.#effects.arrived({ names, viewerCount });
    },
    preview: ({ event_type: eventType, viewer_name: viewerName }) => this.#effects.previewed({ eventType, viewerName }),
    places: (message) => (this.#ranks = message),
    effect: (message) => this.#effects.answered(this.lasting.take(message)),
    game_over: ({ round }) => this.#takeStatus({ status: "ended", round, paused: false }, SOCKET),
  };

  hear(message) {
    this.#socketRound = message.round ?? this.#socketRound;
    this.#hearing[message.type]?.(message);
  }

  /** Apply an answer about the room; `requestedAt` is the logical time of its request. */
  takeRoom(room, requestedAt) {
    this.#adjustClock(room);
    this.#isGameThere = room.game_connected;
    this.#takeSettings(room.settings, requestedAt);
    this.#takeStatus(room, requestedAt);
    this.viewerCount = room.viewer_count;
    this.code = room.code;
    if (JSON.stringify(room.invitation) !== JSON.stringify(this.invitation)) this.invitation = room.invitation ?? null;
  }

  takeStats(message, source) {
    const { stats, viewer_count, send_every_ms } = message;
    this.#adjustClock(message);
    this.viewerCount = viewer_count;
    this.#effects.paced(send_every_ms);
    // The answer to a request from before this round may be about the previous round.
    if (source !== SOCKET && source < this.#roundSince) return;
    for (const stat of stats) this.board.take(stat, source);
    this.#effects.counted();
    if (this.board.isDoubtful) this.#effects.doubted();
  }

  /** Apply the answer to a batch; returns whether it is about the current round. */
  takeCounted(answer, requestedAt) {
    const { round } = answer;
    if (round > this.round) this.#takeStatus({ status: "in_game", round, paused: false }, requestedAt);
    if (round !== this.round) return false;
    // The answer names its round, so it belongs to this round even if the request is older.
    this.takeStats(answer, Math.max(requestedAt, this.#roundSince));
    this.board.credit(answer);
    return true;
  }

  /** A batch arrived after its round's end; returns whether that round is the last one known. */
  takeEnd(round, requestedAt) {
    this.#takeStatus({ status: "ended", round, paused: false }, requestedAt);
    return this.status === "ended" && this.round === round;
  }

  miss() {
    this.status = "missing";
    this.#effects.roundOver();
  }

  /** Older servers say only with some messages what time it is. */
  #adjustClock({ time }) {
    if (time) this.#clock.adjust(time);
  }

  #hearStats(message) {
    if (this.#socketRound === this.round) this.takeStats(message, SOCKET);
  }

  #takeSettings(settings, source) {
    if (source !== SOCKET && !this.#settingsStamp.isSurelyBefore(source)) return;
    this.#settingsStamp.mark(source);
    this.#startsOnPress = settings.starts === "press";
    this.roundLimitMs = settings.round_limit_s * 1_000;
    const { showsNames } = this.board;
    this.board.configure(settings);
    if (showsNames && !this.board.showsNames) this.#forgetNames();
    this.#effects.configured();
  }

  #forgetNames() {
    this.board.forgetNames();
    this.lasting.forgetNames();
    this.#effects.forgot();
  }

  #takeStatus(reported, source) {
    const isSure = this.#statusStamp.isSurelyBefore(source);
    const steps = stage(reported) - stage(this);
    this.#isContradicted = steps < 0 && !isSure;
    if (this.#isContradicted) return this.#effects.doubted();
    if (steps === 0 && !isSure && source !== SOCKET) return;
    this.#statusStamp.mark(source);
    if (this.status === "in_game" && reported.status === "ended") this.endedAt = now();
    if (reported.round !== this.round) this.#enter(reported.round);
    this.status = reported.status;
    this.isPaused = reported.paused;
    this.isStopped = reported.stopped ?? false; // an older server does not say it
    this.nextRoomId = reported.next_room_id ?? null;
    this.#lastStatus = reported;
    this.countdown.take(reported);
    if (reported.status !== "in_game") this.#effects.roundOver();
  }

  #enter(round) {
    if (this.status !== "loading") {
      this.board.clear();
      this.#roundSince = logicalNow();
    }
    this.round = round;
    this.#effects.roundBegan(round);
  }

  /** An older gateway does not say how many people and presses were in it, or that the streamer fired it. */
  #takeTrigger({
    event_type: eventType,
    viewer_name: name,
    epoch,
    seq,
    people,
    trigger_count: presses,
    by_streamer: byStreamer,
  }) {
    const last = this.#lastTrigger;
    if (epoch < last.epoch || (epoch === last.epoch && seq <= last.seq)) return;
    this.#lastTrigger = { epoch, seq };
    const viewerName = this.board.showsNames ? name : null;
    this.board.tipped(eventType, viewerName);
    this.#effects.triggered({ eventType, viewerName, epoch, seq, people, presses, byStreamer, round: this.#socketRound });
  }
}

/** The room's progress as a number: it grows with each round's start and end. */
const stage = ({ status, round }) => round * 2 + (status === "ended" ? 1 : 0);
