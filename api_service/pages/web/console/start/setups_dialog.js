import { render } from "lit-html";
import { element } from "../../common/elements.js";
import { buttonOf, showOnce } from "../parts.js";
import { Setups } from "../studio/setups.js";

/** The streamer's setups, in a dialog. `open(settings)` opens a room; `onList(setups)`: these there are. */
export function showSetups({ texts, languages }, { open, onList }) {
  const body = element("div");
  const close = buttonOf("", texts.close, () => dialog.close());
  const dialog = element("dialog", { class: "setups-dialog", "aria-label": texts.setups });
  dialog.append(element("h2", "", texts.setups), body, element("p", "actions", close));
  const leave = (settings) => {
    dialog.close();
    return open(settings);
  };
  const redraw = () => {
    render(setups.view(), body);
    if (setups.list) onList(setups.list);
  };
  const setups = new Setups({ texts, languages, redraw }, { open: leave });
  setups.load();
  showOnce(dialog);
}
