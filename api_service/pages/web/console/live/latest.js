import { html, nothing } from "lit-html";
import { colorOf, shadesOf } from "../../common/colors.js";
import { icon } from "../icon.js";
import { styleMap } from "../style_map.js";
import { waitOf, whoOf } from "./trigger_words.js";

/** The newest trigger, large and in its button's colour, as the overlay shows it. */
export function latest(desk, row, openPerson) {
  const { texts, state } = desk;
  const button = state.buttons.find(({ eventType }) => eventType === row.eventType);
  const { says, share, next } = waitOf(row, Date.now());
  desk.redrawAt(desk.now + next - Date.now());
  const words = row.isBlocked ? texts.blocked : says.length > 0 ? texts.waits[says[0]](says[1]) : "";
  const bar = html`<i class="wait" style=${styleMap({ width: `${(100 * share).toFixed(1)}%` })}></i>`;
  return html`<section class="latest" data-seq=${row.seq} style=${styleMap({ "--c": shadesOf(colorOf(button)).light })} aria-live="polite">
    ${icon(button)}
    <h3 class="cut">${desk.captionOf(row.eventType)}</h3>
    <b class="words" aria-live="off">${words}</b>
    <button class="who cut" type="button" aria-haspopup="dialog" title=${texts.person} @click=${openPerson}
      >${whoOf(row, texts)}</button>
    ${share > 0 ? bar : nothing}
  </section>`;
}
