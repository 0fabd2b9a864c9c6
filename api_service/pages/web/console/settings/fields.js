import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { colorOf, shadesOf } from "../../common/colors.js";
import { OWN } from "../../common/palette.js";
import { SoundPlayer } from "../../common/sound_player.js";
import { mediaUrl } from "../../common/urls.js";
import { styleMap } from "../icon.js";
import { COLORS, soundsFor } from "./button_drafts.js";
import { shownAs } from "./draft.js";
import { shrunk, soundIn } from "./files.js";
import { idOf, optionsOf } from "./form.js";

let player = null; // for all buttons, once one was heard

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
function picked({ target }, take) {
  take(target.files);
  target.value = "";
}

/** What a button's trigger sounds like: a built-in sound or the streamer's own, to choose and to hear. */
export function soundField(settings, path, button) {
  const { texts, form } = settings;
  const upload = settings.uploadOf(button, "sound", soundIn, play);
  const id = idOf(path);
  const refusal = upload.refusal || form.problems.get(path);
  const take = ([file]) => file && upload.send(file);
  const choose = ({ target }) => {
    form.problems.delete(path);
    upload.set(target.value);
  };
  const options = optionsOf(soundsFor(button, texts), button.sound);
  return html`<div class="labelled">
    <p class="label row"><label class="grow" for=${id}>${texts.sound}</label>
      <label class="own-file" title=${texts.sound_hint}>${upload.isUnderWay ? texts.uploading : texts.upload_sound}
        <input class="unseen" type="file" accept=".mp3,.ogg,.wav,audio/*" aria-label=${texts.upload_sound}
          @change=${(event) => picked(event, take)}></label></p>
    <div class="row">
      <select class="field grow" id=${id} data-field=${path} aria-describedby="${id}-refusal"
        aria-invalid=${refusal ? "true" : nothing} @input=${choose}>${options}</select>
      <button class="btn" type="button" aria-label=${texts.listen} ?disabled=${!button.sound}
        @click=${() => play(button.sound)}>▶</button>
    </div>
    <p class="refusal" role="status" id="${id}-refusal">${refusal}</p>
  </div>`;
}

async function play(sound) {
  player ??= new SoundPlayer();
  await player.turnOn();
  player.play(sound);
}

/** A button's colour: one of the phones', or another. */
export function swatches({ texts, form }, path, button) {
  const chosen = colorOf(button);
  const isOwn = !Object.values(COLORS).includes(chosen);
  const { fill, isDark } = shadesOf(chosen);
  const legible = styleMap({ "--c": fill, "--letters": isDark ? "#fff" : "var(--key-ink)" });
  const swatch = ([name, color]) => html`<button class="swatch" type="button" aria-label=${texts.colors[name]}
    aria-pressed=${color === chosen} style=${styleMap({ "--c": color })}
    @click=${() => form.set(path, () => (button.color = color))}></button>`;
  return html`<div class="labelled">
    <p class="label">${texts.color}</p>
    <div class="row wrap swatches" role="group" aria-label=${texts.color}>
      ${Object.entries(COLORS).map(swatch)}
      <label class="own-color soft small" data-chosen=${isOwn} style=${legible}>${texts.own_color}
        ${colorInput(form, texts.own_color, path, button, "color", chosen)}</label>
    </div>${form.refusal(path)}</div>`;
}

/** A colour of the theme, with the way back to the page's own; how pages show it is said where that is another. */
export function themeColor({ texts, form }, path, theme, key) {
  const own = { accent: OWN.day.accent, backdrop: OWN.day.paper }[key];
  const shown = shownAs(theme, key);
  const reset = () => form.set(path, () => (theme[key] = ""));
  const input = html`<div class="row">
    <span class="theme-color" style=${styleMap({ "--c": theme[key] || own })}>
      ${colorInput(form, texts[key], path, theme, key, theme[key] || own)}</span>
    <button class="btn small quiet" type="button" ?disabled=${!theme[key]} @click=${reset}
      aria-label=${texts.action_on(texts.default_color, texts[key])}>${texts.default_color}</button></div>`;
  return form.labelled(texts[key], path, shown ? texts.adjusted(shown) : "", input);
}

function colorInput(form, label, path, owner, key, shown) {
  return html`<input type="color" aria-label=${label} .value=${live(shown)} id=${idOf(path)} data-field=${path}
    aria-describedby="${idOf(path)}-hint ${idOf(path)}-refusal"
    @input=${({ target }) => form.set(path, () => (owner[key] = target.value))}>`;
}
