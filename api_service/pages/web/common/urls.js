/** Where a picture or a sound is that somebody has uploaded. */
export const mediaUrl = (mediaId) => `/api/media/${mediaId}`;

/** Where everybody reaches this service, as the server was told; this page may be open by another name. */
export const publicUrl = (path) => document.body.dataset.home + path;

/** The same, for people to type. */
export const publicPlace = (path) => publicUrl(path).replace(/^https?:\/\//, "");

/** Where people get to the room with this code; without one, where they type it. */
export const roomPlace = (code) => publicPlace(code ? `/j/${code}` : "/j");
