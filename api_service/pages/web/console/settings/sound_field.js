import { html, nothing } from "lit-html";
import { SoundPlayer } from "../../common/sound_player.js";
import { BUILT_INS } from "../../common/sounds.js";
import { idOf, optionsOf } from "./form.js";
import { picked } from "./picture_field.js";
import { soundIn } from "./sound_file.js";

let player = null; // for all buttons, once one was heard

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
  const options = optionsOf(choices(button, texts), button.sound);
  return html`<div class="labelled">
    <p class="label row"><label class="grow" for=${id}>${texts.sound}</label>
      <label class="own-file" title=${texts.sound_hint}>${upload.isUnderWay ? texts.uploading : texts.own}
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

function choices({ sound }, texts) {
  const builtIn = BUILT_INS.map((name) => [name, texts.sounds[name]]);
  const own = sound && !BUILT_INS.includes(sound) ? [[sound, texts.own_sound]] : [];
  return Object.fromEntries([["", texts.no_sound], ...builtIn, ...own]);
}

async function play(sound) {
  player ??= new SoundPlayer();
  await player.turnOn();
  player.play(sound);
}
