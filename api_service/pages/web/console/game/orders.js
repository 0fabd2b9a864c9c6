/**
 * The commands that may not have been carried out yet. No I/O here.
 *
 * The gateway carries out what a socket brings in order, so the pong to a ping confirms every
 * command before it. What a lost socket leaves open is said again on the next one, unless the room
 * shows that it was carried out, or that its round is over.
 */
export class Orders {
  #open = []; // {message, round, ticket}
  #lastTicket = 0;

  /** `round` is the one that the command was given to; a `game_start` begins the one after it. */
  add(message, round) {
    this.#open.push({ message, round, ticket: this.#lastTicket + 1 });
  }

  /** A number for the next ping; its pong confirms what was added before. */
  nextTicket() {
    this.#lastTicket += 1;
    return this.#lastTicket;
  }

  isLast(ticket) {
    return ticket === this.#lastTicket;
  }

  /** Let go of what a pong confirms, and return it. */
  confirm(ticket) {
    const confirmed = this.#open.filter((order) => order.ticket <= ticket);
    this.#open = this.#open.filter((order) => order.ticket > ticket);
    return confirmed;
  }

  /** What a new socket must be told again, given its `room_ready`. */
  unconfirmed({ round, status }) {
    this.#open = this.#open.filter(
      ({ message: { type }, round: given }) =>
        given === round && (type === "game_start" || status === "in_game"),
    );
    return this.#open.map(({ message }) => message);
  }

  forget() {
    this.#open = [];
  }
}
