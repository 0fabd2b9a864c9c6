const FRAGMENT = /^#room=([0-9A-HJKMNP-TV-Z]{26})\.([\w.-]+)$/;

/** The link that brings a room to another browser: whoever has it runs the room. */
export function linkToRoom({ room_id: roomId, room_token: token }, origin) {
  return `${origin}/console#room=${roomId}.${token}`;
}

/** The room of such a link's fragment, `{room_id, room_token}`, or null. */
export function roomIn(fragment) {
  const [, room_id, room_token] = FRAGMENT.exec(fragment) ?? [];
  return room_id ? { room_id, room_token } : null;
}

/** What else a browser stores of a room, as the API tells of it. */
export function addressesOf({ ws_viewer_url: url }, { room_id: roomId }, origin) {
  return { web_url: `${origin}/play/${roomId}`, ws_url: url.replace(/ws-viewer.*$/, "ws-unity") };
}
