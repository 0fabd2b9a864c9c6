import { html, nothing } from "lit-html";
import { mediaUrl } from "../../common/urls.js";
import { idOf } from "./form.js";
import { shrunk } from "./shrink.js";

/**
 * A picture of the settings, `owner[key]`, its media id. It comes by the file picker, by drop or by paste, is made
 * small (`kind` is what `shrunk` takes) and uploaded at once; what is wrong with it is said here.
 */
export function pictureField(settings, label, path, owner, key, kind) {
  const { texts, form } = settings;
  const upload = settings.uploadOf(owner, key, (file) => shrunk(file, kind));
  const id = idOf(path);
  const take = ([file]) => file && upload.send(file);
  const remove = () => {
    upload.set("");
    settings.focusOn(`#${id}`);
  };
  return html`<div class="labelled picture" @dragover=${(event) => event.preventDefault()}
      @drop=${(event) => dropped(event, take)} @paste=${({ clipboardData }) => take(clipboardData.files)}>
    <p class="label" id="${id}-label">${label}</p>
    <div class="row">
      <label class="btn drop grow">
        ${owner[key] ? html`<img alt="" src=${mediaUrl(owner[key])}>` : nothing}
        <span>${upload.isUnderWay ? texts.uploading : texts.drop_or_choose}</span>
        <input class="unseen" type="file" accept="image/*" id=${id} data-field=${path} title=${texts.picture_hint}
          aria-label="${label}: ${texts.drop_or_choose}" aria-describedby="${id}-refusal"
          aria-invalid=${Boolean(upload.refusal || form.problems.get(path))} @change=${(event) => picked(event, take)}>
      </label>
      ${owner[key] ? html`<button class="btn small quiet" type="button" @click=${remove}
        aria-label=${texts.action_on(texts.remove, label)}>${texts.remove}</button>` : nothing}
    </div>
    <p class="refusal" role="status" id="${id}-refusal">${upload.refusal || form.problems.get(path)}</p>
  </div>`;
}

function dropped(event, take) {
  event.preventDefault(); // the browser would leave the page for the file
  take(event.dataTransfer.files);
}

/** The same file can be chosen again. */
export function picked({ target }, take) {
  take(target.files);
  target.value = "";
}
