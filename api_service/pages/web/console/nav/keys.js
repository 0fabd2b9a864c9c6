import { html, render } from "lit-html";
import { element } from "../../common/elements.js";
import { showOnce } from "../parts.js";

/** The list of keys, and a switch for who does not want them. */
export function showKeys(desk) {
  const { texts, hotkeys } = desk;
  const dialog = element("dialog", { "aria-label": texts.keys });
  const flip = ({ currentTarget }) => {
    hotkeys.set(!hotkeys.isOn);
    currentTarget.setAttribute("aria-checked", hotkeys.isOn);
    desk.redraw();
  };
  const list = Object.entries(texts.key_list);
  render(
    html`<form method="dialog"><h2>${texts.keys}</h2>
      <dl class="keys">${list.map(([key, does]) => html`<dt><kbd>${key}</kbd></dt><dd>${does}</dd>`)}</dl>
      <p class="row"><button class="switch" type="button" role="switch" aria-labelledby="use-keys" aria-checked=${hotkeys.isOn}
        @click=${flip}></button><span id="use-keys">${texts.use_keys}</span></p>
      <p class="actions"><button class="btn">${texts.close}</button></p></form>`,
    dialog,
  );
  showOnce(dialog);
}
