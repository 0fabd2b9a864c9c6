import { Backoff } from "../../streamario/timing.js";
import { Delivery } from "./delivery.js";
import { announcesEnd, isFinal, reasonOfClose } from "./ends.js";

const PROTOCOL = "streamario.v1";
const WELCOME_WITHIN = 10_000; // ms
const BACK_AFTER = [500, 15_000]; // ms, growing from the one to the other
const PING_EVERY = 10_000; // ms
const PINGS_UNANSWERED = 2; // then the socket counts as dead
const SETTLE_EVERY = 1_000; // ms
const MOVED_ON = 1000; // close codes that a page may choose: 1000, or 3000 and more
const STEPPED_AWAY = 3000; // keeps the round: only 1000 says that the game has quit

/**
 * The game's end of `/ws-unity`: one room, whatever happens to its sockets. No DOM here.
 *
 * Every numbered message is emitted once and in order. `settle` follows, at most once a second, with
 * the cursor to store, and only after it the acknowledgement: what was not shown and stored is sent
 * again.
 *
 * Events: `connection {state, reason}` with state "connecting", "open", "waiting" or "ended"; `ready`
 * (the server's `room_ready`), `trigger`, `gap` (the server has lost triggers), `settle` (a cursor).
 */
export class Game {
  #listeners = new Map();
  #backoff = new Backoff(...BACK_AFTER);
  #delivery;
  #options;
  #current = null; // the socket that has the room
  #next = null; // the socket that is to have it
  #left = null; // why there will be no other one
  #welcome = null; // the timer that gives up on `#next`
  #retry = null; // the timer that dials again
  #nextPing = null; // the timer that pings
  #settling = null; // the timer that acknowledges
  #unanswered = 0; // pings
  #settledAt = -SETTLE_EVERY;

  /**
   * `whyRefused` tells, after a handshake that failed (browsers do not say how), why it will fail
   * again, as a final reason, or null where it may not.
   */
  constructor({ url, roomId, token, cursor, whyRefused }) {
    this.#options = { url, roomId, token, whyRefused };
    this.#delivery = new Delivery(cursor);
  }

  /** Returns what ends the subscription. */
  on(event, listener) {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Whether this page is the room's game. */
  get isOpen() {
    return this.#current !== null;
  }

  /** Take the room: the first time, or back from another game. */
  open() {
    this.#left = null;
    this.#backoff.reset();
    this.#dial();
  }

  /** Let go of the room; its round goes on, and waits for its game. */
  close() {
    this.#settle();
    this.#end("left");
    for (const socket of [this.#current, this.#next]) socket?.close(STEPPED_AWAY);
    this.#current = this.#next = null;
  }

  /** A round of the room runs, or ran, as somebody has told: the summary of one before it may be acknowledged. */
  roundBegan(round) {
    this.#delivery.roundBegan(round);
    if (this.isOpen) this.#settleSoon();
  }

  // Sockets: a current one, and perhaps the next.

  #dial() {
    if (this.#next || this.#left) return;
    if (!this.#current) this.#emit("connection", { state: "connecting" });
    const socket = new WebSocket(this.#address(), [PROTOCOL, `token.${this.#options.token}`]);
    this.#next = socket;
    this.#welcome = setTimeout(() => this.#lose(socket, "silent"), WELCOME_WITHIN);
    let opened = false;
    socket.onopen = () => (opened = true);
    socket.onmessage = ({ data }) => this.#hear(socket, JSON.parse(data));
    socket.onclose = ({ code }) => this.#lose(socket, opened ? reasonOfClose(code) : "refused");
  }

  #address() {
    const query = new URLSearchParams({ room_id: this.#options.roomId });
    const after = this.#delivery.resumeFrom;
    if (after) {
      query.set("epoch", after.epoch);
      query.set("last_seq", after.seq);
    }
    return `${this.#options.url}?${query}`;
  }

  /** The next socket has the room: only now the one before it is let go. */
  #promote(socket, ready) {
    const before = this.#current;
    this.#current = socket;
    this.#next = null;
    clearTimeout(this.#welcome);
    before?.close(MOVED_ON);
    this.#options.token = ready.room_token;
    this.#delivery.attached(ready);
    this.#emit("connection", { state: "open" });
    this.#emit("ready", ready);
    this.#schedulePings();
  }

  async #lose(socket, reason) {
    if (socket === this.#next) {
      this.#next = null;
      clearTimeout(this.#welcome);
      const final = reason === "refused" ? await this.#options.whyRefused() : null;
      this.#goOn(final ?? reason);
    } else if (socket === this.#current) {
      this.#current = null;
      clearTimeout(this.#nextPing);
      // Another one is on its way to the room: that it takes over is no news.
      if (this.#next) this.#emit("connection", { state: "connecting", reason });
      else this.#goOn(reason);
    }
    socket.close();
  }

  #goOn(reason) {
    if (this.#left) return;
    if (isFinal(reason)) {
      this.#end(reason);
      return;
    }
    this.#dialIn(this.#backoff.next(), reason);
  }

  #dialIn(wait, reason) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#dial(), wait);
    if (!this.#current) this.#emit("connection", { state: "waiting", reason });
  }

  #end(reason) {
    this.#left = reason;
    clearTimeout(this.#retry);
    clearTimeout(this.#nextPing);
    this.#emit("connection", { state: "ended", reason });
  }

  // Messages.

  #hear(socket, message) {
    if (socket !== this.#current && socket !== this.#next) return;
    this.#unanswered = 0;
    this.#handlers[message.type]?.(message, socket);
  }

  #handlers = {
    room_ready: (message, socket) => this.#promote(socket, message),
    game_event: (message) => this.#take(message) && this.#emit("trigger", message),
    game_end_summary: (message) => this.#take(message),
    gap: (message) => {
      this.#delivery.jump(message);
      this.#emit("gap");
      this.#settleSoon();
    },
    reconnect: (message) => this.#dialIn(message.after_ms, "going_away"),
    error: (message, socket) => {
      if (announcesEnd(message.code)) this.#lose(socket, message.code);
    },
  };

  #take(message) {
    const isNew = this.#delivery.take(message);
    this.#settleSoon();
    return isNew;
  }

  #settleSoon() {
    const wait = this.#settledAt + SETTLE_EVERY - performance.now();
    if (wait <= 0) this.#settle();
    else this.#settling ??= setTimeout(() => this.#settle(), wait);
  }

  #settle() {
    clearTimeout(this.#settling);
    this.#settling = null;
    this.#settledAt = performance.now();
    this.#emit("settle", this.#delivery.resumeFrom);
    const owed = this.#delivery.takeOwed();
    if (owed) this.#send({ type: "ack", ...owed });
  }

  /** Ping, now and every PING_EVERY; a socket that stays silent is given up. */
  #schedulePings() {
    clearTimeout(this.#nextPing);
    if (this.#unanswered++ >= PINGS_UNANSWERED) {
      this.#unanswered = 0;
      this.#lose(this.#current, "silent");
      return;
    }
    this.#send({ type: "ping" });
    this.#nextPing = setTimeout(() => {
      if (this.#unanswered === 0) this.#backoff.reset(); // a socket that lives so long was good
      this.#schedulePings();
    }, PING_EVERY);
  }

  #send(message) {
    if (this.#current?.readyState === WebSocket.OPEN) this.#current.send(JSON.stringify(message));
  }

  #emit(event, detail) {
    for (const listener of this.#listeners.get(event) ?? []) listener(detail);
  }
}
