/** Why a game's socket ended. */

/** By the close code, as the gateway gives them. */
const BY_CODE = {
  1000: "moved_on",
  1001: "going_away",
  1009: "message_too_big",
  4001: "replaced",
  4003: "forbidden",
  4004: "room_not_found",
  4009: "too_many_bad_messages",
  4010: "room_over",
};

/** Those after which coming back at once does not help. */
const FINAL = ["replaced", "forbidden", "room_not_found", "room_over"];

/** An `error` of these codes comes right before the close that it explains. */
const ANNOUNCED = Object.values(BY_CODE).filter((reason) => reason !== "moved_on");

export const reasonOfClose = (code) => BY_CODE[code] ?? "lost";
export const isFinal = (reason) => FINAL.includes(reason);
export const announcesEnd = (code) => ANNOUNCED.includes(code);
