/** The viewers' socket; it reconnects when it is lost. */
import { Alarm, Backoff, now } from "./timing.js";

const OPEN_WITHIN = 10_000; // ms
const SILENCE = 30_000; // ms after which the socket is checked
const STEADY = 10_000; // ms after which a socket counts as stable

export class Feed {
  isLive = false;
  #WebSocket;
  #take;
  #changed;
  #showsPreviews;
  #heardAt;
  #liveSince;
  #url = null;
  #socket = null;
  #backoff = new Backoff(1_000, 30_000);
  #retry = new Alarm(() => this.#tryAgain());

  /**
   * `take(message)` receives messages, also `preview` ones if it `showsPreviews`; `changed()` is called when the socket
   * becomes live and when it is lost.
   */
  constructor(WebSocket, { take, changed, showsPreviews }) {
    this.#WebSocket = WebSocket;
    this.#showsPreviews = showsPreviews;
    this.#take = take;
    this.#changed = changed;
  }

  get isSilent() {
    return this.isLive && now() - this.#heardAt > SILENCE;
  }

  /** Set the socket's URL, which has a query, and connect. */
  find(url) {
    const own = this.#showsPreviews ? `${url}&preview=1` : url;
    if (own === this.#url) return;
    this.#url = own;
    this.#connect();
  }

  /** Treat the socket as working, though it is silent. */
  trust() {
    this.#heardAt = now();
  }

  /** Have the socket checked at the next poll. */
  suspect() {
    this.#heardAt = -Infinity;
  }

  /** Close the socket, and reconnect after the backoff. */
  drop() {
    // A gateway that accepts sockets and closes them soon must not be called without backoff.
    if (this.isLive && now() - this.#liveSince > STEADY) this.#backoff.reset();
    this.close();
    this.#retry.in(this.#backoff.next());
    this.#changed();
  }

  /** Reconnect now. */
  hurry() {
    this.#backoff.reset();
    this.#connect();
  }

  close() {
    const socket = this.#socket;
    this.#retry.stop();
    this.#socket = null;
    this.isLive = false;
    socket?.close();
  }

  #tryAgain() {
    if (this.#socket) this.drop();
    else this.#connect();
  }

  #connect() {
    if (!this.#WebSocket || !this.#url || this.#socket) return;
    this.#retry.stop(); // the wait of the last socket
    try {
      this.#attach(new this.#WebSocket(this.#url));
      this.#retry.in(OPEN_WITHIN);
    } catch {
      // A page over HTTPS may not open ws:// at all.
      this.#retry.in(this.#backoff.next());
    }
  }

  #attach(socket) {
    const isCurrent = () => socket === this.#socket;
    this.#socket = socket;
    socket.onmessage = ({ data }) => isCurrent() && this.#hear(JSON.parse(data));
    socket.onclose = () => isCurrent() && this.drop();
    socket.onerror = () => {}; // a close follows; the package ws throws what nobody hears
  }

  #hear(message) {
    this.trust();
    if (!this.isLive && message.type === "stats") this.#begin();
    this.#take(message);
  }

  #begin() {
    this.isLive = true;
    this.#liveSince = now();
    this.#retry.stop();
    this.#changed();
  }
}
