/** Where a picture or a sound is that somebody has uploaded. */
export const mediaUrl = (mediaId) => `/api/media/${mediaId}`;

/** A URL for people to type. */
export const typed = (url) => url.replace(/^https?:\/\//, "");

/**
 * The origin at which everybody reaches this service: that of a room's `invitation`, unless its pages are of another site;
 * otherwise as the server says it. This page may be open by another name.
 */
export function homeOf(invitation) {
  const { origin, pathname } = invitation ? new URL(invitation.url) : { pathname: "" };
  if (/^\/(play\/|@)/.test(pathname)) return origin;
  return document.body.dataset.home || location.origin;
}

/** Whether there is no address from a tunnel: what stands in for it leads nobody of an audience here. */
export const isCutOff = ({ reach, lasts }) => !lasts && ["machine", "network"].includes(reach);

/**
 * The invitation by which a page goes once the server has `told` one, and whether the address is news: `{invitation,
 * isNews}`. `before` is the one until then, null for none. While the tunnel is away the address stays, which may come back.
 * A new one is news at another host: a room that was just opened, and a handle that was just chosen, have another one at
 * the same. That there is a first one is no news.
 */
export function invitationAfter(before, told) {
  const known = before && !isCutOff(before) ? before : null;
  const invitation = known && isCutOff(told) ? { ...known, reach: "checking" } : told;
  return { invitation, isNews: known !== null && new URL(known.url).origin !== new URL(invitation.url).origin };
}

/** Whether this page has come through a tunnel, which is its room's address. */
export const isAtTunnel = (invitation) =>
  invitation?.lasts === false && !isCutOff(invitation) && new URL(invitation.url).origin === location.origin;

/** Where people join a room, for them to type: at its streamer's own address, or where they type the room's code. */
export function joinPlace(invitation) {
  const handle = invitation?.handle;
  return typed(homeOf(invitation) + (handle ? `/@${handle}` : "/j"));
}

/** Whether people type the room's code at that place. */
export const takesCode = (place) => place.endsWith("/j");

/** Where people join the next round: the same place, with the room's code where it takes one; "" where it does not last. */
export function nextPlace({ invitation, code }) {
  if (invitation?.lasts === false) return "";
  const place = joinPlace(invitation);
  return code && takesCode(place) ? `${place}/${code}` : place;
}
