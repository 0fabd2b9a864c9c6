/** The viewers' page in a room. */
import { openPage, until } from "../opened_page.js";
import { serverOf } from "../streamario/room_server.js";

/** The page of somebody in a room with these values, of which all has loaded. */
export async function playing(t, values, device) {
  const page = await opening(t, { server: serverOf(values), ...device });
  await until(() => page.get("name-dialog"));
  await page.passes(100);
  return page;
}

/** The page of somebody who has just opened it, what it shows, and a way to press. */
export async function opening(t, device) {
  const page = await openPage(t, "play", { url: "/play/r", ...device });
  const { document, text } = page;
  const key = (n = 0) => document.querySelectorAll("#keys .key")[n];
  return Object.assign(page, {
    key,
    press: (n) => key(n).click(),
    tape: (n) => key(n).querySelector('[data-part="title"]').textContent,
    board: () => text("#board-text"),
    screen: () => [...document.querySelectorAll("[data-of]")].filter(({ hidden }) => !hidden).map(({ dataset }) => dataset.of),
  });
}
