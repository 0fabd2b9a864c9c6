import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { colorOf, shadesOf } from "../../common/colors.js";
import { loadFonts } from "../../common/fonts.js";
import { grouped } from "../../common/languages.js";
import { paletteOf } from "../../common/palette.js";
import { mediaUrl } from "../../common/urls.js";
import { icon, styleMap } from "../icon.js";
import { namedTeams, oftenOf } from "./button_drafts.js";
import { figuresOf, PODIUM, TEAMS, totalOf } from "./phone_figures.js";

const SCREENS = ["waiting", "round", "results"];

/** What viewers see, as the draft has it, with figures that are made up. */
export class Phone {
  #screen = "round";
  #isNight = false;

  constructor(settings) {
    this.settings = settings;
    this.words = settings.texts.phone_words;
  }

  view() {
    const { texts, draft, desk } = this.settings;
    const { theme } = draft.now;
    loadFonts(theme);
    const picture = theme.background && { "--picture": `url("${mediaUrl(theme.background)}")` };
    const screens = { waiting: () => this.#waiting(), round: () => this.#round(), results: () => this.#results() };
    const choose = (name) => {
      this.#screen = name;
      desk.redraw();
    };
    const tab = (name) => html`<button type="button" aria-pressed=${name === this.#screen}
      @click=${() => choose(name)}>${texts.phone_screens[name]}</button>`;
    const turn = () => {
      this.#isNight = !this.#isNight;
      desk.redraw();
    };
    return html`<aside class="phone-column" aria-label=${texts.phone}>
      <div class="row"><div class="seg" role="group" aria-label=${texts.phone}>${SCREENS.map(tab)}</div>
        <button class="btn small" type="button" aria-pressed=${this.#isNight} aria-label=${texts.phone_night} title=${texts.phone_night}
          @click=${turn}>🌙</button></div>
      <div class="phone" role="group" tabindex="0" aria-label=${texts.phone_screens[this.#screen]}
        data-screen=${this.#screen} data-font=${theme.font} ?data-picture=${theme.background}
        ?data-night=${this.#isNight} style=${styleMap({ ...paletteOf(theme, { isNight: this.#isNight }), ...picture })}>
        ${this.#head()}${screens[this.#screen]()}</div>
      <p class="soft small">${texts.phone_hint}</p>
    </aside>`;
  }

  #head() {
    const { title, theme } = this.settings.draft.now;
    return html`<div class="phone-head row">
      ${theme.logo ? html`<img alt="" src=${mediaUrl(theme.logo)}>` : nothing}
      <b class="cut grow">${title}</b><span>Panda 46</span></div>`;
  }

  #waiting() {
    const { draft } = this.settings;
    return html`<div class="phone-board"><p class="phone-hero">${this.words.waitingTitle}</p>
        <p>${this.words.waitingSoon(draft.now.title)}</p>
        <p class="phone-crowd"><b>38</b> <span>${this.words.waitingCrowd}</span></p></div>
      <p class="phone-caption">${this.words.waitingButtons}</p>
      <ul class="phone-preview">${this.#shown.map((button) => html`<li class="row">${icon(button, "medium")}
        <span>${this.settings.nameOf(button)}</span></li>`)}</ul>`;
  }

  #round() {
    const keys = repeat(this.#shown, (button) => button, (button, n) => this.#key(button, n));
    return html`<div class="phone-board phone-time row"><b>4:09</b><span>${this.settings.texts.phone_yours(23)}</span></div>
      <div class="phone-keys">${keys}</div>`;
  }

  #results() {
    const { theme, buttons } = this.settings.draft.now;
    const place = (one) => html`<li data-place=${one.place}><span>${one.medal}</span><b class="cut">${one.name}</b>
      <small>${this.words.pressed(one.count)}</small></li>`;
    const teams = namedTeams(theme, buttons);
    return html`<div class="phone-board"><p class="phone-hero">${this.words.finaleTitle}</p>
        <ol class="phone-podium">${PODIUM.map(place)}</ol></div>
      ${teams.map(([team, name], n) => html`<p class="phone-team row" style=${styleMap({ "--c": colorOf({ team }) })}>
        <b class="cut">${name}</b> <b>${grouped(TEAMS[n])}</b></p>`)}
      <ul class="phone-totals">${this.#shown.map((button, n) => html`<li class="row">${icon(button, "tiny")}
        <span class="cut grow">${this.settings.nameOf(button)}</span><b>${grouped(totalOf(n))}</b></li>`)}</ul>`;
  }

  /** Phones do not hide a button that is off, and say that it is. */
  get #shown() {
    return this.settings.draft.now.buttons;
  }

  #key(button, n) {
    const { settings, words } = this;
    const { presses: need } = oftenOf(n, settings.draft.now, settings.desk.state);
    const figures = figuresOf(button, n, need);
    const { fill, edge, isDark } = shadesOf(colorOf(button));
    const look = { "--c": fill, "--edge": edge, "--f": `${100 * figures.share}%`, "--letters": isDark ? "#fff" : "#17150f" };
    const marked = settings.section === "buttons" && settings.buttons.opened === button;
    return html`<div class="phone-key" style=${styleMap(look)} ?data-marked=${marked} ?data-off=${!button.enabled}>
      <span class="phone-icon">${icon(button)}</span><b class="phone-label">${settings.nameOf(button)}</b>
      ${button.enabled ? this.#lack(figures) : html`<span class="phone-tape">${words.asleep}</span>`}</div>`;
  }

  #lack({ missing, isClose }) {
    const { before, after } = isClose ? this.words.close : this.words.more;
    return html`<span class="phone-lack">${before} <b>${grouped(missing)}</b> ${after}</span>`;
  }
}
