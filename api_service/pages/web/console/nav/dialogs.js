/** What the menu opens: the room as a dock, for a game, and the list of keys. */
import { html, nothing, render } from "lit-html";
import { element } from "../../common/elements.js";
import { showOnce } from "../parts.js";
import { linkToCopy } from "../share/copying.js";
import { linkToRoom } from "./room_link.js";

const SIZE = "popup,width=420,height=772";

/** This page in a small window, or in OBS, which needs a link with the room's token: its browser is another one. */
export function showDock({ texts, entry }) {
  const open = () => {
    window.open(location.href, "streamario-dock", SIZE);
    dialog.close();
  };
  const dialog = show(texts.as_dock, texts, html`<p>${texts.dock_explanation}</p>
    <p class="dock-open"><button class="btn primary" type="button" @click=${open}>${texts.dock_open}</button></p>
    ${copied("dock-link", texts.dock_link, linkToRoom(entry, location.origin), texts, { isSecret: true })}
    <p class="soft small">${texts.dock_hint}</p>`);
}

/** What a game needs to join this room. */
export function showGame({ texts, entry, api }) {
  show(texts.connect_game, texts, html`<p>${texts.game_explanation}</p>
    ${copied("game-url", texts.game_url, entry.ws_url, texts)}
    ${copied("game-room", texts.game_room, entry.room_id, texts)}
    ${copied("game-token", texts.game_token, api.token, texts, { isSecret: true })}
    <p class="soft small">${texts.game_token_hint}</p>`);
}

/** The list of keys, and a switch for who does not want them. */
export function showKeys({ texts, hotkeys, redraw }) {
  const flip = ({ currentTarget }) => {
    hotkeys.set(!hotkeys.isOn);
    currentTarget.setAttribute("aria-checked", hotkeys.isOn);
    redraw();
  };
  const list = Object.entries(texts.key_list);
  show(texts.keys, texts, html`
    <dl class="keys">${list.map(([key, does]) => html`<dt><kbd>${key}</kbd></dt><dd>${does}</dd>`)}</dl>
    <p class="row"><button class="switch" type="button" role="switch" aria-labelledby="use-keys" aria-checked=${hotkeys.isOn}
      @click=${flip}></button><span id="use-keys">${texts.use_keys}</span></p>`);
}

function show(heading, texts, content) {
  const dialog = element("dialog", { "aria-label": heading });
  render(
    html`<form method="dialog"><h2>${heading}</h2>${content}
      <p class="actions"><button class="btn">${texts.close}</button></p></form>`,
    dialog,
  );
  showOnce(dialog);
  return dialog;
}

/** A field to copy; what is secret shows only when that is asked for. */
function copied(id, label, value, texts, { isSecret = false } = {}) {
  const { field, button, said } = linkToCopy(texts);
  Object.assign(field, { id, value, type: isSecret ? "password" : "text" });
  const flip = ({ currentTarget }) => {
    const isShown = field.type === "text";
    field.type = isShown ? "password" : "text";
    currentTarget.setAttribute("aria-pressed", !isShown);
  };
  const eye = html`<button class="btn" type="button" aria-pressed="false" aria-label=${texts.action_on(texts.show, label)}
    @click=${flip}>${texts.show}</button>`;
  return html`<label class="label" for=${id}>${label}</label>
    <p class="row">${field}${isSecret ? eye : nothing}${button}</p>${said}`;
}
