import { call } from "./api.js";
import { keptOverlay, keptStudioKey } from "./storage.js";

/**
 * The overlay's address for OBS, with the options that the streamer chose: `overlay_path` is what
 * `pathOf` gave; until then the address names the room.
 */
export function overlayAddress({ room_id: roomId, overlay_path: path = `/overlay/${roomId}` }) {
  return `${location.origin}${path}${keptOverlay()}`;
}

/** The path that stays the same for each room of the studio, where it shows this room now. */
export async function pathOf(roomId) {
  const [studioId] = (keptStudioKey() ?? "").split(".");
  const isNewest = studioId !== "" && (await newestOf(studioId)) === roomId;
  return isNewest ? `/overlay/studio/${studioId}` : `/overlay/${roomId}`;
}

async function newestOf(studioId) {
  try {
    return (await call("GET", `/api/studios/${studioId}/newest_room`)).room_id;
  } catch {
    return null; // the room's own address is as good
  }
}
