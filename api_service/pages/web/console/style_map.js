import { noChange } from "lit-html";
import { Directive, directive } from "lit-html/directive.js";

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
