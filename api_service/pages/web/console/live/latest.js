import { html, nothing } from "lit-html";
import { colorOf } from "../../common/colors.js";
import { icon } from "../icon.js";
import { styleMap } from "../style_map.js";
import { whoOf } from "./who.js";
import { waitOf } from "./wait.js";

/** The newest trigger, large and in its button's colour, as the overlay shows it. */
export function latest(desk, row, openPerson) {
  const { texts, state } = desk;
  const button = state.buttons.find(({ eventType }) => eventType === row.eventType);
  if (!button) return nothing;
  const { says, share, next } = waitOf(row, Date.now());
  desk.redrawAt(desk.now + next - Date.now());
  const bar = html`<i class="wait" style=${styleMap({ width: `${(100 * share).toFixed(1)}%` })}></i>`;
  return html`<section class="latest" style=${styleMap({ "--c": colorOf(button) })} aria-live="polite">
    ${icon(button)}
    <div class="grow">
      <h3 class="cut">${desk.captionOf(row.eventType)}</h3>
      <button class="who cut" type="button" aria-haspopup="dialog" title=${texts.person} @click=${openPerson}>${whoOf(row, texts)}</button>
    </div>
    ${row.isBlocked ? html`<b>${texts.blocked}</b>` : html`<b>${says.length > 0 ? texts.waits[says[0]](says[1]) : ""}</b>`}
    ${share > 0 ? bar : nothing}
  </section>`;
}
