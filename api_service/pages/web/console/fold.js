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
