import { html, nothing } from "lit-html";
import { colorOf, shadesOf } from "../../common/colors.js";
import { grouped } from "../../common/languages.js";
import { icon, styleMap } from "../icon.js";
import { fitOf } from "./tile_state.js";

const percent = (share) => `${(100 * share).toFixed(1)}%`;

/**
 * A button of the round: what it lacks, who is in or why it cannot be pressed, its switch and *Fire once*. `shown` is
 * what `tileOf` gives, `apart` how far apart its triggers are, as `said` gives it, or null.
 */
export function tile({ button, caption, shown, apart, isOn, isMarked, texts, turn, fire }) {
  const { kind, lacks, says, line, counted, share, readyIn, effectShare, mayFire } = shown;
  const measures = { "--filled": percent(share), "--wait": readyIn, "--left": percent(effectShare) };
  const facts = [apart && texts.tile.apart(apart), counted && texts.tile.counted(counted)];
  return html`<article class="tile" data-kind=${kind} data-type=${button.eventType} ?data-marked=${isMarked}
      style=${styleMap({ "--c": shadesOf(colorOf(button)).light, ...measures })} aria-label=${caption}
      aria-current=${isMarked ? "true" : nothing}>
    ${icon(button)}
    <div class="titles">
      <h3 class="cut" title=${caption}>${caption}</h3>
      <p class="soft small cut">${facts.filter(Boolean).join(texts.tile.and)}</p>
    </div>
    <button class="switch" type="button" role="switch" aria-checked=${String(isOn)} aria-label=${texts.tile.switch_of(caption)}
      @click=${() => turn(!isOn)}></button>
    <div class="state">
      ${lacking(texts, kind, lacks)}
      ${says.length > 0 ? html`<p class="says">${sentence(texts, says)}</p>` : nothing}
    </div>
    <p class="line small cut ${line.kind || "soft"}"
      title=${sentence(texts, line.says)}>${sentence(texts, line.says)}</p>
    <button class="btn small fire" type="button" aria-disabled=${!mayFire} aria-label=${texts.tile.fire_of(caption)}
      @click=${fire}>${texts.tile.fire}</button>
  </article>`;
}

/** The large number with its words; one that sleeps lacks nothing. */
function lacking(texts, kind, lacks) {
  if (lacks === null) return html`<p class="lacks" aria-hidden="true"><b>z<sup>Z</sup></b></p>`;
  const { before, after } = texts.tile.lacks[kind] ?? texts.tile.lacks.more;
  const number = grouped(lacks);
  return html`<p class="lacks" style=${styleMap({ "--fit": fitOf(number).toFixed(2) })}>
    ${kind === "time" ? html`<i class="dial"></i>` : nothing} ${before} <b>${number}</b> ${after}
  </p>`;
}

const sentence = (texts, [name, ...values]) => (name ? texts.tile.says[name](...values) : "");
