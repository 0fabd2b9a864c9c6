import { StreamarioError } from "../streamario.js";
import { openRoom, RoomApi } from "./api.js";
import { TRIGGERS_PER_MINUTE } from "./live/pace.js";
import { storeGameKey } from "./storage.js";

/** What the default buttons sound like in rooms that are opened here. */
const SOUNDS = {
  ...{ skill1: "chime", skill2: "zap", skill3: "fanfare" },
  ...{ enemy1: "whoosh", enemy2: "boom", enemy3: "drum" },
};

/**
 * Open a room, with a setup's settings where there are some; unless these say otherwise, names are masked and triggers
 * have a pace.
 * Gives the room as it is stored; throws StreamarioError.
 */
export async function opened(wanted, gameKey) {
  const usual = { mask_names: true, triggers_per_minute: TRIGGERS_PER_MINUTE };
  const { settings, ...room } = await openRoom({ ...usual, ...wanted }, gameKey);
  if (gameKey) storeGameKey(gameKey);
  if (!wanted.buttons) await equip(room, settings);
  return { ...room, title: settings.title };
}

/** The default buttons begin with sounds; without them, the room is as good. */
async function equip({ room_id: roomId, room_token: token }, { buttons }) {
  try {
    const changed = buttons.map((button) => ({ ...button, sound: SOUNDS[button.event_type] ?? "" }));
    await new RoomApi(roomId, token).changeSettings({ buttons: changed });
  } catch (refusal) {
    if (!(refusal instanceof StreamarioError)) throw refusal;
  }
}
