import { html, nothing, render } from "lit-html";
import { download } from "../../common/downloads.js";
import { element } from "../../common/elements.js";
import { drawRound, fileOf, mayShare, share } from "../../common/round_picture.js";
import { showOnce } from "../parts.js";

/** Show a round's picture, to be saved or handed to another app; `round` is as `drawRound` takes it. */
export async function showPicture(round, texts, captionOf) {
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
