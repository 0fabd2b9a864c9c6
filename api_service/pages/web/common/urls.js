/** Where a picture or a sound is that somebody has uploaded. */
export const mediaUrl = (mediaId) => `/api/media/${mediaId}`;

/** Where everybody reaches this service, where the server says it; this page may be open by another name. */
export const publicUrl = (path) => (document.body.dataset.home || location.origin) + path;

/** A URL for people to type. */
const typed = (url) => url.replace(/^https?:\/\//, "");

/** The same as `publicUrl`, for people to type. */
export const publicPlace = (path) => typed(publicUrl(path));

/**
 * Where people join a room, for them to type: at its streamer's own address, or where they type the room's code.
 * `invitation` is the room's; its pages may be of another site, which takes no codes.
 */
export function joinPlace(invitation) {
  if (!invitation) return publicPlace("/j");
  const { origin, pathname } = new URL(invitation.url);
  if (pathname === `/@${invitation.handle}`) return typed(origin + pathname);
  return pathname.startsWith("/play/") ? typed(`${origin}/j`) : publicPlace("/j");
}

/** Whether people type the room's code at that place. */
export const takesCode = (place) => place.endsWith("/j");

/** The same place with the room's code, where it takes one. */
export function roomPlace({ invitation, code }) {
  const place = joinPlace(invitation);
  return code && takesCode(place) ? `${place}/${code}` : place;
}
