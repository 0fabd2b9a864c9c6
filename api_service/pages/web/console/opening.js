import { openRoom } from "./api.js";
import { storeGameKey, storeSettings } from "./storage.js";
import { TRIGGERS_PER_MINUTE } from "./start/templates.js";

/**
 * Open a room with these settings; unless they say otherwise, names are masked and triggers have a pace.
 * Gives the room as it is stored; throws StreamarioError.
 */
export async function opened(wanted, gameKey) {
  const usual = { mask_names: true, triggers_per_minute: TRIGGERS_PER_MINUTE };
  const { settings, ...room } = await openRoom({ ...usual, ...wanted }, gameKey);
  if (gameKey) storeGameKey(gameKey);
  storeSettings(settings); // for the next room to begin with
  return { ...room, title: settings.title };
}
