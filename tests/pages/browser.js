/**
 * A browser's document, happy-dom's, for modules that draw with lit-html. Import it before them: they ask for it as they
 * are loaded. It has no sizes and no animations. Modules that make their own nodes are tested with `dom.js`, which has them
 * and is there at once.
 */
import { Window } from "happy-dom";

const window = new Window({ url: "https://here.test/console" });
const NAMES = ["CSS", "document", "history", "localStorage", "location", "matchMedia", "MutationObserver", "navigator"];
const MORE = ["dispatchEvent", "ResizeObserver", "scrollY", "sessionStorage"];
const bound = (value) => (typeof value === "function" && !value.prototype ? value.bind(window) : value);
for (const name of [...NAMES, ...MORE]) give(name, bound(window[name]));
give("window", window);
give("addEventListener", (...listener) => window.addEventListener(...listener));
give("requestAnimationFrame", (run) => setTimeout(() => run(performance.now()), 0)); // a test may stop time
window.Element.prototype.animate = () => {};

function give(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

const { render } = await import("lit-html");

/**
 * Give one test a page with an empty element, `root`, into which `draw(template)` draws. What the document and the window
 * were told to listen to goes with it.
 */
export function openPage(t) {
  const root = document.createElement("div");
  document.body.append(root);
  t.after(() => document.body.replaceChildren());
  for (const target of [document, window]) forgetListeners(t, target);
  return { root, draw: (template) => render(template, root) };
}

function forgetListeners(t, target) {
  const { addEventListener: add } = target;
  t.mock.method(target, "addEventListener", (type, listener, options) => {
    add.call(target, type, listener, options);
    t.after(() => target.removeEventListener(type, listener));
  });
}

/** Let something happen to a node, such as a key; gives the event. */
export function happen(node, type, values = {}) {
  const event = new window.Event(type, { bubbles: true, cancelable: true });
  for (const [name, value] of Object.entries(values)) Object.defineProperty(event, name, { value });
  node.dispatchEvent(event);
  return event;
}
