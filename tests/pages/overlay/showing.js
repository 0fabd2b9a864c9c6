/** The overlay of a room. */
import { openPage } from "../opened_page.js";
import { serverOf } from "../streamario/room_server.js";

/** An overlay with these options in its address, of a room with these values, and what it shows. */
export async function showing(t, values, { query = "", ...device } = {}) {
  const page = await openPage(t, "overlay", { url: `/overlay/r${query}`, server: serverOf(values), ...device });
  const { document, passes, get } = page;
  await passes(100);
  return Object.assign(page, {
    beat: () => get("overlay").dataset.beat,
    bars: () => [...document.querySelectorAll(".bar")].map((bar) => bar.querySelector(".bar-words").textContent),
    burst: () => (document.querySelector(".burst").hidden ? null : document.querySelector(".burst-name").textContent),
  });
}
