import { html } from "lit-html";
import { icon } from "../icon.js";

const SIDE = 21; // cells
const EXAMPLE = { icon: "💖", image: "", color: "#ff77b2", team: "" };

/** How the show works, in three pictures: they scan, they press together, it happens. */
export function beats(texts) {
  return html`<div class="beats" aria-hidden="true">
    <div class="beat"><span class="pretend-code"><svg viewBox="0 0 21 21"><path d=${cells()}></path></svg></span>
      <p><b>${texts.beat_scan}</b><br><span class="soft small">${texts.beat_scan_how}</span></p></div>
    <div class="beat pressed">${icon(EXAMPLE)}
      <p class="grow"><b>${texts.beat_press}</b><br><span class="soft small">${texts.beat_button}</span></p>
      <em>${texts.beat_more}</em></div>
    <div class="beat happens">${icon(EXAMPLE)}
      <p class="grow"><b>${texts.beat_happens}</b><br><span class="small">${texts.beat_who}</span></p></div>
  </div>`;
}

/** What looks like a QR code, and is none. */
function cells() {
  const path = [];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) if (isDark(x, y)) path.push(`M${x} ${y}h1v1h-1z`);
  }
  return path.join("");
}

function isDark(x, y) {
  for (const [left, top] of [[0, 0], [SIDE - 7, 0], [0, SIDE - 7]]) {
    const ring = Math.max(Math.abs(x - left - 3), Math.abs(y - top - 3));
    if (ring <= 4) return ring !== 2 && ring !== 4;
  }
  return (x * y + ((x * 7 + y * 11) % 5) * (x + y)) % 3 === 0;
}
