import { invitationAfter } from "../common/urls.js";
import { Api } from "../streamario/api.js";

const ASK_EVERY = 3_000; // ms, while a tunnel gives the address, which may change
const ASK_SELDOM = 60_000; // ms
const NEWS_FOR = 20_000; // ms that another address is shown large

/** Where people join the room, which may change while the overlay is open. */
export class Invitation {
  current = null; // as the API has it; null until it is known
  #roomId;
  #changed;
  #api = new Api("", fetch, () => {});
  #changes = 0;
  #newsUntil = -Infinity; // null while nobody has seen that the address is another

  /** `changed()`: the address is another. */
  constructor(roomId, changed) {
    this.#roomId = roomId;
    this.#changed = changed;
  }

  /** The QR code's URL; another one whenever the code is another, since pages keep pictures. */
  get qrUrl() {
    return `/play/${this.#roomId}/qr.svg${this.#changes ? `?${this.#changes}` : ""}`;
  }

  /** The room's first answer: from then on it asks for itself. */
  begin(invitation) {
    if (this.current || !invitation) return;
    this.current = invitation;
    this.#follow();
  }

  /** Whether to show that the address is another; for a while from when this is first asked. */
  isNews(now) {
    this.#newsUntil ??= now + NEWS_FOR;
    return now < this.#newsUntil;
  }

  /** When that changes by itself, in ms on `performance.now()`. */
  next(now) {
    return this.#newsUntil !== null && now < this.#newsUntil ? this.#newsUntil : Infinity;
  }

  async #follow() {
    let asksAgainIn = 0; // ms, at least
    for (;;) {
      const pause = Math.max(asksAgainIn, this.current.lasts ? ASK_SELDOM : ASK_EVERY);
      await new Promise((resolve) => setTimeout(resolve, pause));
      asksAgainIn = await this.#ask();
    }
  }

  /** Gives in how many ms at the earliest the server wants to be asked again. */
  async #ask() {
    try {
      const { invitation } = await this.#api.ask(`/api/rooms/${this.#roomId}`);
      if (invitation) this.#take(invitation);
      return 0;
    } catch (error) {
      return error.retryAfter ?? 0; // a stream shows no errors
    }
  }

  #take(told) {
    const { url } = this.current;
    const { invitation, isNews } = invitationAfter(this.current, told);
    this.current = invitation;
    if (invitation.url === url) return;
    this.#changes += 1;
    if (isNews) this.#newsUntil = null;
    this.#changed();
  }
}
