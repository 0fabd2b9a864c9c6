/** The room as it is known: made of what answers and the socket tell, each of which may be late. */
import { Board, moment, SOCKET, Stamp } from "./board.js";
import { now } from "./timing.js";

export class Picture {
  status = "loading";
  round = 0;
  isPaused = false;
  viewerCount = 0;
  endedAt = -Infinity; // when a round was seen to end, in ms on the clock that nobody sets
  board = new Board();
  #startsOnPress = false; // the first press opens the round
  #isGameThere = false; // as the API said last; the socket does not tell
  #effects;
  #statusStamp = new Stamp();
  #settingsStamp = new Stamp();
  #roundSince = 0; // the moment
  #socketRound = 0; // the one that the socket tells of
  #isContradicted = false; // something did not fit the status
  #lastTrigger = { epoch: 0, seq: 0 };

  /** What follows elsewhere: `roundBegan(round)`, `roundOver()`, `configured()`, `triggered(trigger)`, `doubted()`. */
  constructor(effects) {
    this.#effects = effects;
  }

  /** The round that a press would count in: the one that runs, or the one that it opens; 0 where it counts in none. */
  get openRound() {
    if (this.status === "in_game") return this.round;
    return this.status === "active" && this.#startsOnPress && this.#isGameThere ? this.round + 1 : 0;
  }

  /** Whether the buttons wait for nothing but the game to connect. */
  get awaitsGame() {
    return this.status === "active" && this.#startsOnPress && !this.#isGameThere;
  }

  /** Whether something was told that contradicts this, and nothing since that fits. */
  get isDoubtful() {
    return this.#isContradicted || this.board.isDoubtful;
  }

  /** All that a socket would tell of, as text to compare. */
  get progress() {
    return [this.status, this.round, this.isPaused, this.board.progress].join();
  }

  /** What the socket tells, by type. */
  #hearing = {
    stats: (message) => {
      this.#takeStatus(message, SOCKET);
      this.#hearStats(message);
    },
    stats_update: (message) => this.#hearStats(message),
    status: (message) => this.#takeStatus(message, SOCKET),
    settings: ({ settings }) => this.#takeSettings(settings, SOCKET),
    trigger: (message) => this.#takeTrigger(message),
    game_over: ({ round }) => this.#takeStatus({ status: "ended", round, paused: false }, SOCKET),
  };

  /** Take over a message of the socket. */
  hear(message) {
    this.#socketRound = message.round ?? this.#socketRound;
    this.#hearing[message.type]?.(message);
  }

  /** Take over a room, as it was answered to a question of that moment. */
  takeRoom(room, asked) {
    this.#isGameThere = room.game_connected;
    this.#takeSettings(room.settings, asked);
    this.#takeStatus(room, asked);
    this.viewerCount = room.viewer_count;
  }

  takeStats({ stats, viewer_count }, source) {
    this.viewerCount = viewer_count;
    // What was asked for before the round began may be of the one before.
    if (source !== SOCKET && source < this.#roundSince) return;
    for (const stat of stats) this.board.take(stat, source);
    if (this.board.isDoubtful) this.#effects.doubted();
  }

  /** Take over the answer to presses; answers whether they were of the round that is on. */
  takeCounted(answer, asked) {
    const { round } = answer;
    if (round > this.round) this.#takeStatus({ status: "in_game", round, paused: false }, asked);
    if (round !== this.round) return false;
    // It names its round, so it is of that one even where it was asked for before.
    this.takeStats(answer, Math.max(asked, this.#roundSince));
    return true;
  }

  /** Take over that presses came after their round's end; answers whether that round is the last one known. */
  takeEnd(round, asked) {
    this.#takeStatus({ status: "ended", round, paused: false }, asked);
    return this.status === "ended" && this.round === round;
  }

  /** There is no such room. */
  miss() {
    this.status = "missing";
    this.#effects.roundOver();
  }

  #hearStats(message) {
    if (this.#socketRound === this.round) this.takeStats(message, SOCKET);
  }

  #takeSettings(settings, source) {
    if (source !== SOCKET && !this.#settingsStamp.isSurelyBefore(source)) return;
    this.#settingsStamp.mark(source);
    this.#startsOnPress = settings.starts === "press";
    this.board.configure(settings);
    this.#effects.configured();
  }

  #takeStatus(told, source) {
    const isSure = this.#statusStamp.isSurelyBefore(source);
    const steps = stage(told) - stage(this);
    this.#isContradicted = steps < 0 && !isSure;
    if (this.#isContradicted) return this.#effects.doubted();
    if (steps === 0 && !isSure && source !== SOCKET) return;
    this.#statusStamp.mark(source);
    if (this.status === "in_game" && told.status === "ended") this.endedAt = now();
    if (told.round !== this.round) this.#enter(told.round);
    this.status = told.status;
    this.isPaused = told.paused;
    if (told.status !== "in_game") this.#effects.roundOver();
  }

  #enter(round) {
    if (this.status !== "loading") {
      this.board.clear();
      this.#roundSince = moment();
    }
    this.round = round;
    this.#effects.roundBegan(round);
  }

  #takeTrigger({ event_type: eventType, viewer_name: viewerName, epoch, seq }) {
    const last = this.#lastTrigger;
    if (epoch < last.epoch || (epoch === last.epoch && seq <= last.seq)) return;
    this.#lastTrigger = { epoch, seq };
    this.board.tipped(eventType, viewerName);
    this.#effects.triggered({ eventType, viewerName, epoch, seq });
  }
}

/** How far a room is in its life: round after round, each with an end. */
const stage = ({ status, round }) => round * 2 + (status === "ended" ? 1 : 0);
