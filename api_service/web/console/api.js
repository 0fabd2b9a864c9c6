/** An answer that refuses (RFC 9457), or none at all (`code` "unreachable"). */
export class Refusal extends Error {
  constructor(status, { code = "unreachable", detail = "", problems = [] } = {}) {
    super(detail || code);
    this.status = status;
    this.code = code;
    this.problems = problems;
  }
}

/** Open a room; `gameKey` where the server asks for one. Throws Refusal. */
export function openRoom(settings, gameKey) {
  return call("POST", "/api/rooms", { secret: gameKey, body: { settings } });
}

/** A room's REST routes, with its token where they need one. All throw Refusal. */
export class RoomApi {
  #path;

  constructor(roomId, token) {
    this.#path = `/api/rooms/${roomId}`;
    this.token = token;
  }

  look = () => call("GET", this.#path);
  stats = () => call("GET", `${this.#path}/stats`);
  viewers = () => call("GET", `${this.#path}/viewers`, { secret: this.token });
  reset = () => call("POST", `${this.#path}/reset`, { secret: this.token });

  block(viewerId) {
    const body = { viewer_id: viewerId };
    return call("POST", `${this.#path}/block`, { secret: this.token, body });
  }

  changeSettings(changes) {
    return call("PATCH", `${this.#path}/settings`, { secret: this.token, body: changes });
  }

  /** Why the room would not be given to its game, as a final reason; null where it may be later. */
  async whyRefused() {
    try {
      await this.look();
      await this.viewers();
      return null;
    } catch ({ status }) {
      return { 401: "forbidden", 403: "forbidden", 404: "room_not_found" }[status] ?? null;
    }
  }
}

async function call(method, path, { secret, body } = {}) {
  const headers = {};
  if (secret) headers.Authorization = `Bearer ${secret}`;
  if (body) headers["Content-Type"] = "application/json";
  const answer = await answered(path, { method, headers, body: body && JSON.stringify(body) });
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(answer.status, { code: `http_${answer.status}`, ...content });
  return content;
}

async function answered(path, request) {
  try {
    return await fetch(path, request);
  } catch {
    throw new Refusal(0);
  }
}
