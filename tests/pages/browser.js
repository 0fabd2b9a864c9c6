/**
 * A browser's document, happy-dom's, for modules that draw with lit-html. Import it before them: they ask for it as they
 * are loaded. It has no sizes and no animations. Modules that make their own nodes are tested with `dom.js`, which has them
 * and is there at once.
 */
import { Window } from "happy-dom";

const window = new Window({ url: "https://here.test/console" });
const GIVEN = ["document", "history", "localStorage", "location", "matchMedia", "navigator", "requestAnimationFrame", "sessionStorage"];
for (const name of ["window", ...GIVEN]) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
}

const { render } = await import("lit-html");

/** Give one test a page with an empty element, `root`, into which `draw(template)` draws. */
export function openPage(t) {
  const root = document.createElement("div");
  document.body.append(root);
  t.after(() => document.body.replaceChildren());
  return { root, draw: (template) => render(template, root) };
}

/** Let something happen to a node, such as a key; gives the event. */
export function happen(node, type, values = {}) {
  const event = new window.Event(type, { bubbles: true, cancelable: true });
  for (const [name, value] of Object.entries(values)) Object.defineProperty(event, name, { value });
  node.dispatchEvent(event);
  return event;
}
