import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { animate } from "../../common/elements.js";
import { PersonDialog } from "../people/person.js";
import { storeDesk, storedDesk } from "../storage.js";
import { TriggerFeed } from "./feed.js";
import { FeedList, latest } from "./feed_list.js";
import { lostNote, paceNote, StoppedNote } from "./notes.js";
import { apartOf, firedOf, isReadOut, Rate, said } from "./pace.js";
import { Presses } from "./presses.js";
import { Recall, recall } from "./recall.js";
import { tile } from "./tile.js";
import { ButtonSwitch, mayFire, tileOf } from "./tile_state.js";

const STORE_EVERY = 1_000; // ms
const MANY = 6; // buttons; more of them scroll
const FIRED_FOR = 700; // ms
const FIRED = [{ filter: "brightness(1.25)" }, { filter: "none" }]; // tiles keep their size

/** A running round: its buttons as tiles, and beside them what happened. */
export class Live {
  #marked = null; // the event type of the tile that the keyboard has marked
  #feed;
  #rate;
  #switch;
  #list;
  #presses;
  #stopped;
  #recall;
  #heardAt = Date.now();
  #storing = null;

  constructor(desk) {
    this.desk = desk;
    const stored = storedDesk(desk.entry.room_id);
    this.#feed = new TriggerFeed(stored?.feed);
    this.#countAnew();
    this.#switch = new ButtonSwitch(desk.api);
    this.#list = new FeedList(desk, this.#feed, (row) => this.openPerson(row));
    this.#presses = new Presses(desk);
    this.#stopped = new StoppedNote(desk, this.#feed);
    this.#recall = new Recall((round) => this.#lacking(round), (round) => this.#ask(round));
    desk.room.on("change", (state) => this.#follow(state));
    addEventListener("pagehide", () => this.#store());
  }

  /** How many triggers of the round fired in the last minute. */
  get rate() {
    const [now, offset] = [Date.now(), performance.now() - Date.now()];
    const rate = this.#rate.of(this.desk.state.round, now);
    this.desk.redrawAt(this.#rate.falls + offset);
    return rate;
  }

  /** How many triggers of the round have fired. */
  get fired() {
    return firedOf(this.desk.state.buttons);
  }

  /** A trigger that has just come; the same one may come again. */
  takeTrigger(trigger) {
    const now = Date.now();
    if (!this.#feed.take(trigger, now)) return;
    this.#rate.take(now, trigger.round);
    this.#announce(trigger);
    this.#changed();
  }

  /** What became of a trigger. */
  takeEffect(effect) {
    const now = Date.now();
    const endsAt = effect.endsAt === null ? null : now + effect.endsAt - performance.now();
    this.#feed.answered({ ...effect, endsAt }, now);
    this.#changed();
  }

  /** A stop threw so much away: `{round, total}`. */
  takeStopped({ round, total }) {
    this.#feed.note("stopped", round, Date.now(), total);
    this.#changed();
  }

  /** Mark the tile at this place, if there is one and it shows. */
  mark(place) {
    if (!this.#isSeen) return;
    this.#marked = this.desk.state.buttons[place]?.eventType ?? null;
    this.desk.redraw();
  }

  /** Fire the marked button once. */
  fireMarked() {
    const button = this.desk.state.buttons.find(({ eventType }) => eventType === this.#marked);
    if (button && this.#isSeen) this.#fire(button);
  }

  /** What can be done about who fired a trigger. */
  openPerson(row) {
    new PersonDialog(this.desk, { ...row, epoch: this.#feed.epochOf(row) }, () => {
      this.#feed.blocked(row);
      this.#changed();
    }).open();
  }

  closed() {
    this.#list.closed();
  }

  view() {
    const { state, phase, isLost } = this.desk;
    const tiles = repeat(state.buttons, ({ eventType }) => eventType, (button) => this.#tile(button));
    return html`<div class="live">
      <div class="notes">
        ${isLost ? lostNote(this.desk, this.#heardAt) : nothing}
        ${phase === "stopped" ? this.#stopped.view() : nothing}
        ${paceNote(this.desk)}
      </div>
      <section class="tiles" ?data-many=${state.buttons.length > MANY} ?data-one=${state.buttons.length === 1}
        aria-label=${this.desk.texts.buttons}>${tiles}</section>
      <div class="side">${this.#sideOf()}</div>
    </div>`;
  }

  get #isSeen() {
    return this.desk.tab === "live" && !this.desk.isBetween;
  }

  #sideOf() {
    const { desk } = this;
    const shown = (row) => latest(desk, row, { openPerson: () => this.openPerson(row), isReadOut: isReadOut(this.rate) });
    const isRunning = desk.phase === "running" && !desk.isLost;
    const last = isRunning ? this.#feed.newest(desk.state.round) : null;
    const newest = desk.state.buttons.some(({ eventType }) => eventType === last?.eventType) ? last : null;
    const invites = isRunning ? desk.lobby.inviteCard() : nothing;
    return html`${newest ? shown(newest) : nothing}
      ${this.#list.view({ without: newest, foot: this.#presses.view(), invites })}`;
  }

  #tile(button) {
    const { desk } = this;
    const { now, phase, isLost, texts, state } = desk;
    const last = this.#feed.newest(state.round, button.eventType);
    const effectSince = this.#beganOf(button.effects.at(-1)) ?? now;
    const discarded = desk.stopped?.counts[button.eventType];
    const hidesNames = desk.names.isHidden;
    const shown = tileOf({ button, phase, isLost, now, last, effectSince, discarded, hidesNames });
    desk.redrawAt(Math.min(shown.next, this.#switch.next));
    const apart = apartOf(button, state.buttons, state.triggersPerMinute);
    return tile({
      ...{ button, shown, texts, isMarked: button.eventType === this.#marked },
      caption: desk.captionOf(button.eventType),
      apart: apart && said(apart),
      isOn: this.#switch.isOn(button, now),
      turn: (isOn) => this.#turn(button, isOn),
      fire: () => this.#fire(button),
    });
  }

  /** Fire a button once, where that may be. */
  async #fire(button) {
    if (!mayFire(button, this.desk)) return;
    const { eventType } = button;
    this.#feed.expect(eventType, Date.now());
    const answer = await this.desk.commands.fire(eventType);
    if (!answer) this.#feed.expectNot(eventType);
  }

  /** When an effect was first told of here; undefined of one that was not. */
  #beganOf(effect) {
    const since = effect && this.#feed.rowOf(effect)?.outcome?.since;
    return since && since - Date.now() + performance.now();
  }

  async #turn({ eventType }, isOn) {
    const turning = this.#tried(() => this.#switch.set(eventType, isOn));
    this.desk.redraw();
    await turning;
    this.desk.redraw();
  }

  async #tried(act) {
    try {
      await act();
      this.desk.refuse("");
    } catch (refusal) {
      this.desk.refuse(this.desk.texts.refused(refusal));
    }
  }

  /** What the state says of rounds, also of those that this page has not seen. */
  #follow(state) {
    if (state.status === "loading") return;
    const now = Date.now();
    if (!this.desk.isLost) this.#heardAt = now;
    const started = this.desk.startedAt === null ? now : now + this.desk.startedAt - performance.now();
    if (state.status === "in_game") this.#feed.began(state.round, Math.round(started));
    if (state.status === "in_game") this.#feed.counted(state.round, this.fired);
    if (state.status === "ended") this.#feed.ended(state.round, now);
    this.#feed.follow(state, now);
    if (state.round > 0) this.#recall.follow(state.round);
  }

  /** What fired while nothing was heard here. Of an earlier round its end is missing, too. */
  #lacking(round) {
    return this.#feed.lacking(round, this.fired) + Number(this.#feed.hasMissed(round - 1));
  }

  /** Ask the server for what it has recorded. */
  async #ask(round) {
    const rounds = this.#feed.hasMissed(round - 1) ? [round, round - 1] : [round];
    const told = await recall(this.desk.entry.room_id, rounds, (ms) => this.desk.onOwnClock(ms));
    for (const past of told) this.#feed.recorded(past);
    this.#countAnew();
    this.#changed();
  }

  #countAnew() {
    this.#rate = new Rate();
    for (const { at, round } of this.#feed.triggers) this.#rate.take(at, round);
  }

  #announce({ eventType }) {
    this.desk.sounds?.play(eventType);
    const node = document.querySelector(`.tile[data-type="${CSS.escape(eventType)}"]`);
    if (node) animate(node, FIRED, null, FIRED_FOR);
  }

  #changed() {
    this.desk.redraw();
    this.#storing ??= setTimeout(() => this.#store(), STORE_EVERY);
  }

  #store() {
    clearTimeout(this.#storing);
    this.#storing = null;
    storeDesk(this.desk.entry.room_id, {
      feed: this.#feed.snapshot(),
      presses: this.desk.presses.snapshot(),
    });
  }
}
