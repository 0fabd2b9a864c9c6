import { html } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { colorOf } from "../common/colors.js";
import { element } from "../common/elements.js";
import { iconOf } from "../common/look.js";
import { styleMap } from "./style_map.js";

/**
 * A button's icon or picture on a light disc in its colour; `size` is "", "medium" or "tiny". `button` is as a state
 * of the room or as its settings have it: `{icon, image, color, team}`.
 */
export function icon(button, size = "") {
  const drawn = guard([button.icon, button.image], () => drawnIcon(button));
  return html`<span class="plate ${size}" style=${styleMap({ "--c": colorOf(button) })} aria-hidden="true">${drawn}</span>`;
}

function drawnIcon(button) {
  const node = element("span", "plate-icon");
  iconOf(node)(button);
  return node;
}
