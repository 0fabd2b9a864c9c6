import { html } from "lit-html";

/** What may be done to one thing, behind "⋯" or a caption; `items` are `{name, caption, run, disabled}`. */
export function rowMenu(label, items, caption = "⋯") {
  return html`<details class="row-menu" @toggle=${watch} @focusout=${closeBehind} @keydown=${closeByKey}>
    <summary class="btn small quiet" aria-label=${label}>${caption}</summary>
    <div class="popover menu">${items.map(itemOf)}</div>
  </details>`;
}

function itemOf({ name, caption, run, disabled = false }) {
  const choose = ({ currentTarget }) => {
    const { parentNode } = currentTarget.parentNode;
    parentNode.open = false;
    parentNode.firstElementChild.focus();
    run();
  };
  return html`<button type="button" data-action=${name} ?disabled=${disabled} @click=${choose}>${caption}</button>`;
}

/** While it is open, a touch of anything else closes it. */
function watch({ currentTarget: node }) {
  if (!node.open) return;
  const close = ({ target }) => {
    if (node.open && node.contains(target)) return;
    node.open = false;
    document.removeEventListener("pointerdown", close);
  };
  document.addEventListener("pointerdown", close);
}

/** The focus went elsewhere. */
function closeBehind({ currentTarget, relatedTarget }) {
  if (relatedTarget && !currentTarget.contains(relatedTarget)) currentTarget.open = false;
}

function closeByKey(event) {
  const { currentTarget: node, key } = event;
  if (key !== "Escape" || !node.open) return;
  event.stopPropagation();
  event.preventDefault(); // a dialog that it is in stays open
  node.open = false;
  node.firstElementChild.focus();
}
