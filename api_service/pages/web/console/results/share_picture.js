import { download } from "../../common/downloads.js";
import { element } from "../../common/elements.js";
import { drawRound, fileOf, mayShare, share } from "../../common/round_picture.js";
import { buttonOf, showOnce } from "../parts.js";

/** Show a round's picture, to be saved or handed to another app; `round` is as `drawRound` takes it. */
export async function showPicture(round, texts, captionOf) {
  const canvas = element("canvas", "round-picture");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", texts.picture_label(round.title || texts.untitled, round.round));
  const dialog = element("dialog", "round-dialog", element("h2", "", texts.picture), canvas);
  dialog.setAttribute("aria-label", texts.picture);
  const file = fileOf(await drawRound(canvas, round, captionOf), round);
  dialog.append(actions(dialog, file, texts));
  showOnce(dialog);
}

function actions(dialog, file, texts) {
  const save = buttonOf("primary", texts.save_picture, () => download(file, file.name));
  const close = buttonOf("", texts.close, () => dialog.close());
  const hand = buttonOf("", texts.share_picture, () => share(file));
  hand.hidden = !mayShare(file);
  return element("p", "actions", close, hand, save);
}
