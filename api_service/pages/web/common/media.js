/** Where a picture or a sound is that somebody has uploaded. */
export const addressOf = (mediaId) => `/api/media/${mediaId}`;
