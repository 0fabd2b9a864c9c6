import { html, nothing } from "lit-html";
import { Fold } from "../fold.js";
import { moodsOf } from "./moods.js";

/** How much happens: one press chooses it, in mid-round too. Where there is little room it is a chip with a menu. */
export class Mood {
  constructor(desk) {
    this.desk = desk;
    this.fold = new Fold("mood", desk.redraw);
  }

  view() {
    const { desk, fold } = this;
    const moods = moodsOf(desk.commands.perMinute);
    const { name, perMinute } = moods.find(({ isChosen }) => isChosen);
    const { how_much: label } = desk.texts;
    const chip = html`<button class="chip" type="button" aria-label="${label}: ${this.#chip(name, perMinute)}"
      aria-expanded=${fold.isOpen} @click=${fold.toggle}>${this.#chip(name, perMinute)} ▾</button>`;
    const choices = moods.map((mood) => this.#choice(mood));
    return html`<div class="seg moods" role="group" aria-label=${label}>${choices}</div>
      <div class="mood-chip" id="mood" @keydown=${fold.onKeydown} @focusout=${fold.onFocusout}>${chip}
        ${fold.isOpen ? html`<div class="popover seg" role="group" aria-label=${label}>${choices}</div>` : nothing}</div>`;
  }

  #chip(name, perMinute) {
    const { mood_names: names, mood_unpaced: unpaced } = this.desk.texts;
    if (name === "own") return perMinute > 0 ? this.desk.texts.a_minute(perMinute) : unpaced;
    return `${names[name]} ${perMinute}`;
  }

  #choice({ name, perMinute, isChosen }) {
    const { mood_names: names, mood_unpaced: unpaced, a_minute: aMinute } = this.desk.texts;
    const choose = () => {
      if (!isChosen) this.desk.commands.mood(perMinute);
      if (this.fold.isOpen) this.fold.leave();
    };
    const caption = perMinute > 0 ? aMinute(perMinute) : unpaced;
    return html`<button type="button" aria-pressed=${isChosen} @click=${choose}>${names[name]}<small>${caption}</small></button>`;
  }
}
