import { html, noChange } from "lit-html";
import { Directive, directive } from "lit-html/directive.js";
import { guard } from "lit-html/directives/guard.js";
import { colorOf } from "../common/colors.js";
import { element } from "../common/elements.js";
import { iconOf } from "../common/look.js";

/**
 * An element's style properties: `style=${styleMap({ "--c": color })}`. It sets them one by one from the beginning;
 * lit-html's own one first writes an attribute, which these pages' content security policy forbids.
 */
class StyleMap extends Directive {
  #names = [];

  update({ element }, [properties]) {
    for (const name of this.#names) if (!(name in properties)) element.style.removeProperty(name);
    for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value);
    this.#names = Object.keys(properties);
    return noChange;
  }
}

export const styleMap = directive(StyleMap);

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
