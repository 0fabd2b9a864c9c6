import { download } from "../common/downloads.js";
import { drawRound, fileOf, mayShare, share } from "../common/round_picture.js";

/** Draw a round (`drawRound`), and hand the picture to another app, or else save it. */
export async function handOver(round, captionOf) {
  const picture = await drawRound(document.createElement("canvas"), round, captionOf);
  const file = fileOf(picture, round);
  if (mayShare(file)) await share(file);
  else download(file, file.name);
}
