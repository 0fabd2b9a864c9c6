const KEYS = [" ", "Enter"];

/**
 * Tell of each press of a button as early as it is certain: `press({x, y})` with the finger's place
 * on the node, or nothing where a keyboard or an assistive technology pressed. While anything holds
 * it down, `data-down` is set. A node that is `aria-disabled` cannot be pressed.
 */
export function onPress(node, press) {
  const held = new Map(); // what holds it, by pointer id or key: whether that presses at its end
  const isDisabled = () => node.getAttribute("aria-disabled") === "true";
  const show = () => node.toggleAttribute("data-down", held.size > 0);

  function hold(what, pressesAtEnd, place) {
    if (isDisabled()) return;
    held.set(what, pressesAtEnd);
    show();
    if (!pressesAtEnd) press(place);
  }

  function release(what, place) {
    const isPress = place && held.get(what);
    held.delete(what);
    show();
    if (isPress && !isDisabled()) press(place);
  }

  node.addEventListener("pointerdown", (event) => {
    if (event.button === 0) hold(event.pointerId, mayMovePage(event), positionOn(node, event));
  });
  node.addEventListener("pointerup", (event) => release(event.pointerId, positionOn(node, event)));
  for (const end of ["pointercancel", "pointerleave"]) {
    node.addEventListener(end, ({ pointerId }) => release(pointerId));
  }
  node.addEventListener("blur", () => {
    for (const key of KEYS) release(key);
  });

  // Both keys are taken whole, so that the browser makes no click of them, or many while held.
  node.addEventListener("keydown", (event) => {
    if (!KEYS.includes(event.key)) return;
    event.preventDefault();
    if (!event.repeat) hold(event.key, false);
  });
  node.addEventListener("keyup", (event) => {
    if (!KEYS.includes(event.key)) return;
    event.preventDefault();
    release(event.key);
  });
  node.addEventListener("click", (event) => {
    const ofNoPointer = event.detail === 0; // screen readers, voice control
    if (ofNoPointer && !isDisabled()) press();
  });

  node.addEventListener("contextmenu", (event) => event.preventDefault());
}

/** Whether this touch may turn out to move the page: it is a press only once it is over. */
function mayMovePage(event) {
  const page = document.documentElement;
  const isZoomed = window.visualViewport?.scale > 1;
  return event.pointerType === "touch" && (isZoomed || page.scrollHeight > page.clientHeight + 1);
}

function positionOn(node, event) {
  const box = node.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}
