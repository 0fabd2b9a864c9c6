const COMPARISONS = 5;

/**
 * How far this browser's clock is from the server's.
 *
 * A trigger's latency is this browser's clock at its arrival minus its `fired_at`, so a difference
 * of the two clocks would be part of it. A socket's pong tells no time; the API's answers do
 * (`time` of the stats). As NTP does (RFC 5905, section 8), half of the round trip is taken for
 * each way, and the answer with the shortest one counts. It can be wrong by half that round trip.
 */
export class ClockOffset {
  /** Server minus browser, and how wrong that may be (ms); null until compared. */
  offset = 0;
  uncertainty = null;

  /** `ask` gives the server's time (ISO 8601). What it throws is thrown. */
  async compare(ask) {
    this.uncertainty = null;
    for (let n = 0; n < COMPARISONS; n++) {
      const sent = Date.now();
      const server = Date.parse(await ask());
      const received = Date.now();
      this.#take(server - (sent + received) / 2, (received - sent) / 2);
    }
  }

  /** From firing to here, in whole ms; a clock's error does not make it negative. */
  latencyOf(firedAt, arrivedAt) {
    return Math.max(0, Math.round(arrivedAt + this.offset - firedAt));
  }

  #take(offset, uncertainty) {
    if (this.uncertainty !== null && uncertainty >= this.uncertainty) return;
    this.uncertainty = uncertainty;
    // Clocks that agree as far as one can tell are left alone.
    this.offset = Math.abs(offset) <= uncertainty + 1 ? 0 : offset;
  }
}
