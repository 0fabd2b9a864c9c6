import { element } from "../../common/elements.js";

/** What to call a viewer, who may have no name. */
export const nameOf = ({ viewer_name: name, viewer_id: id }, texts) =>
  name ?? texts.nameless(id.slice(-4));

/** The badge of somebody whose presses count no more. */
export const blockedBadge = (texts) => element("span", "badge", texts.blocked);
