import { html, render } from "lit-html";
import { element } from "../../common/elements.js";
import { showOnce } from "../parts.js";
import { linkToCopy } from "../share/copying.js";
import { linkToRoom } from "./room_link.js";

const SIZE = "popup,width=420,height=772";

/** This page in a small window, or in OBS, which needs a link with the room's token: its browser is another one. */
export function showDock(desk) {
  const { texts, entry } = desk;
  const dialog = element("dialog", { "aria-label": texts.as_dock });
  const open = () => {
    window.open(location.href, "streamario-dock", SIZE);
    dialog.close();
  };
  const { field, button, said } = linkToCopy(texts);
  Object.assign(field, { id: "dock-link", type: "password", value: linkToRoom(entry, location.origin) });
  render(
    html`<form method="dialog"><h2>${texts.as_dock}</h2><p>${texts.dock_explanation}</p>
      <p class="dock-open"><button class="btn primary" type="button" @click=${open}>${texts.dock_open}</button></p>
      <label class="label" for="dock-link">${texts.dock_link}</label>
      <p class="row">${field}${button}</p>${said}<p class="soft small">${texts.dock_hint}</p>
      <p class="actions"><button class="btn">${texts.close}</button></p></form>`,
    dialog,
  );
  showOnce(dialog);
}
