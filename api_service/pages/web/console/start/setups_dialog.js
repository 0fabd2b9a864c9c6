import { element } from "../../common/elements.js";
import { buttonOf, showOnce } from "../parts.js";
import { Setups } from "../studio/setups.js";

/** The streamer's setups, in a dialog. `open(settings)` opens a room; `onList(setups)`: these there are. */
export function showSetups({ texts, languages }, { open, onList }) {
  const dialog = element("dialog", { class: "setups-dialog", "aria-label": texts.setups });
  dialog.append(element("h2", "", texts.setups));
  const leave = (settings) => {
    dialog.close();
    return open(settings);
  };
  new Setups(dialog, { texts, languages, open: leave, onList }).show();
  const close = buttonOf("", texts.close, () => dialog.close());
  dialog.append(element("p", "actions", close));
  showOnce(dialog);
}
