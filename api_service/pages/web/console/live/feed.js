import { element, perFrame } from "../../common/elements.js";
import { grouped } from "../../common/languages.js";
import { labelOf } from "../../streamario.js";
import { percentile } from "./figures.js";
import { Newer } from "./newer.js";
import { partsOf } from "../parts.js";
import { personButton } from "../people/person.js";
import { times } from "../results/times.js";

const ROWS = 200;
const LATENCIES = 1_000; // of the last triggers

/**
 * The triggers that came, newest first. What is taken is shown with the next frame, so that a burst
 * touches the page once; or at once by `flush`, since a page that is hidden has no frames.
 */
export class TriggerFeed {
  #texts;
  #languages;
  #clock;
  #rows; // plain data, newest first
  #fresh = 0; // of them, not on the page yet
  #latencies;
  #received;
  #buttons = new Map();
  #hasFired = false; // in this round, seen here or not
  #nodes;
  #newer;
  #onPerson;
  #flushSoon = perFrame(() => {
    this.flush();
    return Infinity;
  });

  /** `stored` is what `snapshot` gave; `onPerson(trigger)`: something is to be done about who fired it. */
  constructor(root, { texts, languages, clock, stored, onPerson }) {
    this.#onPerson = onPerson;
    this.#texts = texts;
    this.#languages = languages;
    this.#clock = clock;
    this.#rows = stored?.rows ?? [];
    this.#latencies = stored?.latencies ?? [];
    this.#received = stored?.received ?? 0;
    this.#nodes = partsOf(root);
    this.#newer = new Newer(this.#nodes.scroll, texts.newer);
    this.#nodes.filter.addEventListener("change", () => this.#redraw());
    for (const row of this.#rows) this.#awaitEnd(row);
  }

  snapshot() {
    return { rows: this.#rows, latencies: this.#latencies, received: this.#received };
  }

  /** The room's buttons, which give the rows their icons and captions. */
  setButtons(buttons) {
    this.#buttons = new Map(buttons.map((button) => [button.eventType, button]));
    this.#offerFilters();
    this.#redraw();
  }

  /** How many triggers fired in the round that runs. */
  setFired(count) {
    if (count > 0 === this.#hasFired) return;
    this.#hasFired = count > 0;
    const { feed_empty: empty, feed_empty_here: emptyHere } = this.#texts;
    this.#nodes.empty.textContent = this.#hasFired ? emptyHere : empty;
  }

  /** A `game_event` that came just now. */
  take(event) {
    const arrivedAt = Date.now();
    const latency = event.replayed ? null : this.#clock.latencyOf(event.fired_at, arrivedAt);
    if (latency !== null) this.#latencies = [...this.#latencies.slice(1 - LATENCIES), latency];
    this.#received += 1;
    const { event_type, trigger_count, viewer_name, epoch, seq, fired_at } = event;
    this.#add({ event_type, trigger_count, viewer_name, epoch, seq, fired_at, latency });
  }

  /** What became of a trigger, unless it came to another game. */
  answered({ epoch, seq, status, reason, endsAt }) {
    const row = this.#rowOf(epoch, seq);
    if (!row) return;
    row.outcome = { status, reason, ends_at: Date.now() + endsAt - performance.now() };
    this.#awaitEnd(row);
    this.#drawAgain(row);
  }

  /** Who fired this trigger was blocked. */
  blocked({ epoch, seq }) {
    const row = this.#rowOf(epoch, seq);
    if (!row) return;
    row.isBlocked = true;
    this.#drawAgain(row);
  }

  /** What comes from now on is of the next round. The summary that tells it may come again. */
  endRound(round) {
    if (this.#rows.length === 0 || this.#rows.some((row) => row.ended === round)) return;
    this.#add({ ended: round, fired_at: Date.now() });
  }

  /** Something about the numbering that a person should see among the triggers. */
  note(sentence) {
    this.#add({ note: sentence, fired_at: Date.now() });
  }

  /** Show what was taken. */
  flush() {
    this.#newer.came(this.#draw());
  }

  /** Gives how many rows that makes. */
  #draw() {
    const wanted = this.#rows.slice(0, this.#fresh).filter((row) => this.#passes(row));
    this.#nodes.rows.prepend(...wanted.map((row) => this.#drawn(row)));
    while (this.#nodes.rows.childElementCount > ROWS) this.#nodes.rows.lastElementChild.remove();
    this.#fresh = 0;
    this.#showFigures();
    return wanted.length;
  }

  /** How long a ping took to the gateway and back (ms). */
  showRoundTrip(ms) {
    this.#nodes["round-trip"].textContent = `${Math.round(ms)} ms`;
  }

  /** What a latency here is, now that the clocks were compared. */
  showMeasured() {
    const { offset, uncertainty } = this.#clock;
    this.#nodes.measured.textContent = this.#texts.measured(
      Math.round(offset),
      Math.ceil(uncertainty),
    );
  }

  #add(row) {
    this.#rows = [row, ...this.#rows.slice(0, ROWS - 1)];
    this.#fresh = Math.min(this.#fresh + 1, ROWS);
    this.#flushSoon();
  }

  #rowOf(epoch, seq) {
    return this.#rows.find((row) => row.seq === seq && row.epoch === epoch);
  }

  /** An effect whose time is over is said no more, though the game did not tell of its end. */
  #awaitEnd(row) {
    if (isLasting(row)) setTimeout(() => this.#drawAgain(row), row.outcome.ends_at - Date.now());
  }

  #drawAgain(row) {
    const node = this.#nodes.rows.querySelector(`[data-number="${row.epoch}-${row.seq}"]`);
    const hadFocus = node?.contains(document.activeElement);
    const drawn = this.#drawn(row);
    node?.replaceWith(drawn);
    if (hadFocus) drawn.querySelector("button").focus();
  }

  #redraw() {
    this.#fresh = this.#rows.length;
    this.#nodes.rows.replaceChildren();
    this.#draw();
  }

  #passes({ event_type: type }) {
    const wanted = this.#nodes.filter.value;
    return !type || wanted === "" || wanted === type;
  }

  #offerFilters() {
    const chosen = this.#nodes.filter.value;
    const options = [...this.#buttons].map(([type]) => new Option(this.#captionOf(type), type));
    this.#nodes.filter.replaceChildren(new Option(this.#texts.all_buttons, ""), ...options);
    this.#nodes.filter.value = this.#buttons.has(chosen) ? chosen : "";
  }

  #captionOf(type) {
    const button = this.#buttons.get(type);
    return button ? labelOf(button, this.#languages) : type;
  }

  #drawn(row) {
    if (row.note) return this.#drawnSentence("note", row.note, row);
    if (row.ended) return this.#drawnSentence("round-over", this.#texts.phases.ended(row.ended), row);
    return this.#drawnTrigger(row);
  }

  #drawnSentence(kind, sentence, { fired_at: at }) {
    const cell = element("td", { class: kind, colspan: 6 }, sentence);
    return element("tr", "", element("td", "figures", this.#timeOf(at)), cell);
  }

  #drawnTrigger(trigger) {
    const { event_type: type, fired_at: at, seq, latency, trigger_count, viewer_name } = trigger;
    const icon = element("span", { class: "icon", "aria-hidden": "true" }, this.#buttons.get(type)?.icon ?? "");
    const row = element(
      "tr",
      trigger.isBlocked ? "blocked" : "",
      element("td", "figures", this.#timeOf(at)),
      element("td", "what", icon, this.#captionOf(type), ...this.#drawnOutcome(trigger)),
      element("td", "who", viewer_name ?? "–"),
      element("td", "figures number", grouped(trigger_count)),
      element("td", "figures number seq", `#${seq}`),
      this.#drawnLatency(latency),
      element("td", "number", personButton(trigger, this.#texts, this.#onPerson)),
    );
    row.dataset.number = `${trigger.epoch}-${seq}`;
    return row;
  }

  #drawnOutcome(trigger) {
    const { outcome } = trigger;
    if (!outcome || (outcome.status === "started" && !isLasting(trigger))) return [];
    const note = element("span", "outcome", this.#texts.outcomes[outcome.status](outcome.reason));
    note.dataset.status = outcome.status;
    return [note];
  }

  #drawnLatency(latency) {
    const cell = element("td", "figures number latency");
    if (latency === null) cell.append(element("span", "badge", this.#texts.replayed));
    else cell.append(`${latency} ms`);
    return cell;
  }

  #timeOf(ms) {
    return times(this.#languages).clock(ms);
  }

  #showFigures() {
    const { empty, scroll, received, median, slowest } = this.#nodes;
    empty.hidden = this.#rows.length > 0;
    scroll.hidden = !empty.hidden;
    received.textContent = grouped(this.#received);
    median.textContent = this.#shown(percentile(this.#latencies, 0.5));
    slowest.textContent = this.#shown(percentile(this.#latencies, 0.95));
  }

  #shown(latency) {
    return latency === null ? "–" : this.#texts.within(latency);
  }
}

const isLasting = ({ outcome }) => outcome?.status === "started" && outcome.ends_at > Date.now();
