import { html, nothing, render } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { colorOf } from "../../common/colors.js";
import { download, fileName } from "../../common/downloads.js";
import { element } from "../../common/elements.js";
import { grouped, times } from "../../common/languages.js";
import { drawRound, fileOf, mayShare, share } from "../../common/round_picture.js";
import { labelOf } from "../../streamario.js";
import { icon, styleMap } from "../icon.js";
import { showOnce } from "../parts.js";
import { named } from "../people/viewer_cards.js";
import { nameOf } from "../people/viewers.js";
import { refusalOf } from "../api.js";
import { sentenceOn, studio } from "../studio/studio.js";
import { MOST_BOOKED, pictureOf } from "./round_facts.js";

const FIRST = 10; // viewers that show before all do
const MOST_NAMES = 5; // on a step of the podium
const MOST_TRIGGERS = 500; // the file has more
const MEDALS = { 1: "🥇", 2: "🥈", 3: "🥉" };

const button = (kind, caption, run) =>
  html`<button class="btn ${kind}" type="button" @click=${run}>${caption}</button>`;

/** How a round went: who won, what the teams and the buttons came to, and who pressed most. */
export class RoundView {
  #options;
  #showsAll = false;
  #refusal = ""; // why a file was not saved

  /** `isHidden(viewer)`: others must not see the name; `isBlocked(viewer)`: its presses count no more. */
  constructor(options) {
    this.#options = options;
  }

  /** The cards of the wide column. `facts` are `factsOf`'s; `room` is as it takes it, with its `roomId` and `code`. */
  main(facts, room) {
    return html`${this.#head(facts, room)}${this.#sums(facts)}${this.#details(facts, room)}`;
  }

