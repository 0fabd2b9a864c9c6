import { StreamarioError } from "../streamario.js";
import { call } from "./api.js";
import { keepStudioKey, keptStudioKey } from "./storage.js";
import { callStudio, key } from "./studio.js";

const ANSWER_WITHIN = 20_000; // ms; a file may be large

/**
 * What the server keeps for this streamer: setups, and which rooms were theirs. Whoever has no
 * studio has nothing there; saving makes one. All throw StreamarioError.
 */
export const shelf = {
  /** `[{setup_id, name, buttons, updated_at}]`; `secret` may be another studio's key than the browser's. */
  setups: async (secret = keptStudioKey()) => {
    if (!secret) return [];
    const { studio_key: renewed, setups } = await call("GET", "/api/studio/setups", { secret });
    if (secret === keptStudioKey()) keepStudioKey(renewed); // the server may sign with another key now
    return setups;
  },
  setup: (id) => callStudio("GET", `/setups/${id}`),
  addSetup: (setup) => callStudio("POST", "/setups", setup),
  changeSetup: (id, setup) => callStudio("PUT", `/setups/${id}`, setup),
  removeSetup: (id) => callStudio("DELETE", `/setups/${id}`),

  /** `[{room_id, title, opened_at, status, rounds}]`, the newest first: a page of those before one. */
  rooms: async (before) =>
    keptStudioKey() ? (await callStudio("GET", before ? `/rooms?before=${before}` : "/rooms")).rooms : [],
  room: (id) => callStudio("GET", `/rooms/${id}`),
  keepRoom: (id, token) => callStudio("PUT", `/rooms/${id}`, { room_token: token }),
  forgetRoom: (id) => callStudio("DELETE", `/rooms/${id}`),
  round: (id, round) => callStudio("GET", `/rooms/${id}/rounds/${round}`),

  /** A table of a round, `totals`, `triggers` or `presses`, as a Blob. */
  csv: (id, round, table) => file(`/api/studio/rooms/${id}/rounds/${round}?format=csv&table=${table}`),
  /** The QR code of the link that opens the shelf on another computer, as a Blob. */
  code: () => file("/api/studio/qr.svg"),
  /** A picture or a sound, as a Blob. */
  medium: (id) => file(`/api/media/${id}`),
};

async function file(path) {
  const headers = { Authorization: `Bearer ${await key()}` };
  const answer = await answered(path, { headers, signal: AbortSignal.timeout(ANSWER_WITHIN) });
  if (answer.ok) return answer.blob();
  const { code = "unreachable", detail = code } = await answer.json().catch(() => ({}));
  throw new StreamarioError(code, detail, { status: answer.status });
}

async function answered(path, request) {
  try {
    return await fetch(path, request);
  } catch (error) {
    throw new StreamarioError("unreachable", String(error));
  }
}
