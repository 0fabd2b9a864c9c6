import { html, nothing } from "lit-html";
import { namesCard } from "../people/viewer_cards.js";
import { LastRound, lastEnded } from "./history.js";
import { bookedOf, PastRooms } from "./past_rooms.js";
import { factsOf } from "./round_facts.js";
import { RoundView } from "./round_view.js";

/** The tab of results: of the round that ended last, and beside it earlier rounds and rooms. */
export class Results {
  #desk;
  #last;
  #past;
  #round;
  #showedNames; // the room, when it was looked at last
  #passedOver = new Set(); // rounds that nobody meant

  constructor(desk) {
    this.#desk = desk;
    const { texts, languages, redraw, entry, blocked } = desk;
    const open = (settings) => desk.open(settings);
    const isBlocked = (viewer) => blocked.has(viewer);
    const isHidden = (viewer) => desk.names.isHidden || isBlocked(viewer);
    this.#round = new RoundView({ texts, languages, redraw, isHidden, isBlocked });
    this.#past = new PastRooms({ texts, languages, redraw, open, roomId: entry.room_id });
    this.#last = new LastRound({ load: (round) => this.#load(round), changed: redraw });
  }

  /** List what has been played until now. */
  opened() {
    this.#past.show();
  }

  /** Nobody wants to see how this round went. */
  passOver(round) {
    this.#passedOver.add(round);
  }

  view() {
    const { texts, state, names } = this.#desk;
    this.#last.expect(lastEnded(state, this.#passedOver));
    if (state.showsNames && this.#showedNames === false) this.#last.renew();
    this.#showedNames = state.showsNames;
    const { found } = this.#last;
    const facts = found && factsOf({ ...found, room: state });
    return html`<div class="cols">
      <div class="stack">${names.isHidden ? namesCard(this.#desk) : nothing}${this.#note()}${facts ? this.#round.main(facts, state) : nothing}</div>
      <div class="stack">
        ${facts ? this.#round.ranking(facts) : nothing}
        <section class="card" id="history" aria-labelledby="history-heading">
          <h2 id="history-heading">${texts.history}</h2>
          ${this.#past.view(found?.round)}
        </section>
      </div>
    </div>`;
  }

  /** What is not there yet. */
  #note() {
    const { texts } = this.#desk;
    const { round, isPending, problem } = this.#last;
    if (round === 0) return html`<p class="card soft">${texts.results_empty}</p>`;
    if (!isPending) return nothing;
    return html`<p class="card soft" role="status">${problem ? texts.refused(problem) : texts.results_pending(round)}</p>`;
  }

  /** The history has the round's end no sooner than the results. */
  async #load(round) {
    const { room, blocked, entry } = this.#desk;
    const [results] = await Promise.all([room.results(round), blocked.refresh()]);
    const history = await bookedOf(entry.room_id, round);
    this.#past.show();
    return { results, ...history };
  }
}
