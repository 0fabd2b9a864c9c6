import { withIcon } from "../../common/buttons.js";
import { colorOf } from "../../common/colors.js";
import { labelOf } from "../../streamario.js";

/** The buttons of a room's settings, as `Room` has them. */
export const buttonsOf = ({ buttons }) =>
  buttons.map(({ event_type: eventType, ...button }) => ({ ...button, eventType }));

/** What a room calls its buttons: event type → `{caption, color}`. */
export function captions(buttons, languages) {
  const known = new Map(buttons.map((button) => [button.eventType, button]));
  return (type) => {
    const button = known.get(type); // the room may have had others in that round
    if (!button) return { caption: type, color: colorOf({ team: "" }) };
    return { caption: withIcon(button, labelOf(button, languages)), color: colorOf(button) };
  };
}
