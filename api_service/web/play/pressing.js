const KEYS = [" ", "Enter"];

/**
 * Tell of each press of a button as early as it is certain: `press({x, y})` with the finger's place
 * on the node, or nothing where a keyboard or an assistive technology pressed. While it is held
 * down, `data-down` is set.
 */
export function onPress(node, press) {
  const down = (held) => node.toggleAttribute("data-down", held);

  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    down(true);
    if (!mayScroll(event)) press(placeOn(node, event));
  });
  node.addEventListener("pointerup", (event) => {
    if (node.hasAttribute("data-down") && mayScroll(event)) press(placeOn(node, event));
    down(false);
  });
  for (const end of ["pointercancel", "pointerleave", "blur"]) {
    node.addEventListener(end, () => down(false));
  }

  // Both keys are taken whole, so that the browser makes no click of them, or many while held.
  node.addEventListener("keydown", (event) => {
    if (!KEYS.includes(event.key)) return;
    event.preventDefault();
    if (event.repeat) return;
    down(true);
    press();
  });
  node.addEventListener("keyup", (event) => {
    if (!KEYS.includes(event.key)) return;
    event.preventDefault();
    down(false);
  });
  node.addEventListener("click", (event) => {
    const ofNoPointer = event.detail === 0; // screen readers, voice control
    if (ofNoPointer) press();
  });

  node.addEventListener("contextmenu", (event) => event.preventDefault());
}

/** Whether this touch may turn out to move the page: it is a press only once it is over. */
function mayScroll(event) {
  const page = document.documentElement;
  return event.pointerType === "touch" && page.scrollHeight > page.clientHeight + 1;
}

function placeOn(node, event) {
  const box = node.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}
