/** The streamer's own address, as in `/@luna`: chosen, changed, given up. */
import { html, nothing, render } from "lit-html";
import { element } from "../../common/elements.js";
import { homeOf, typed } from "../../common/urls.js";
import { refusalOf } from "../api.js";
import { confirmed, showOnce } from "../parts.js";
import { handleIn, isHandle, SHORTEST_HANDLE, sentenceOnAny, studio } from "../studio/studio.js";

const KNOWN_AFTER = 2_500; // ms, in which each server has heard of it

/** The dialog in which the streamer's own address is chosen. */
export function showHandle(desk) {
  const { texts } = desk;
  const dialog = element("dialog", { "aria-label": texts.own_address });
  const place = (handle) => `${typed(homeOf(desk.invitation))}/@${handle}`;
  let [current, wanted, refusal, isBusy] = [null, "", "", true];

  async function attempt(act) {
    isBusy = true;
    draw();
    refusal = await refusalOf(act, texts, sentence);
    isBusy = false;
    draw();
  }

  /** Close with what was chosen: until then the code below would be the old one. */
  async function done() {
    await new Promise((resolve) => setTimeout(resolve, KNOWN_AFTER));
    await desk.refresh();
    dialog.close();
  }

  const save = (event) => {
    event.preventDefault();
    if (isBusy || !isHandle(wanted)) return;
    attempt(async () => {
      if (wanted === current) return dialog.close();
      await studio.chooseHandle(wanted);
      await done();
    });
  };

  async function giveUp() {
    if (!(await confirmed(texts.give_up_question(place(current)), texts.give_up_explanation, texts.give_up))) return;
    await attempt(async () => {
      await studio.giveUpHandle();
      await done();
    });
  }

  const type = ({ target, isComposing }) => {
    wanted = handleIn(target.value);
    if (!isComposing && target.value !== wanted) target.value = wanted;
    refusal = "";
    draw();
  };

  const draw = () => render(view(), dialog);
  const view = () => html`<form class="stack" @submit=${save}><h2>${texts.own_address}</h2>
    <p>${texts.own_address_for} ${desk.invitation.lasts ? nothing : texts.own_address_moves}</p>
    <label class="label" for="handle">${texts.handle_form}</label>
    <input class="field" id="handle" .defaultValue=${current ?? ""} maxlength="31" autocapitalize="none" autocomplete="off"
      spellcheck="false" aria-invalid=${wanted.length >= SHORTEST_HANDLE && !isHandle(wanted)}
      aria-describedby="handle-refusal" @input=${type} @change=${type}>
    <p><b>${place(wanted || "…")}</b></p>
    <p class="refusal" id="handle-refusal" role="alert">${refusal}</p>
    <p class="actions">
      ${current ? freeing() : nothing}
      <button class="btn" type="button" @click=${() => dialog.close()}>${texts.cancel}</button>
      <button class="btn primary" ?disabled=${isBusy || !isHandle(wanted)}>${texts.save}</button></p></form>`;

  const freeing = () => html`<button class="btn quiet" type="button" ?disabled=${isBusy} @click=${giveUp}>
    ${texts.give_up}</button>`;

  draw();
  showOnce(dialog);
  attempt(async () => {
    current = await studio.handle();
    wanted ||= current ?? "";
  });
}

/** A studio that is full has chosen too many handles: the server says how many there may be. */
function sentence(refusal, texts) {
  return refusal.code === "studio_full" ? refusal.message : sentenceOnAny(refusal, texts);
}
