import { room as roomOf, setting, settings, stat, stats } from "./room.js";

/** A server of one room; a test changes what it says. `requests` are its requests: path and body. */
export class Server {
  requests = [];
  room = roomOf();
  stats = stats([stat("a", 0), stat("b", 0)]);
  replies = []; // to batches: a body, or a refusal [status, body]
  results = { viewer_totals: [], event_totals: {}, viewer_summary: null };
  others = {}; // answers to other requests, by path: [status, body], or what gives them of `{search, headers}`
  isAway = false;
  isSlow = false;
  answered = null; // resolves when batches may be answered

  fetch = async (url, { body, signal, headers } = {}) => {
    const { pathname, search } = new URL(url, "http://here.test");
    this.requests.push([pathname + search, body && JSON.parse(body)]);
    if (this.isAway) throw new TypeError("offline");
    if (this.isSlow) await new Promise((_, refuse) => signal.addEventListener("abort", () => refuse(new Error())));
    const other = this.others[pathname];
    const given = typeof other === "function" ? other({ search, headers }) : other;
    const [status, answer] = given ?? this.#answer(pathname, body && JSON.parse(body));
    // Not a Response, whose body takes turns of the event loop that no test sees.
    if (pathname.endsWith("/events")) await this.answered;
    return { ok: status < 400, status, headers: new Headers(), json: async () => answer, text: async () => answer };
  };

  #answer(path, body) {
    if (path === "/api/viewers") return [200, { viewer_id: "v.secret", name: null }];
    if (path === "/api/viewers/set_name") return [200, { viewer_id: "v.secret", name: body.name }];
    if (/^\/api\/rooms\/[^/]+$/.test(path)) return this.room ? [200, this.room] : [404, { code: "room_not_found" }];
    if (path.endsWith("/stats")) return [200, this.stats];
    if (path.endsWith("/join")) return this.room ? [200, this.#joined(body)] : [404, { code: "room_not_found" }];
    if (path.endsWith("/results")) return [200, this.results];
    return this.replies.shift() ?? [200, counted(body.push_events)];
  }

  #joined({ room: isWhole }) {
    const viewer = { viewer_id: "v.secret", name: null };
    return { viewer_count: 3, ...(isWhole && { viewer, room: this.room, stats: this.stats }) };
  }

  batches() {
    return this.requests.filter(([path]) => path.endsWith("/events")).map(([, { push_events: events }]) => events);
  }

  of(part) {
    return this.requests.filter(([path]) => path.includes(part));
  }
}

/** The answer to a batch whose presses were all accepted. */
export function counted(events, values) {
  const results = events.map(({ button_name, push_count }) => ({
    ...{ event_type: button_name, accepted: push_count, triggers_fired: 0, last_seq: null },
  }));
  const accepted = events.reduce((sum, { push_count }) => sum + push_count, 0);
  const list = events.map(({ button_name, push_count }) => stat(button_name, push_count));
  return {
    ...{ round: 1, accepted, duplicate: false, event_results: results, rejected_by: { rate: 0, clamp: 0 } },
    ...{ ...stats(list), ...values },
  };
}

/** A server of a room with these buttons, in a round that runs unless `values` of the room say otherwise. */
export function serverOf({ buttons = [setting("a"), setting("b")], counts = [stat("a", 0), stat("b", 0)], has, ...values } = {}) {
  return Object.assign(new Server(), { room: roomOf({ settings: settings(buttons, has), ...values }), stats: stats(counts) });
}
