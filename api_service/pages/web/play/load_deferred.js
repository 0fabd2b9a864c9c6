import { Backoff } from "../streamario/timing.js";

/** The modules of deferred.js, once they have loaded with their style sheet; until then, it tries again. */
export async function loadDeferred() {
  const { deferred, deferredStyle } = document.body.dataset;
  const backoff = new Backoff(2_000, 30_000);
  for (let failures = 0; ; failures += 1) {
    // Many browsers would not load a module again by the same URL.
    const anew = (url) => (failures ? `${url}?${failures}` : url);
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: anew(deferredStyle) });
    try {
      const [modules] = await Promise.all([import(anew(deferred)), load(style)]);
      return modules;
    } catch {
      style.remove();
      await new Promise((resolve) => setTimeout(resolve, backoff.next()));
    }
  }
}

/** After the first sheet: of rules that tie, the later one applies. */
function load(link) {
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = reject;
    document.body.append(link);
  });
}
