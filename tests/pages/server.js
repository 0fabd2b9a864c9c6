/** Answer a test's requests in place of the server. */

/**
 * `answer({method, path, body, secret})` gives a body, or a refusal: `[status, body]`. Returns the
 * requests, in the same form.
 */
export function serve(t, answer) {
  const requests = [];
  globalThis.document = { documentElement: { lang: "ja" } };
  t.after(() => delete globalThis.document);
  t.mock.method(globalThis, "fetch", async (path, { method, headers, body }) => {
    const secret = headers.Authorization?.replace("Bearer ", "") ?? null;
    const request = { method, path, secret, body: typeof body === "string" ? JSON.parse(body) : (body ?? null) };
    requests.push(request);
    const answered = await answer(request);
    if (answered instanceof Response) return answered;
    const [status, content] = Array.isArray(answered) ? answered : [200, answered];
    return Response.json(content, { status });
  });
  return requests;
}
