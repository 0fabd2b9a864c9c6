import { StreamarioError } from "../streamario.js";

const NEXT = /<([^>]*)>; rel="next"/; // in the Link header (RFC 8288)
const ROOM = /\/api\/rooms\/\w+$/; // the path of one
const ANSWER_WITHIN = { json: 10_000, blob: 20_000 }; // ms; a file may be large

/** Why a game is refused its room for good, by the API's code for it. */
const FINAL = {
  invalid_room_token: "forbidden",
  forbidden: "forbidden",
  room_not_found: "room_not_found",
};

/** Why a room is refused for good, if this refusal says so; otherwise null. */
export const finalReasonOf = ({ code }) => FINAL[code] ?? null;

/** Open a room, in a studio's history if there is one; `gameKey` where the server asks for it. Throws StreamarioError. */
export function openRoom(settings, gameKey, studioKey) {
  return call("POST", "/api/rooms", { secret: gameKey, body: { settings, studio_key: studioKey } });
}

/** A room's REST routes, with its token where they need one. All throw StreamarioError. */
export class RoomApi {
  #path;
  #changed;

  /** `changed(settings)`: the room's settings are these now. */
  constructor(roomId, token, changed = () => {}) {
    this.#path = `/api/rooms/${roomId}`;
    this.#changed = changed;
    this.token = token;
  }

  readRoom = () => call("GET", this.#path, { secret: this.token });
  stats = () => call("GET", `${this.#path}/stats`);
  viewers = () => call("GET", `${this.#path}/viewers`, { secret: this.token });
  blockedViewers = () => call("GET", `${this.#path}/viewers?blocked=true`, { secret: this.token });
  hideNames = () => call("POST", `${this.#path}/hide_names`, { secret: this.token });
  showNames = () => call("POST", `${this.#path}/show_names`, { secret: this.token });
  tokens = () => call("GET", `${this.#path}/tokens`, { secret: this.token });

  /** "start", "pause", "resume", "stop", "end", or "limit" with `limit_s`; answered `within` so many ms, or it failed. */
  round(command, values, within) {
    const body = { command, ...values };
    return call("POST", `${this.#path}/round`, { secret: this.token, body, within });
  }

  fire(eventType) {
    return call("POST", `${this.#path}/fire`, { secret: this.token, body: { event_type: eventType } });
  }

  preview(eventType) {
    return call("POST", `${this.#path}/preview`, { secret: this.token, body: { event_type: eventType } });
  }

  /** Whose press fired a trigger of the last ten minutes: `{viewer_id}`, null if it is not known. */
  firedBy({ epoch, seq }) {
    const query = new URLSearchParams({ epoch, seq });
    return call("GET", `${this.#path}/fired_by?${query}`, { secret: this.token });
  }

  /** Whoever pressed in the round, by a part of the name or id. */
  search(wanted) {
    const query = new URLSearchParams({ search: wanted });
    return call("GET", `${this.#path}/viewers?${query}`, { secret: this.token });
  }

  /** A token that may moderate the room: `{token_id, token, scope, expires_at}`. */
  makeToken() {
    const body = { scope: "moderator" };
    return call("POST", `${this.#path}/tokens`, { secret: this.token, body });
  }

  revokeToken(tokenId) {
    return call("DELETE", `${this.#path}/tokens/${tokenId}`, { secret: this.token });
  }

  block(viewerId) {
    const body = { viewer_id: viewerId };
    return call("POST", `${this.#path}/block`, { secret: this.token, body });
  }

  unblock(viewerId) {
    const body = { viewer_id: viewerId };
    return call("POST", `${this.#path}/unblock`, { secret: this.token, body });
  }

  /** Gives all settings of the room. With a `version`, only where they are those that had it. */
  async changeSettings(changes, version = null) {
    const path = `${this.#path}/settings${version === null ? "" : `?if_version=${version}`}`;
    const settings = await call("PATCH", path, { secret: this.token, body: changes });
    this.#changed(settings);
    return settings;
  }

  /**
   * Change settings by what `changesOf(settings)` wants of those that the room has; where another window or a game
   * changes them meanwhile, again by what it wants of these.
   */
  async editSettings(changesOf) {
    for (;;) {
      const { settings, settings_version: version } = await this.readRoom();
      try {
        return await this.changeSettings(changesOf(settings), version);
      } catch (refusal) {
        if (refusal.code !== "settings_moved") throw refusal;
      }
    }
  }

  /** The room, where the token is good for it. */
  async proven() {
    const room = await this.readRoom();
    await this.viewers();
    return room;
  }

  /** How the room stands: `{room, refused}`; why it is refused for good, as a final reason, and null where it is not. */
  async standing() {
    try {
      return { room: await this.proven(), refused: null };
    } catch ({ code }) {
      return { room: null, refused: FINAL[code] ?? null };
    }
  }

  /** Why the room would not be given to its game, as a final reason; null where it may be later. */
  async whyRefused() {
    return (await this.standing()).refused;
  }
}

/**
 * Send a body, an object as JSON or a Blob as it is; gives the answer's content `as` "json" or "blob".
 * Throws StreamarioError.
 */
export async function call(method, path, request) {
  return (await exchange(method, path, request)).content;
}

/** All pages of what comes a page at a time, each as `call` gives it. Throws StreamarioError. */
export async function pagesOf(path, request) {
  const pages = [];
  for (let next = path; next; ) {
    const { answer, content } = await exchange("GET", next, request);
    pages.push(content);
    const [, more] = NEXT.exec(answer.headers.get("Link")) ?? [];
    next = more && new URL(more, answer.url).href;
  }
  return pages;
}

async function exchange(method, path, { secret, body, as = "json", within = ANSWER_WITHIN[as] } = {}) {
  // What is wrong with a setting is told by the server, in the page's language.
  const headers = { "Accept-Language": document.documentElement.lang };
  if (secret) headers.Authorization = `Bearer ${secret}`;
  if (body) headers["Content-Type"] = body instanceof Blob ? body.type : "application/json";
  const signal = AbortSignal.timeout(within);
  const sent = body && !(body instanceof Blob) ? JSON.stringify(body) : body;
  const exchanged = await answered(path, { method, headers, body: sent, signal }, as);
  const { answer, content } = exchanged;
  if (answer.ok) return exchanged;
  // A refusal without a code is not the API's own: something in between answered.
  const { code = "unreachable", detail = code, problems } = content;
  throw new StreamarioError(code, detail, { status: answer.status, problems });
}

async function answered(path, request, as) {
  try {
    const answer = await fetch(path, request);
    return { answer, content: await (answer.ok ? answer[as]() : answer.json()) };
  } catch (error) {
    throw new StreamarioError("unreachable", String(error));
  }
}

/** A `fetch` that also tells `hear` what the API says of a room, whoever of the page asks for it. */
export function fetchTelling(hear, fetch = globalThis.fetch) {
  return async (url, request) => {
    const answer = await fetch(url, request);
    if (answer.ok && ROOM.test(url)) answer.clone().json().then(hear, () => {});
    return answer;
  };
}

/** Do what the server may refuse; gives what it refused in words, "" where nothing was. */
export async function refusalOf(act, texts, sentenceOn = (refusal) => texts.refused(refusal)) {
  try {
    await act();
    return "";
  } catch (refusal) {
    if (!(refusal instanceof StreamarioError)) throw refusal;
    return sentenceOn(refusal, texts);
  }
}
