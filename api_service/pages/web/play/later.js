/** What the first screen does not need. It is a bundle of its own, which is loaded once that screen shows. */
export { errorIn } from "../common/errors.js";
export { SoundPlayer } from "../common/sound_player.js";
export { Results } from "./results.js";
