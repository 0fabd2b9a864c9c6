import { Backoff } from "../../streamario/timing.js";

const PROTOCOL = "streamario.v1";
const WELCOME_WITHIN = 10_000; // ms
const BACK_AFTER = [500, 15_000]; // ms, growing from the one to the other
const PING_EVERY = 10_000; // ms
const PINGS_UNANSWERED = 2; // then the socket counts as dead
const MOVED_ON = 1000; // close codes that a page may choose: 1000, or 3000 and more
const STEPPED_AWAY = 3000; // keeps the round: only 1000 says that the game has quit

/** The close codes after which there will be no other socket, and the `error` before each. */
const FINAL = {
  4001: "replaced",
  4002: "game_connected",
  4003: "forbidden",
  4004: "room_not_found",
  4010: "room_over",
};
/** An `error` of these comes right before the close that it explains. */
const ANNOUNCED = [...Object.values(FINAL), "going_away"];

/**
 * A stand-in's end of `/ws-unity`: it keeps the room while no game is connected, whatever happens to its sockets, and
 * hears nothing of what fires. The server gives the room to no stand-in while it has a game. No DOM here.
 */
export class GameSocket {
  #options;
  #backoff = new Backoff(...BACK_AFTER);
  #current = null; // the socket that has the room
  #next = null; // the socket that is to have it
  #isLeft = true; // there will be no other one
  #welcome = null; // the timer that gives up on `#next`
  #retry = null; // the timer that dials again
  #nextPing = null; // the timer that pings
  #unanswered = 0; // pings

  /**
   * `url`, `roomId` and `token`: the room. `whyRefused()` gives, after a handshake that failed (browsers do not say
   * how), why it will fail again, as a final reason, or null where it may not. `opened(ready)`: a socket has the room;
   * `lost()`: it has it no more, and another one is dialled; `ended(reason)`: none will be.
   */
  constructor(options) {
    this.#options = options;
  }

  /** Whether this page is the room's game. */
  get isOpen() {
    return this.#current !== null;
  }

  open() {
    this.#isLeft = false;
    this.#backoff.reset();
    this.#dial();
  }

  /** Let go of the room; its round goes on, and waits for its game. */
  close() {
    this.#leave();
    for (const socket of [this.#current, this.#next]) socket?.close(STEPPED_AWAY);
    this.#current = this.#next = null;
  }

  #dial() {
    if (this.#next || this.#isLeft) return;
    const { url, roomId, token } = this.#options;
    const query = new URLSearchParams({ room_id: roomId, stand_in: "true" });
    const socket = new WebSocket(`${url}?${query}`, [PROTOCOL, `token.${token}`]);
    this.#next = socket;
    this.#welcome = setTimeout(() => this.#lose(socket, "silent"), WELCOME_WITHIN);
    let opened = false;
    socket.onopen = () => (opened = true);
    socket.onmessage = ({ data }) => this.#hear(socket, JSON.parse(data));
    socket.onclose = ({ code }) => this.#lose(socket, opened ? FINAL[code] : "refused");
  }

  #hear(socket, message) {
    if (socket !== this.#current && socket !== this.#next) return;
    this.#unanswered = 0;
    if (message.type === "room_ready") this.#promote(socket, message);
    if (message.type === "reconnect") this.#dialIn(message.after_ms);
    if (message.type === "error" && ANNOUNCED.includes(message.code)) this.#lose(socket, message.code);
  }

  /** The next socket has the room: only now the one before it is let go. */
  #promote(socket, ready) {
    const before = this.#current;
    this.#current = socket;
    this.#next = null;
    clearTimeout(this.#welcome);
    before?.close(MOVED_ON);
    this.#options.token = ready.room_token;
    this.#options.opened(ready);
    this.#schedulePings();
  }

  async #lose(socket, reason) {
    if (socket === this.#next) {
      this.#next = null;
      clearTimeout(this.#welcome);
      this.#goOn(reason === "refused" ? await this.#options.whyRefused() : reason);
    } else if (socket === this.#current) {
      this.#current = null;
      clearTimeout(this.#nextPing);
      this.#options.lost();
      // Another one is on its way to the room: that it takes over is no news.
      if (!this.#next) this.#goOn(reason);
    }
    socket.close();
  }

  #goOn(reason) {
    if (this.#isLeft) return;
    if (!Object.values(FINAL).includes(reason)) return this.#dialIn(this.#backoff.next());
    this.#leave();
    this.#options.ended(reason);
  }

  #dialIn(wait) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#dial(), wait);
  }

  #leave() {
    this.#isLeft = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#nextPing);
    clearTimeout(this.#welcome);
  }

  /** Ping, now and every PING_EVERY; a socket that stays silent is given up. */
  #schedulePings() {
    clearTimeout(this.#nextPing);
    if (this.#unanswered++ >= PINGS_UNANSWERED) {
      this.#lose(this.#current, "silent");
      return;
    }
    if (this.#current.readyState === WebSocket.OPEN) this.#current.send('{"type":"ping"}');
    this.#nextPing = setTimeout(() => {
      if (this.#unanswered === 0) this.#backoff.reset(); // a socket that lives so long was good
      this.#schedulePings();
    }, PING_EVERY);
  }
}
