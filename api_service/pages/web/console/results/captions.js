import { withIcon } from "../../common/captions.js";
import { colorOf } from "../../common/colors.js";
import { labelOf } from "../../streamario.js";

/** What a room's settings call its buttons: event type → `{caption, color}`. */
export function captions(buttons, languages) {
  const known = new Map(buttons.map((button) => [button.event_type, button]));
  return (type) => {
    const button = known.get(type); // the room may have had others in that round
    if (!button) return { caption: type, color: colorOf({ team: "" }) };
    const label = labelOf({ eventType: type, labels: button.labels }, languages);
    return { caption: withIcon(button, label), color: colorOf(button) };
  };
}
