import { html, nothing, render } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { element } from "../../common/elements.js";
import { times } from "../../common/languages.js";
import { isPassing } from "../../streamario/api.js";
import { shared } from "../../streamario/timing.js";
import { call, refusalOf } from "../api.js";
import { confirmed, showOnce } from "../parts.js";
import { namesCard } from "../people/viewer_cards.js";
import { sentenceOn, studio } from "../studio/studio.js";
import { History, LastRound, lastEnded } from "./history.js";
import { buttonsOf, factsOf } from "./round_facts.js";
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

/** The rooms of this streamer with their rounds, the newest first. */
export class PastRooms {
  #options;
  #history = new History();
  #unfolded = new Set(); // ids of rooms
  #refusal = "";
  #more = shared(() => this.#try(() => this.#history.more()));

  /**
   * `open(settings)` opens a room with them; `roomId` is the room at whose desk they are listed, which shows its rounds
   * at once.
   */
  constructor({ texts, languages, redraw, open, roomId = null }) {
    this.#options = { texts, languages, redraw, open, roomId };
  }

  /** List the newest. */
  show() {
    return this.#try(() => this.#history.show());
  }

  /** `before`: of the room at whose desk this is, the rounds before this one are listed. */
  view(before = Infinity) {
    const { texts } = this.#options;
    const rooms = this.#history.rooms?.map((room) => this.#listed(room, before));
    const isEmpty = rooms?.every((room) => this.#isHere(room) && room.rounds.length === 0);
    return html`
      ${this.#refusal ? html`<p class="refusal" role="alert">${this.#refusal}</p>` : nothing}
      ${isEmpty ? html`<p class="soft small">${texts.nothing_earlier}</p>` : nothing}
      <ol class="lines past-rooms">
        ${repeat(rooms ?? [], ({ room_id: id }) => id, (room) => this.#entry(room))}
      </ol>
      ${this.#history.hasMore ? html`<button class="btn small" type="button" @click=${() => this.#more()}>
        ${texts.earlier_rooms}</button>` : nothing}`;
  }

  #isHere({ room_id: id }) {
    return id === this.#options.roomId;
  }

  #listed(room, before) {
    return this.#isHere(room) ? { ...room, rounds: room.rounds.filter(({ round }) => round < before) } : room;
  }

  /** The rounds of the room at whose desk this is stand by themselves. */
  #entry(room) {
    return this.#isHere(room) ? this.#rounds(room, titleOf(room, this.#options.texts)) : this.#folded(room);
  }

  #folded(room) {
    const { texts, languages } = this.#options;
    const { room_id: id, opened_at: openedAt, rounds } = room;
    const title = titleOf(room, texts);
    const isOpen = this.#unfolded.has(id);
    return html`<li data-room=${id}>
      <div class="row">
        <div class="grow">
          <p class="cut"><b>${title}</b></p>
          <p class="soft small">${times(languages).day(openedAt)}${texts.between}${texts.rounds_of(rounds.length)}</p>
        </div>
        <button class="btn small quiet" type="button" aria-expanded=${isOpen}
          aria-label=${texts.action_on(texts.look_at, title)} @click=${() => this.#toggle(id)}>${texts.look_at}</button>
      </div>
      ${isOpen ? html`<ul class="lines">${this.#rounds(room, title)}</ul>${this.#actions(room, title)}` : nothing}
    </li>`;
  }

  #rounds({ room_id: roomId, rounds }, title) {
    const { texts, languages } = this.#options;
    return rounds.toReversed().map(({ round, started_at: startedAt, ended_at: endedAt, triggers }) => {
      const told = endedAt ? texts.triggers_of(triggers) : texts.running;
      const look = () => this.#look({ roomId, round, title });
      const about = texts.action_on(texts.look_at, texts.round_of(round, title));
      return html`<li class="row">
        <div class="grow">
          <b>${texts.round_number(round)}</b>
          <p class="soft small">${times(languages).start(startedAt)}${texts.between}${told}</p>
        </div>
        ${endedAt ? html`<button class="btn small quiet" type="button" aria-haspopup="dialog" aria-label=${about}
          @click=${look}>${texts.look_at}</button>` : nothing}
      </li>`;
    });
  }

  #actions(room, title) {
    const { texts, open } = this.#options;
    const again = () => this.#try(async () => open((await studio.room(room.room_id)).settings));
    const button = (caption, run) => html`<button class="btn small" type="button"
      aria-label=${texts.action_on(caption, title)} @click=${run}>${caption}</button>`;
    return html`<p class="actions">
      ${button(texts.room_again, again)}${button(texts.take_off, () => this.#forget(room, title))}
    </p>`;
  }

  #toggle(roomId) {
    if (!this.#unfolded.delete(roomId)) this.#unfolded.add(roomId);
    this.#options.redraw();
  }

  #look(round) {
    return this.#try(() => showRound(round, this.#options));
  }

  async #forget({ room_id: roomId }, title) {
    const { take_off: yes, forget_room: question, forget_room_explanation: explanation } = this.#options.texts;
    if (!(await confirmed(question(title), explanation, yes))) return;
    await this.#try(() => this.#history.forget(roomId));
    requestAnimationFrame(() => document.querySelector(".past-rooms button")?.focus());
  }

  async #try(act) {
    this.#refusal = await refusalOf(act, this.#options.texts, sentenceOn);
    this.#options.redraw();
  }
}

const titleOf = ({ title }, texts) => title || texts.untitled;

/** What the history has of a round: `{booked, isWhole}`, null where it has nothing, not whole where it may tell later. */
async function bookedOf(roomId, round) {
  try {
    return { booked: await studio.round(roomId, round), isWhole: true };
  } catch (refusal) {
    return { booked: null, isWhole: !isPassing(refusal) };
  }
}

/** Show one round of the history in a dialog. Throws StreamarioError. */
export async function showRound({ roomId, round, title }, { texts, languages }) {
  const [results, { booked }, { settings }] = await Promise.all([
    call("GET", `/api/rooms/${roomId}/results?round=${round}`),
    bookedOf(roomId, round),
    studio.room(roomId),
  ]);
  const room = { roomId, title, round: 0, theme: settings.theme, buttons: buttonsOf(settings), code: null };
  const facts = factsOf({ results, booked, room });
  const heading = texts.round_of(round, title);
  const dialog = element("dialog", { class: "round-dialog", "aria-label": heading });
  const isHidden = () => !settings.show_names;
  const view = new RoundView({ texts, languages, redraw, isHidden, isBlocked: () => false });

  function redraw() {
    render(html`
      <h2 tabindex="-1" autofocus>${heading}</h2>
      <p class="soft small">${times(languages).moment(facts.startedAt ?? facts.endedAt)}</p>
      <div class="cols">
        <div class="stack">${view.main(facts, room)}</div>
        <div class="stack">${view.ranking(facts)}</div>
      </div>
      <p class="actions"><button class="btn" type="button" @click=${() => dialog.close()}>${texts.close}</button></p>`,
      dialog);
  }

  redraw();
  showOnce(dialog);
}
