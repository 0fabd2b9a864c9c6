/** What the first screen does not need: a bundle of its own, which loads once that screen shows. */
export { errorIn } from "../common/errors.js";
export { loadFonts } from "../common/fonts.js";
export { SoundPlayer } from "../common/sound_player.js";
export { Results } from "./results.js";
