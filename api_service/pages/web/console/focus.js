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
