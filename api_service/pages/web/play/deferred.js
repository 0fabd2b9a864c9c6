/** What the first screen with buttons does not need: a bundle of its own, which loads once that screen shows. */
export { errorIn } from "../common/errors.js";
export { SoundPlayer } from "../common/sound_player.js";
export { Burst, StartCount } from "./flood.js";
export { Gather } from "./gather.js";
export { MORE_TEXTS } from "./more_texts.js";
export { Results } from "./results.js";
