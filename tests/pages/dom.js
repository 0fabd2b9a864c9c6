/** So much of a browser's document that modules which draw can be tested without a browser. */

const TOKEN = /(#|\.)([\w-]+)|\[([\w-]+)(?:="?([^\]"]*)"?)?\]|([\w-]+)/g;

/** Whether a node is what a selector without spaces says: tag, class, id and attributes, and one `:not()`. */
function isLike(node, simple) {
  const [wanted, unwanted] = simple.split(/:not\(|\)/);
  return hasAll(node, wanted) && !(unwanted && hasAll(node, unwanted));
}

function hasAll(node, simple) {
  return [...simple.matchAll(TOKEN)].every(([, kind, name, attribute, value, tag]) => {
    if (tag) return node.tagName === tag.toUpperCase();
    if (kind) return kind === "#" ? node.id === name : node.classList.contains(name);
    return value === undefined ? node.hasAttribute(attribute) : node.getAttribute(attribute) === value;
  });
}

/** Whether it is what one of a list of selectors says, of nodes inside of nodes. */
function matches(node, selectors) {
  return selectors.split(",").some((selector) => {
    const [own, ...outer] = selector.trim().split(/\s+(?![^[]*\])/).reverse();
    if (!isLike(node, own)) return false;
    let above = node.parentNode;
    for (const simple of outer) {
      while (above?.classList && !isLike(above, simple)) above = above.parentNode;
      if (!above?.classList) return false;
      above = above.parentNode;
    }
    return true;
  });
}

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

class Text {
  parentNode = null;

  constructor(text) {
    this.textContent = text;
  }
}

class Node extends EventTarget {
  parentNode = null;
  childNodes = [];
  animations = [];
  value = "";
  style = {
    setProperty: (name, value) => (this.style[name] = value),
    removeProperty: (name) => delete this.style[name],
  };
  #attributes = new Map();
  dataset = new Proxy(
    {},
    {
      get: (_, name) => this.getAttribute(`data-${kebab(name)}`) ?? undefined,
      set: (_, name, value) => this.setAttribute(`data-${kebab(name)}`, value) ?? true,
    },
  );
  classList = {
    contains: (name) => this.className.split(" ").includes(name),
    add: (name) => this.classList.toggle(name, true),
    remove: (name) => this.classList.toggle(name, false),
    toggle: (name, isSet = !this.classList.contains(name)) => {
      const others = this.className.split(" ").filter((each) => each && each !== name);
      this.className = [...others, ...(isSet ? [name] : [])].join(" ");
    },
  };

  constructor(tag) {
    super();
    this.tagName = tag.toUpperCase();
  }

  get textContent() {
    return this.childNodes.map(({ textContent }) => textContent).join("");
  }

  set textContent(text) {
    this.replaceChildren(...(text === "" ? [] : [text]));
  }

  get children() {
    return this.childNodes.filter((node) => node instanceof Node);
  }

  get childElementCount() {
    return this.children.length;
  }

  get firstChild() {
    return this.childNodes[0] ?? null;
  }

  get firstElementChild() {
    return this.children[0] ?? null;
  }

  get lastElementChild() {
    return this.children.at(-1) ?? null;
  }

  append(...nodes) {
    for (const node of nodes) this.childNodes.push(this.#adopted(node));
  }

  prepend(...nodes) {
    this.childNodes.unshift(...nodes.map((node) => this.#adopted(node)));
  }

  replaceChildren(...nodes) {
    for (const node of this.childNodes) node.parentNode = null;
    this.childNodes = [];
    this.append(...nodes);
  }

  #adopted(node) {
    const own = typeof node === "object" ? node : new Text(String(node));
    own.parentNode?.childNodes.splice(own.parentNode.childNodes.indexOf(own), 1);
    own.parentNode = this;
    return own;
  }

  remove() {
    this.parentNode?.childNodes.splice(this.parentNode.childNodes.indexOf(this), 1);
    this.parentNode = null;
  }

  replaceWith(node) {
    const { parentNode } = this;
    parentNode.childNodes[parentNode.childNodes.indexOf(this)] = parentNode.#adopted(node);
    this.parentNode = null;
  }

  getAttribute(name) {
    return this.#attributes.get(name) ?? null;
  }

  setAttribute(name, value) {
    this.#attributes.set(name, String(value));
  }

  removeAttribute(name) {
    this.#attributes.delete(name);
  }

  hasAttribute(name) {
    return this.#attributes.has(name);
  }

  toggleAttribute(name, isSet = !this.hasAttribute(name)) {
    if (isSet) this.setAttribute(name, "");
    else this.removeAttribute(name);
  }

  querySelectorAll(selectors) {
    return this.children.flatMap((node) => [
      ...(matches(node, selectors) ? [node] : []),
      ...node.querySelectorAll(selectors),
    ]);
  }

  querySelector(selectors) {
    return this.querySelectorAll(selectors)[0] ?? null;
  }

  closest(selectors) {
    return matches(this, selectors) ? this : (this.parentNode?.closest(selectors) ?? null);
  }

  contains(node) {
    return node === this || this.children.some((child) => child.contains(node));
  }

  focus() {
    globalThis.document.activeElement = this;
  }

  click() {
    happen(this, "click", { detail: 0 });
  }

  animate(frames, options) {
    const animation = { frames, ...options, finished: Promise.resolve() };
    animation.cancel = () => (this.animations = this.animations.filter((each) => each !== animation));
    this.animations.push(animation);
    return animation;
  }

  getAnimations() {
    return this.animations;
  }

  getBoundingClientRect() {
    return { left: 10, top: 20 };
  }
}

// What markup and scripts call the same.
const REFLECTED = { className: "class", htmlFor: "for", tabIndex: "tabindex" };
for (const name of ["id", "type", "href", "src", "alt", "scope", ...Object.keys(REFLECTED)]) {
  const attribute = REFLECTED[name] ?? name;
  Object.defineProperty(Node.prototype, name, {
    get() {
      return this.getAttribute(attribute) ?? "";
    },
    set(value) {
      this.setAttribute(attribute, value);
    },
  });
}
for (const name of ["hidden", "disabled", "checked"]) {
  Object.defineProperty(Node.prototype, name, {
    get() {
      return this.hasAttribute(name);
    },
    set(value) {
      this.toggleAttribute(name, Boolean(value));
    },
  });
}

/** Let something happen to a node; gives the event. */
export function happen(node, type, values = {}) {
  const event = new Event(type, { bubbles: true, cancelable: true });
  for (const [name, value] of Object.entries(values)) Object.defineProperty(event, name, { value });
  for (let on = node; on?.dispatchEvent; on = on.parentNode) on.dispatchEvent(event);
  return event;
}

/** A node, of the same description as `element` of the pages takes. */
export function make(tag, attributes = {}, ...children) {
  const node = new Node(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Nodes that are named by `data-part`, each a span, under one root. */
export const rootOf = (...parts) => make("div", {}, ...parts.map((part) => make("span", { "data-part": part })));

/** The node of this `data-part` under a root. */
export const partIn = (root, name) => root.querySelector(`[data-part="${name}"]`);

const matching = (media) => (query) => Object.assign(new EventTarget(), { matches: media.includes(query) });
globalThis.matchMedia = matching([]); // modules ask when they are loaded

/** Give one test a document, with these nodes in its body. `media` are the queries that match. */
export function openDocument(t, { nodes = [], media = [] } = {}) {
  const body = make("body", {}, ...nodes);
  globalThis.document = Object.assign(new EventTarget(), {
    ...{ body, activeElement: body, hidden: false, documentElement: make("html") },
    createElement: (tag) => make(tag),
    createElementNS: (_, tag) => make(tag),
    getElementById: (id) => body.querySelector(`#${id}`),
    querySelector: (selectors) => body.querySelector(selectors),
    querySelectorAll: (selectors) => body.querySelectorAll(selectors),
  });
  globalThis.matchMedia = matching(media);
  globalThis.requestAnimationFrame = (run) => setTimeout(run, 0);
  globalThis.Option = class extends Node {
    constructor(text, value) {
      super("option");
      this.append(text);
      this.value = value;
    }
  };
  t.after(() => {
    for (const name of ["document", "requestAnimationFrame", "Option"]) delete globalThis[name];
  });
  return globalThis.document;
}

/** Give one test a page that is nothing but visible, or hidden. */
export function showPage(t, visibilityState) {
  globalThis.document = Object.assign(new EventTarget(), { visibilityState });
  t.after(() => delete globalThis.document);
  return globalThis.document;
}

export const CALM = "(prefers-reduced-motion: reduce)";
