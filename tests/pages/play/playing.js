/** The viewers' page in a room. */
import { openPage, until } from "../opened_page.js";
import { room, setting, settings, stat, stats } from "../streamario/room.js";
import { Server } from "../streamario/room_server.js";

/** A server that says this of its room. */
export function serverOf({ buttons = [setting("a"), setting("b")], counts = [stat("a", 0), stat("b", 0)], has, ...values } = {}) {
  return Object.assign(new Server(), { room: room({ settings: settings(buttons, has), ...values }), stats: stats(counts) });
}

/** The page of somebody in a room, of which all has loaded, and what it says and hears. */
export async function playing(t, values, device) {
  const page = await openPage(t, "play", { url: "/play/r", server: serverOf(values), ...device });
  await until(() => page.get("name-dialog"));
  await page.passes(100);
  return Object.assign(page, spoken(page));
}

/** What a page says, and ways to have the server tell it something. */
export function spoken(page) {
  const { document, passes } = page;
  const hear = async (message) => {
    page.sockets.at(-1).onmessage({ data: JSON.stringify({ round: 1, ...message }) });
    await passes(100);
  };
  return {
    hear,
    fires: (event_type, seq, more) => hear({ type: "trigger", event_type, epoch: 1, seq, viewer_name: null, ...more }),
    answers: (status, more) => hear({ type: "effect", event_type: "a", epoch: 1, seq: 1, status, viewer_name: null, reason: null, ends_at: null, returned: 0, ...more }),
    becomes: (status, more) => {
      const said = { status, round: 1, paused: false, ...more };
      Object.assign(page.server.room, said);
      return hear({ type: "status", ...said });
    },
    counts: (...list) => {
      page.server.stats = stats(list);
      return hear({ type: "stats_update", ...page.server.stats });
    },
    screen: () => [...document.querySelectorAll("[data-of]")].filter(({ hidden }) => !hidden).map(({ dataset }) => dataset.of),
    board: () => page.text("#board-text"),
    key: (n = 0) => document.querySelectorAll("#keys .key")[n],
    tape: (n = 0) => document.querySelectorAll('#keys [data-part="title"]')[n].textContent,
    press: (n = 0) => document.querySelectorAll("#keys .key")[n].click(),
    isSeen: (id) => !page.get(id).closest("[hidden]"),
  };
}
