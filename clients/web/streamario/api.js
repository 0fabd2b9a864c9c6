/** The API: JSON over HTTP, and its errors. */
import { Backoff, now, sleep } from "./timing.js";

/** The server refused, or did not answer. */
export class StreamarioError extends Error {
  constructor(code, message, { status = 0, retryAfter = null, problems = [] } = {}) {
    super(message);
    this.name = "StreamarioError";
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
    this.problems = problems;
  }
}

/** Whether the same request may succeed later. */
export const isPassing = ({ code, status }) => code === "unreachable" || status === 429 || status >= 500;

const ANSWER_WITHIN = 10_000; // ms
const PATIENCE = 60_000; // ms

/** Sends requests to the API; every failure is a StreamarioError. */
export class Api {
  #baseUrl;
  #fetch;
  #reached;
  #underway = new Set();

  /** `reached(isReachable)` is called after each request; `isReachable` is true for any answer, also a refusal. */
  constructor(baseUrl, fetch, reached) {
    this.#baseUrl = baseUrl;
    // Browsers throw if their fetch is called as a method of another object.
    this.#fetch = (...request) => fetch(...request);
    this.#reached = reached;
  }

  /** Send a GET, or with a body a POST; resolves to the answer's JSON. */
  async ask(path, body) {
    try {
      const answer = await this.#answer(path, body);
      this.#reached(true);
      return answer;
    } catch (error) {
      this.#reached(error.code !== "unreachable");
      throw error;
    }
  }

  /** Send a GET; retry for a minute while it may succeed later, and until the signal. */
  async askPatiently(path, signal) {
    const backoff = new Backoff(500, 5_000);
    const until = now() + PATIENCE;
    for (;;) {
      try {
        return await this.ask(path);
      } catch (error) {
        const wait = (error.retryAfter ?? 0) + backoff.next();
        if (!isPassing(error) || now() + wait > until) throw error;
        await sleep(wait, signal);
        if (signal.aborted) throw error;
      }
    }
  }

  /** Abort all requests. */
  cut() {
    for (const abort of this.#underway) abort.abort();
  }

  async #answer(path, body) {
    const abort = new AbortController();
    const deadline = setTimeout(() => abort.abort(), ANSWER_WITHIN);
    this.#underway.add(abort);
    try {
      return await read(await this.#fetch(this.#baseUrl + path, { ...posting(body), signal: abort.signal }));
    } catch (error) {
      throw error instanceof StreamarioError ? error : new StreamarioError("unreachable", String(error));
    } finally {
      clearTimeout(deadline);
      this.#underway.delete(abort);
    }
  }
}

function posting(body) {
  if (body === undefined) return {};
  const headers = { "Content-Type": "application/json" };
  // keepalive: the request continues when the page is closed.
  return { method: "POST", headers, body: JSON.stringify(body), keepalive: true };
}

async function read(answer) {
  const body = await answer.json().catch(() => null);
  if (answer.ok && body) return body;
  const retryAfter = parseFloat(answer.headers.get("Retry-After")) * 1000 || null;
  // The API's own errors have a code: without one, something in between answered. That limits requests, or has lost the API.
  const { error = `HTTP ${answer.status}`, problems } = body ?? {};
  const code = typeof body?.code === "string" ? body.code : answer.status === 429 ? "rate_limited" : "unreachable";
  throw new StreamarioError(code, error, { status: answer.status, retryAfter, problems });
}
