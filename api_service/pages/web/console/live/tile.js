import { html, nothing } from "lit-html";
import { colorOf, shadesOf } from "../../common/colors.js";
import { grouped } from "../../common/languages.js";
import { icon, styleMap } from "../icon.js";
import { fitOf } from "./tile_state.js";

const percent = (share) => `${(100 * share).toFixed(1)}%`;

/**
 * A button of the round: how full it is, what it waits for, its switch and *Fire once*. `shown` is what `tileOf` gives,
 * `apart` how far apart its triggers are, as `said` gives it, or null.
 */
export function tile({ button, caption, shown, apart, isOn, isMarked, texts, turn, fire }) {
  const { kind, says, line, count, share, effectShare, mayFire } = shown;
  const [has, needs] = [grouped(count), grouped(button.required)];
  const look = {
    ...{ "--c": shadesOf(colorOf(button)).light, "--filled": percent(share), "--left": percent(effectShare) },
    "--fit": fitOf(has, needs).toFixed(2),
  };
  return html`<article class="tile" data-kind=${kind} data-type=${button.eventType} ?data-marked=${isMarked}
      style=${styleMap(look)} aria-label=${caption} aria-current=${isMarked ? "true" : nothing}>
    ${icon(button)}
    <div class="titles">
      <h3 class="cut" title=${caption}>${caption}</h3>
      <p class="soft small cut">${apart ? texts.tile.apart(apart) : nothing}</p>
    </div>
    <button class="switch" type="button" role="switch" aria-checked=${String(isOn)} aria-label=${texts.tile.switch_of(caption)}
      @click=${() => turn(!isOn)}></button>
    <p class="count"><b>${has}</b> <span>/ ${needs}</span></p>
    ${says.length > 0 ? html`<p class="says">${sentence(texts, says)}</p>` : nothing}
    <p class="line small cut ${line.kind || "soft"}"
      title=${sentence(texts, line.says)}>${sentence(texts, line.says)}</p>
    <button class="btn small fire" type="button" aria-disabled=${!mayFire} aria-label=${texts.tile.fire_of(caption)}
      @click=${fire}>${texts.tile.fire}</button>
  </article>`;
}

const sentence = (texts, [name, ...values]) => (name ? texts.tile.says[name](...values) : "");
