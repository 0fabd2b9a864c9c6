import { areKeysOff, storeKeysOff } from "./storage.js";

const TYPED_IN = "input, select, textarea, [contenteditable]";
const IN_DIALOGS = "x"; // what is stopped is stopped whatever is open
const ASKS = "dialog[open]:not(#big-code)"; // the large code may come unasked, in mid-round

/**
 * Draw, and keep the focus: where what had it is gone or cannot be used any more, something near has it. In the bar
 * that is its first button, in a panel the panel's tab.
 */
export function keepFocus(draw) {
  const { activeElement: before } = document;
  const isInBar = Boolean(before?.closest(".places"));
  const isInPanel = Boolean(before?.closest("main"));
  draw();
  if (document.activeElement !== document.body || !(isInBar || isInPanel) || document.querySelector("dialog[open]")) return;
  before.focus(); // it may only have been moved
  if (document.activeElement === before) return;
  document.querySelector(isInBar ? ".places .btn" : "[role=tab][aria-selected=true]")?.focus();
}

/**
 * Where a key takes the focus among `count` things in a row, of which the one at `here` has it (-1: none); null where
 * the key is for something else. In a `column`, as in a menu, the keys are those for up and down.
 */
export function walked(key, here, count, isColumn = false) {
  const [back, on] = isColumn ? ["ArrowUp", "ArrowDown"] : ["ArrowLeft", "ArrowRight"];
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (key === on) return (here + 1) % count;
  if (key === back) return (Math.max(here, 0) - 1 + count) % count;
  return null;
}

/** Let the keys walk among the nodes of this selector in the element that heard the event; `go(node)` goes to one. */
export function walk(event, selector, go, isColumn) {
  const nodes = [...event.currentTarget.querySelectorAll(selector)];
  const to = walked(event.key, nodes.indexOf(document.activeElement), nodes.length, isColumn);
  if (to === null || nodes.length === 0) return;
  event.preventDefault();
  go(nodes[to]);
}

/**
 * Something that a button unfolds: a menu, a popover. It closes with Escape, with a click elsewhere, and once the focus
 * is elsewhere. The button and what it unfolds are in an element with this one's `id`.
 */
export class Fold {
  isOpen = false;
  #redraw;

  constructor(id, redraw) {
    this.id = id;
    this.#redraw = redraw;
    document.addEventListener("pointerdown", ({ target }) => this.isOpen && !this.#holds(target) && this.close());
  }

  toggle = () => this.#be(!this.isOpen);
  close = () => this.isOpen && this.#be(false);

  /** Close, and give the focus back to the button. */
  leave = () => {
    this.close();
    document.querySelector(`#${this.id} [aria-expanded]`).focus();
  };

  /** Handlers of the element. */
  onKeydown = (event) => {
    if (event.key !== "Escape" || !this.isOpen) return;
    event.stopPropagation();
    this.leave();
  };

  onFocusout = ({ relatedTarget }) => relatedTarget && !this.#holds(relatedTarget) && this.close();

  #holds(node) {
    return document.getElementById(this.id)?.contains(node) ?? false;
  }

  #be(isOpen) {
    this.isOpen = isOpen;
    this.#redraw();
  }
}

/**
 * Single keys that run the round, unless somebody types in a field, or a dialog asks something. They
 * can be switched off (WCAG 2.2, 2.1.4).
 */
export class Hotkeys {
  #commands;
  isOn = !areKeysOff();

  /** `commands`: key → what it does. */
  constructor(commands) {
    this.#commands = commands;
    document.addEventListener("keydown", (event) => this.#hear(event));
  }

  set(isOn) {
    this.isOn = isOn;
    storeKeysOff(!isOn);
  }

  #hear({ key, target, repeat, isComposing, ctrlKey, altKey, metaKey }) {
    if (!this.isOn || repeat || isComposing || ctrlKey || altKey || metaKey) return;
    const letter = key.toLowerCase();
    if (target.closest?.(TYPED_IN) || (letter !== IN_DIALOGS && document.querySelector(ASKS))) return;
    this.#commands[letter]?.();
  }
}