  /** The card of who pressed most. */
  ranking({ best, pressers, areMore }) {
    const { texts } = this.#options;
    const shown = this.#showsAll ? best : best.slice(0, FIRST);
    const toggle = () => {
      this.#showsAll = !this.#showsAll;
      this.#options.redraw();
    };
    const showAll = areMore || best.length < pressers ? texts.show_top : texts.show_all;
    const caption = this.#showsAll ? texts.show_first(FIRST) : showAll(best.length);
    return html`<section class="card ranking">
      <h2>${texts.ranking_heading}</h2>
      ${best.length === 0 ? html`<p class="soft">${texts.nobody_pressed}</p>` : nothing}
      <ol class="lines">${repeat(shown, ({ viewer_id: id }) => id, (viewer) => html`<li class="row">
        <span class="place soft">${viewer.place}</span>
        <span class="grow name-line">${this.#named(viewer)}</span><b class="figure">${grouped(viewer.count)}</b>
      </li>`)}</ol>
      ${best.length > FIRST ? button("small", caption, toggle) : nothing}
    </section>`;
  }

  #head(facts, room) {
    const { texts } = this.#options;
    return html`<section class="card stack round-head">
      <div class="row wrap">
        <div class="grow">
          <h2 class="large" tabindex="-1">${texts.round_number(facts.round)}</h2>
          <p class="soft small">${this.#figures(facts)}</p>
        </div>
        ${button("", texts.make_picture, () => this.#picture(facts, room))}
      </div>
      <p class="row wrap">
        <span class="soft small">${texts.download}</span>
        ${button("small", `↓ ${texts.ranking_csv(facts.pressers === MOST_BOOKED)}`, () => this.#saveRanking(facts, room))}
      </p>
      ${this.#refusal ? html`<p class="refusal" role="alert">${this.#refusal}</p>` : nothing}
      ${facts.steps.length > 0 ? this.#podium(facts) : html`<p class="soft">${texts.nobody_pressed}</p>`}
    </section>`;
  }

  #figures({ startedAt, endedAt, presses, triggers, pressers, areMore }) {
    const { texts, languages } = this.#options;
    const figures = [
      startedAt && times(languages).lasted({ started_at: startedAt, ended_at: endedAt }),
      texts.presses_of(presses),
      triggers !== null && texts.triggers_of(triggers),
      (areMore ? texts.viewers_at_least : texts.viewers_of)(pressers),
    ];
    return figures.filter(Boolean).join(texts.between);
  }

  #podium({ steps, otherTitles }) {
    const { texts } = this.#options;
    return html`<ol class="podium">${steps.map((step) => this.#step(step))}</ol>
      <div>${otherTitles.map((title) => html`<p class="soft small">
        ${texts.titles[title.title]}${texts.between}${nameOf(title, texts)}</p>`)}</div>`;
  }

  #step({ place, viewers, count, titles }) {
    const { texts } = this.#options;
    const isShared = viewers.length > 1;
    const names = viewers.slice(0, MOST_NAMES).map((viewer) => nameOf(viewer, texts));
    const rest = viewers.length - names.length;
    const comma = (n) => (n < names.length - 1 ? texts.comma : "");
    const shown = names.map((name, n) => html`<bdi>${name}${comma(n)}</bdi>`);
    return html`<li data-place=${place}>
      <p class="medal" aria-label=${texts.place(place)} role="img">${MEDALS[place]}</p>
      <h3 class=${isShared ? "shared" : "cut"}>${shown}${rest > 0 ? texts.and_others(rest) : ""}</h3>
      <p><b>${grouped(count)}</b> ${texts.presses_unit(count)}${isShared ? texts.each : ""}</p>
      ${titles.map((title) => html`<p class="title-chip">${texts.titles[title.title]}${
        isShared ? `${texts.between}${nameOf(title, texts)}` : ""
      }</p>`)}
    </li>`;
  }

  #sums({ teams, buttons, hasOutcomes }) {
    const { texts } = this.#options;
    return html`<section class="card">
      <h2>${teams.length > 0 ? texts.teams_heading : texts.buttons}</h2>
      ${teams.length > 0 ? this.#teams(teams) : nothing}
      <table class="sums">
        <thead><tr>
          <th scope="col">${texts.button}</th>
          <th scope="col" class="figure">${texts.fired}</th>
          ${hasOutcomes ? html`<th scope="col" class="figure outcome">${texts.outcome_done}</th>
            <th scope="col" class="figure outcome">${texts.outcome_failed}</th>` : nothing}
          <th scope="col" class="figure">${texts.presses}</th>
          <th scope="col" class="most">${texts.most_by}</th>
        </tr></thead>
        <tbody>${buttons.map((row) => this.#sum(row, hasOutcomes))}</tbody>
      </table>
    </section>`;
  }

  #teams(teams) {
    return html`<ul class="tug">${teams.map(({ team, name, count }) => html`
      <li class="row" data-team=${team} style=${styleMap({ "--share": Math.max(1, count), "--c": colorOf({ team }) })}>
        <span class="cut">${name}</span> <b>${grouped(count)}</b>
      </li>`)}</ul>`;
  }

  #sum({ eventType, button: known, triggers, done, failed, presses, mostBy }, hasOutcomes) {
    const { texts } = this.#options;
    const most = mostBy ? html`${this.#named(mostBy)}${texts.in_brackets(mostBy.count)}` : "–";
    return html`<tr>
      <th scope="row"><span class="row">
        ${known ? icon(known, "tiny") : nothing}${this.#captionOf(eventType, known)}
      </span></th>
      <td class="figure">${triggers === null ? "–" : grouped(triggers)}</td>
      ${hasOutcomes ? html`<td class="figure outcome">${done ? grouped(done) : "–"}</td>
        <td class="figure outcome ${failed ? "bad" : "soft"}">${failed ? grouped(failed) : "–"}</td>` : nothing}
      <td class="figure">${grouped(presses)}</td>
      <td class="most cut">${most}</td>
    </tr>`;
  }

  /** What few need, folded: the presses by the minute, and each trigger. */
  #details({ minutes, fired, buttons, triggers }) {
    const { texts } = this.#options;
    if (minutes.length === 0) return nothing;
    const known = new Map(buttons.map(({ eventType, button }) => [eventType, button]));
    return html`<section class="card">
      <details><summary class="soft">${texts.presses_table}</summary>${this.#minutes(minutes, known)}</details>
      ${fired.length > 0 ? html`<details>
        <summary class="soft">${texts.fired} ${grouped(triggers)}</summary>
        ${this.#fired(fired, known)}
      </details>` : nothing}
    </section>`;
  }

  #minutes(minutes, known) {
    const { texts, languages } = this.#options;
    const { minute } = times(languages);
    const partOf = ({ eventType, share }) => {
      const color = colorOf(known.get(eventType) ?? { team: "" });
      return html`<i style=${styleMap({ "--share": share, "--c": color })}></i>`;
    };
    return html`<table class="minutes">
      <thead><tr>
        <th scope="col">${texts.time}</th><th scope="col"></th><th scope="col" class="figure">${texts.presses}</th>
      </tr></thead>
      <tbody>${minutes.map(({ at, count, share, parts }) => html`<tr>
        <td>${minute(at)}</td>
        <td><span class="minute" style=${styleMap({ width: `${100 * share}%` })}>${parts.map(partOf)}</span></td>
        <td class="figure">${grouped(count)}</td>
      </tr>`)}</tbody>
    </table>`;
  }

  #fired(fired, known) {
    const { texts, languages } = this.#options;
    const { clock } = times(languages);
    return html`<table class="fired">
        <thead><tr>
          <th scope="col">${texts.time}</th><th scope="col">${texts.button}</th><th scope="col">${texts.who}</th>
        </tr></thead>
        <tbody>${fired.slice(0, MOST_TRIGGERS).map((trigger) => html`<tr>
          <td>${clock(trigger.fired_at)}</td>
          <td>${this.#captionOf(trigger.event_type, known.get(trigger.event_type))}
            <span class="soft small">${texts.outcomes[trigger.status]?.(trigger.reason) ?? ""}</span></td>
          <td class="named">${trigger.viewer_name ?? "–"}</td>
        </tr>`)}</tbody>
      </table>
      <p class="soft small">${fired.length > MOST_TRIGGERS ? texts.first_triggers(MOST_TRIGGERS) : ""}</p>`;
  }

  #captionOf(eventType, button) {
    return button ? labelOf(button, this.#options.languages) : eventType;
  }

  #named(viewer) {
    return named(viewer, this.#options.isBlocked(viewer), this.#options.texts);
  }

  #picture(facts, room) {
    const { texts, languages, isHidden } = this.#options;
    return showPicture(pictureOf(facts, room, isHidden), texts, (button) => labelOf(button, languages));
  }

  #saveRanking({ round, pressers }, { roomId, title }) {
    return this.#save(async () => {
      const { texts } = this.#options;
      const table = await studio.csv(roomId, round, "viewers");
      download(table, fileName("csv", title, texts.round, round, texts.ranking_file(pressers === MOST_BOOKED)));
    });
  }

  async #save(act) {
    this.#refusal = await refusalOf(act, this.#options.texts, sentenceOn);
    this.#options.redraw();
  }
}

/** Show a round's picture, to be saved or handed to another app; `round` is as `drawRound` takes it. */
async function showPicture(round, texts, captionOf) {
  const label = texts.picture_label(round.title || texts.untitled, round.round);
  const canvas = element("canvas", { class: "round-picture", role: "img", "aria-label": label });
  const file = fileOf(await drawRound(canvas, round, captionOf), round);
  const dialog = element("dialog", { class: "picture-dialog", "aria-label": texts.picture });
  const button = (kind, caption, run) =>
    html`<button class="btn ${kind}" type="button" @click=${run}>${caption}</button>`;
  render(html`<h2>${texts.picture}</h2>${canvas}
    <p class="actions">
      ${button("", texts.close, () => dialog.close())}
      ${mayShare(file) ? button("", texts.share_picture, () => share(file)) : nothing}
      ${button("primary", texts.save_picture, () => download(file, file.name))}
    </p>`, dialog);
  showOnce(dialog);
}
