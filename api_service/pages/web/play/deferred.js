/** What the first screens do not need: a bundle of its own, which loads once one of them shows. */
import { Announcements, newsWords } from "../common/announcements.js";
import { leadByCode } from "../common/code_form.js";
import { NameDialog, NameHint } from "./name_dialog.js";
import { Results } from "./results.js";

export { SoundPlayer } from "../common/sound_player.js";
export { TEXTS } from "./deferred_texts.js";
export { addMarkup } from "./markup.js";

/** What works with that markup. */
export function makeParts(room, texts, captionOf) {
  leadByCode(document.getElementById("code-form"));
  const nameDialog = new NameDialog(room, texts);
  return {
    announcements: new Announcements(),
    newsWords,
    nameDialog,
    nameHint: new NameHint(nameDialog),
    results: new Results(room, texts, captionOf),
  };
}
